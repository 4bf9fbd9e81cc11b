import { giveConsent } from '#core/logins/store/consent.ts';
import { loginRow, setLinked } from '#test/support/logins.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seeAccounts } from '#core/logins/store/access.ts';
import type { SlackStanding } from '#slack/standing.ts';
import type { Database } from '#database/connection.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { imported } from '#test/support/imported.ts';
import { setRole } from '#features/team/store/team.ts';
import type { Role } from '#shared/access.ts';

const HEADER = 'email,name,role,slack_user_id,active,changed_at\n';
const OLIVIA = 'olivia.grant@harborpoint.example,Olivia Grant,owner,UOLIVIA01,yes,\n';
const ana = (role: string, active = 'yes', changedAt = ''): string =>
  `ana.ruiz@harborpoint.example,Ana Ruiz,${role},UANARUIZ1,${active},${changedAt}\n`;
const CARRIERS = [{ id: 'northbridge-life', name: 'Northbridge Life' }];

let db: Database;
let now = Date.parse('2026-11-20T15:00:00Z');
const clock = (): number => now;

const load = async (people: string, crmWins = false, more: Record<string, string> = {}) => {
  const files = { 'people.csv': HEADER + OLIVIA + people, ...more };
  return imported(db, files, { now: clock, crmWins, carriers: CARRIERS });
};

const person = (name: string) =>
  db.selectFrom('person').selectAll().where('name', '=', name).executeTakeFirstOrThrow();

/** What the audit says of Ana, oldest first. */
const audited = async (): Promise<string[]> =>
  (
    await db
      .selectFrom('audit')
      .select(['action', 'detail'])
      .where('subject_type', '=', 'person')
      .where('subject_id', '=', (await person('Ana Ruiz')).id)
      .orderBy('seq')
      .execute()
  ).map(({ action, detail }) => `${action} ${detail}`);

const choose = async (role: Role): Promise<string> => {
  const account = { slackId: 'UANARUIZ1', name: 'Ana Ruiz', email: undefined };
  return (await setRole({ db, clock }, account, role, (await person('Olivia Grant')).id)).kind;
};
const slackSays = (standing: SlackStanding) =>
  seeAccounts({ db, clock }, [{ slackId: 'UANARUIZ1', standing }], 'list');

beforeEach(async () => {
  db = await openTestDatabase();
  now = Date.parse('2026-11-20T15:00:00Z');
  await load(ana('manager'));
});
afterEach(() => db.destroy());

describe('a role that an owner chose', () => {
  const KEPT =
    'people.csv:3, role "manager": Olivia Grant changed it to "support" here on 2026-11-20, which stands. Change it in the CRM too, or import with --crm-wins.';

  it('stands against a file that does not know of it, each time, and is told', async () => {
    expect(await choose('support')).toBe('changed');
    for (let time = 0; time < 2; time += 1) {
      const { said, counts } = await load(ana('manager'));
      expect(said).toEqual([KEPT]);
      expect(counts).toMatchObject([{ changed: 0, unchanged: 2, kept: 1 }]);
      expect((await person('Ana Ruiz')).role).toBe('support');
    }
  });

  it('gives way to a line that the CRM changed later, and to --crm-wins', async () => {
    await choose('support');
    expect((await load(ana('manager', 'yes', '2026-11-20T15:00:01Z'))).said).toEqual([]);
    expect((await person('Ana Ruiz')).role).toBe('manager');
    await choose('support');
    expect((await load(ana('manager'), true)).said).toEqual([]);
    expect((await person('Ana Ruiz')).role).toBe('manager');
  });

  it('has served once the CRM says the same: what the CRM says next goes in', async () => {
    await choose('support');
    expect((await load(ana('support'))).said).toEqual([]);
    expect((await load(ana('advisor'))).said).toEqual([]);
    expect((await person('Ana Ruiz')).role).toBe('advisor');
  });
});

