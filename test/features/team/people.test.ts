import { giveConsent } from '#core/logins/store/consent.ts';
import { setLinked } from '#test/support/logins.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebClient } from '@slack/web-api';
import { seeAccounts } from '#core/logins/store/access.ts';
import type { Database } from '#database/connection.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { reconcilePeople, type Reconciliation } from '#features/team/people.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { createMembers } from '#slack/members.ts';
import { whoIs } from '#slack/who.ts';

/** Accounts of the workspace before those of the firm: the list takes several pages. */
const OTHERS = 430;

let slack: LocalWorkspace;
let client: WebClient;
let db: Database;
let people: Reconciliation;
let members: ReturnType<typeof createMembers>;
let now: number;
let logged: string[];
let shown: string[];

beforeEach(async () => {
  now = Date.parse('2026-11-20T15:00:00Z');
  logged = [];
  shown = [];
  slack = await startWorkspace({
    seed: (state) => {
      const [pattern] = state.people;
      if (pattern === undefined) throw new Error('There is nobody.');
      const others = Array.from({ length: OTHERS }, (_, nth) => ({
        ...pattern,
        id: `UOTHER${nth}`,
        email: '',
      }));
      state.people.unshift(...others);
    },
  });
  client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
  db = await openTestDatabase();
  await db
    .insertInto('person')
    .values([
      { id: 'ana', name: 'Ana', role: 'advisor', slack_user_id: 'UANARUIZ1' },
      { id: 'ben', name: 'Ben', role: 'advisor', slack_user_id: 'UBENCART1' },
      { id: 'lost', name: 'Lost', role: 'advisor', slack_user_id: 'UNOBODY01' },
    ])
    .execute();
  await db.insertInto('carrier').values({ id: 'nb', name: 'Northbridge' }).execute();
  await db
    .insertInto('login_source')
    .values(
      ['ana', 'ben', 'lost'].map((id) => ({
        id: `of-${id}`,
        carrier_id: 'nb',
        name: id,
        holder_id: id,
      })),
    )
    .execute();
  await setLinked(db, true);
  for (const id of ['ana', 'ben', 'lost'])
    await giveConsent(db, `of-${id}`, { personId: id, at: now, automatic: false });
  const store = { db, clock: () => now };
  members = createMembers(
    () => now,
    slack.teamId,
    async (account, noticed) => {
      await seeAccounts(store, [account], noticed);
    },
  );
  people = reconcilePeople({
    store,
    clock: store.clock,
    show: (subject) => Promise.resolve(shown.push(subject)),
    changed: (sourceId) => Promise.resolve(void shown.push(sourceId)),
    members,
    teamId: slack.teamId,
    log: (problem) => void logged.push(problem),
  });
});
afterEach(async () => {
  await db.destroy();
  await slack.close();
});

/** Everybody is looked at; how many pieces it took. */
const walk = async (): Promise<number> => {
  await people.begin();
  for (let pieces = 1; ; pieces += 1)
    if ((await people.next(client)).kind === 'shown') return pieces;
};
const consents = async (): Promise<(string | null)[]> =>
  (
    await db
      .selectFrom('login_source as l')
      .leftJoin('login_consent as g', 'g.source_id', 'l.id')
      .select('g.person_id')
      .orderBy('l.id')
      .execute()
  ).map(({ person_id }) => person_id);
/** Who asks whether somebody may act. */
const asking = (): Parameters<typeof whoIs>[0] => ({
  store: { db, clock: () => now },
  members,
  settings: { command: '/sync', threads: 'channel', publicUrl: undefined },
  teamId: slack.teamId,
  log: () => undefined,
});
const leave = (id: string, change: { deleted?: boolean; restricted?: boolean }): void =>
  slack.workspace.changePerson(id, change, { eventLost: true });

it('finds who left or became a guest while no event came, page by page, and who is not in the list', async () => {
  leave('UANARUIZ1', { deleted: true });
  leave('UBENCART1', { restricted: true });
  expect(await walk()).toBeGreaterThan(3);
  expect(await consents()).toEqual([null, null, null]);
  expect(shown).toEqual(expect.arrayContaining(['account:all', 'of-ana', 'of-ben']));
  const rows = await db
    .selectFrom('audit')
    .select(['subject_id', 'detail'])
    .where('action', '=', 'team.access-ended')
    .orderBy('id')
    .execute();
  expect(rows.map(({ subject_id, detail }) => `${subject_id} ${detail}`).toSorted()).toEqual([
    'ana {"by":"slack","standing":"deactivated","noticed":"list"}',
    'ben {"by":"slack","standing":"guest","noticed":"list"}',
    'lost {"by":"slack","standing":"absent","noticed":"asked"}',
  ]);
});

it('matches who was imported with their account by e-mail, before they first ask; guests with nobody', async () => {
  leave('UMARCUS01', { restricted: true });
  expect(await people.hasNewPeople()).toBe(false);
  await db
    .insertInto('person')
    .values([
      { id: 'new-1', name: 'Olivia', role: 'owner', email: 'olivia.grant@harborpoint.example' },
      { id: 'new-2', name: 'Marcus', role: 'manager', email: 'marcus.webb@harborpoint.example' },
    ])
    .execute();
  expect(await people.hasNewPeople()).toBe(true);
  await walk();
  const rows = await db
    .selectFrom('person')
    .select(['id', 'slack_user_id'])
    .where('id', 'like', 'new-%')
    .orderBy('id')
    .execute();
  expect(rows.map((row) => row.slack_user_id)).toEqual(['UOLIVIA01', null]);
  expect(await people.hasNewPeople()).toBe(false);
});

/** What a file makes of somebody whose e-mail address has changed. */
const addAnew = async (name: string): Promise<void> => {
  await db
    .insertInto('person')
    .values({ id: 'new', name, role: 'manager', email: 'ana.ruiz@harborpoint.example' })
    .execute();
  await db
    .insertInto('contact')
    .values({ id: 'chen', external_id: 'C-1', kind: 'individual', name: 'Chen', search: 'chen' })
    .execute();
  await db.insertInto('book').values({ contact_id: 'chen', person_id: 'new' }).execute();
  await db
    .updateTable('login_source')
    .set({ holder_id: 'new' })
    .where('id', '=', 'of-ana')
    .execute();
};
const ofAnasAccount = () =>
  db
    .selectFrom('person')
    .selectAll()
    .where('slack_user_id', '=', 'UANARUIZ1')
    .executeTakeFirstOrThrow();

it('lets who is added anew under another e-mail address be who they were', async () => {
  await db
    .updateTable('person')
    .set({ email: 'ana@old.example' })
    .where('id', '=', 'ana')
    .execute();
  await addAnew('Ana Ruiz-Lopez');
  await walk();
  expect(await ofAnasAccount()).toMatchObject({
    id: 'ana',
    email: 'ana.ruiz@harborpoint.example',
    name: 'Ana Ruiz-Lopez',
    role: 'manager',
  });
  expect(await db.selectFrom('person').select('id').where('id', '=', 'new').execute()).toEqual([]);
  const books = await db.selectFrom('book').selectAll().execute();
  expect(books).toEqual([{ contact_id: 'chen', person_id: 'ana' }]);
  const sources = db.selectFrom('login_source').select('holder_id').where('id', '=', 'of-ana');
  expect(await sources.executeTakeFirstOrThrow()).toEqual({ holder_id: 'ana' });
  await walk();
  expect(logged).toEqual([]);
});

it('gives the account of who has ended in the CRM to who is added anew', async () => {
  const ended = { email: 'ana@old.example', deactivated_at: now, ended_by: 'crm' };
  await db.updateTable('person').set(ended).where('id', '=', 'ana').execute();
  await addAnew('A. Ruiz');
  await walk();
  expect(await ofAnasAccount()).toMatchObject({ id: 'new', deactivated_at: null });
  expect(await whoIs(asking(), client, { userId: 'UANARUIZ1' })).toMatchObject({
    kind: 'person',
    person: { id: 'new' },
  });
});

it('makes one of two people by no address alone: their names have a word in common', async () => {
  await addAnew('Benjamin');
  await walk();
  expect(await ofAnasAccount()).toMatchObject({ id: 'ana', name: 'Ana' });
  expect(logged).toEqual([expect.stringContaining('UANARUIZ1')]);
});

it('leaves those who are here as they are', async () => {
  await db.deleteFrom('login_source').where('id', '=', 'of-lost').execute();
  await walk();
  expect(await consents()).toEqual(['ana', 'ben']);
  expect(await db.selectFrom('audit').selectAll().execute()).toEqual([]);
});

it('goes on where it was when Slack could not be asked, and keeps to its wish to wait', async () => {
  leave('UANARUIZ1', { deleted: true });
  slack.workspace.setFaults({ fail: [{ method: 'users.list', times: 1, retryAfter: 7 }] });
  await people.begin();
  expect(await people.next(client)).toEqual({ kind: 'later', ms: 7000 });
  expect(logged).toHaveLength(1);
  expect(people.isStuck()).toBe(false);
  now += 3 * 60_000;
  expect(people.isStuck()).toBe(true);
  while ((await people.next(client)).kind === 'later');
  expect((await consents())[0]).toBeNull();
  expect(people.isStuck()).toBe(false);
});

it('asks for one account when it matters, past what it remembers', async () => {
  await people.check(client, 'ana');
  expect((await consents())[0]).toBe('ana');
  leave('UANARUIZ1', { deleted: true });
  expect(await people.check(client, 'ana')).toEqual({ kind: 'shown' });
  expect((await consents())[0]).toBeNull();
});

it('an act of somebody who became a guest is refused, and ends what is kept for them', async () => {
  leave('UBENCART1', { restricted: true });
  expect(await whoIs(asking(), client, { userId: 'UBENCART1' })).toMatchObject({
    kind: 'refused',
    why: expect.stringContaining('Guests'),
  });
  expect((await consents())[1]).toBeNull();
});