describe('somebody whom Slack has sent away', () => {
  const KEPT =
    'people.csv:3, active "yes": is no full member of the Slack workspace any more, which stands. Make them one in Slack first, then import again, or have an owner choose their role.';

  it.each(['deactivated', 'guest', 'absent'] as const)(
    '(%s) gets no access back by a file, not even with --crm-wins',
    async (standing) => {
      await slackSays(standing);
      for (const crmWins of [false, true]) {
        expect((await load(ana('manager'), crmWins)).said).toEqual([KEPT]);
        expect((await person('Ana Ruiz')).deactivated_at).not.toBeNull();
      }
    },
  );

  it('comes back by a file or an owner once Slack has them as a member, and not by Slack alone', async () => {
    await slackSays('deactivated');
    now += 60_000;
    await slackSays('member');
    expect((await person('Ana Ruiz')).deactivated_at).not.toBeNull();
    expect((await load(ana('manager'))).said).toEqual([]);
    expect((await person('Ana Ruiz')).deactivated_at).toBeNull();
    await slackSays('guest');
    now += 60_000;
    await slackSays('member');
    expect(await choose('advisor')).toBe('changed');
    expect(await person('Ana Ruiz')).toMatchObject({ deactivated_at: null, role: 'advisor' });
  });

  it('of whom the CRM says so too is not brought back by an owner', async () => {
    await slackSays('deactivated');
    await load(ana('manager', 'no'));
    now += 60_000;
    await slackSays('member');
    expect(await choose('manager')).toBe('deactivated');
    await load(ana('manager'));
    expect((await person('Ana Ruiz')).deactivated_at).toBeNull();
  });

  it('is asked for anew where the file names another account of theirs', async () => {
    await slackSays('deactivated');
    const renamed = ana('manager').replace('UANARUIZ1', 'UANARUIZ2');
    expect((await load(renamed)).said).toEqual([]);
    expect(await person('Ana Ruiz')).toMatchObject({ deactivated_at: null, slack_checked_at: 0 });
  });
});

describe('the last owner', () => {
  const olivia = (role: string, active = 'yes'): string =>
    `olivia.grant@harborpoint.example,Olivia Grant,${role},UOLIVIA01,${active},\n`;
  const only = (people: string) => load(people, true, { 'people.csv': HEADER + people });
  const REFUSED =
    'people.csv:2: is the last owner, and would be none after this line. Make somebody else an owner first, then import again.';

  it.each([
    ['role', olivia('advisor')],
    ['access', olivia('owner', 'no')],
  ])('is left by no line that takes their %s, and the other lines go in', async (_, line) => {
    const { said, counts } = await only(line + ana('advisor'));
    expect(said).toEqual([REFUSED]);
    expect(counts).toMatchObject([{ refused: 1, changed: 1, kept: 0 }]);
    expect(await person('Olivia Grant')).toMatchObject({ role: 'owner', deactivated_at: null });
    expect(await person('Ana Ruiz')).toMatchObject({ role: 'advisor' });
  });

  it('hands the role on by one file, in any order of its lines', async () => {
    expect((await only(olivia('advisor') + ana('owner'))).said).toEqual([]);
    expect(await person('Olivia Grant')).toMatchObject({ role: 'advisor' });
    expect((await only(olivia('owner') + ana('advisor'))).said).toEqual([]);
    expect((await only(ana('owner') + olivia('owner'))).said).toEqual([]);
    // Of two, one may go.
    expect((await only(olivia('support'))).said).toEqual([]);
    expect(await person('Ana Ruiz')).toMatchObject({ role: 'owner' });
  });

  it('who left Slack is no owner any more, whatever stands here', async () => {
    const seen = { slackId: 'UOLIVIA01', standing: 'deactivated' } as const;
    await seeAccounts({ db, clock }, [seen], 'event');
    expect((await person('Olivia Grant')).deactivated_at).not.toBeNull();
  });
});

describe('browsers that were confirmed once', () => {
  const remember = async () =>
    db
      .insertInto('remembered_browser')
      .values({
        browser_hash: 'one',
        person_id: (await person('Ana Ruiz')).id,
        expires_at: now + 1e9,
      })
      .execute();
  const remembered = async () =>
    (await db.selectFrom('remembered_browser').selectAll().execute()).length;

  it.each([
    ['Slack tells that they left', () => slackSays('deactivated')],
    ['Slack tells that they became a guest', () => slackSays('guest')],
    ['an owner gives another role', () => choose('advisor')],
    ['a file gives another role', () => load(ana('advisor'))],
    ['a file takes their access', () => load(ana('manager', 'no'))],
    ['a file names another account', () => load(ana('manager').replace('UANARUIZ1', 'UANARUIZ2'))],
  ])('are forgotten when %s', async (_, act) => {
    await remember();
    await load(ana('manager'));
    expect(await remembered()).toBe(1);
    await act();
    expect(await remembered()).toBe(0);
  });
});

it('writes one line of the audit for each change of a role or of access, and none for a repeat', async () => {
  const steps = [
    () => choose('support'),
    () => load(ana('manager'), true),
    () => load(ana('manager', 'no')),
    () => load(ana('manager', 'no')),
    () => slackSays('deactivated'),
    () => slackSays('deactivated'),
    () => slackSays('member'),
    () => load(ana('manager')),
  ];
  for (const step of steps) {
    now += 60_000;
    await step();
  }
  expect(await audited()).toEqual([
    'team.added {"to":"manager","active":true,"by":"crm"}',
    'team.role-changed {"from":"manager","to":"support"}',
    'team.role-changed {"from":"support","to":"manager","by":"crm"}',
    'team.access-ended {"by":"crm"}',
    'team.slack-standing {"from":"deactivated","to":"member","noticed":"list"}',
    'team.access-given {"by":"crm"}',
  ]);
});

it('a file that takes a role or a share away ends the consents that leaned on it', async () => {
  const shared = (people: string) => ({
    'sources.csv': `source_id,carrier,name,holder,shared_with\nS-1,northbridge-life,Olivia,olivia.grant@harborpoint.example,${people}\n`,
  });
  const idOf = async () =>
    (await db.selectFrom('login_source').select('id').executeTakeFirstOrThrow()).id;
  const consents = async () => (await loginRow(db, await idOf())).consent_by;
  const keep = async () => {
    await setLinked(db, true);
    const personId = (await person('Ana Ruiz')).id;
    await giveConsent(db, await idOf(), { personId, at: now, automatic: false });
  };
  await load(ana('manager'), false, shared(''));
  await keep();
  await load(ana('manager'), false, shared(''));
  expect(await consents()).not.toBeNull();
  await load(ana('advisor'), false, shared(''));
  expect(await consents()).toBeNull();
  await load(ana('advisor'), false, shared('ana.ruiz@harborpoint.example'));
  await keep();
  await load(ana('advisor'), false, shared(''));
  expect(await consents()).toBeNull();
});

describe('a new e-mail address', () => {
  beforeEach(async () => {
    await load(ana('advisor'));
  });
  const LINE = 'ana.lopez@harborpoint.example,Ana Lopez,advisor,UANARUIZ1,yes,\n';

  it('of a Slack member who is known is theirs: they keep what they have', async () => {
    const { id } = await person('Ana Ruiz');
    expect(await load(LINE)).toMatchObject({ said: [] });
    expect(await person('Ana Lopez')).toMatchObject({
      id,
      email: 'ana.lopez@harborpoint.example',
      slack_user_id: 'UANARUIZ1',
    });
    const actions = db.selectFrom('audit').select('detail').where('subject_id', '=', id);
    expect(await actions.where('action', '=', 'team.email-changed').execute()).toEqual([
      { detail: '{"by":"crm"}' },
    ]);
  });

  it.each([
    ['stands in the file under the old one too', ana('advisor') + LINE],
    ['stands there beneath', LINE + ana('advisor')],
    ['has nothing of their name', LINE.replace('Ana Lopez', 'Al Rooney')],
  ])('is refused where the member %s', async (_, lines) => {
    const { said } = await load(lines);
    expect(said).toEqual([expect.stringContaining('is the Slack member of ana.ruiz@')]);
    expect(await person('Ana Ruiz')).toMatchObject({ email: 'ana.ruiz@harborpoint.example' });
  });
});
