import { loginRow } from '#test/support/logins.ts';
import { expect, it } from 'vitest';
import { answerTo } from '#test/support/firm.ts';
import { linkAs } from '#test/support/person-links.ts';
import { GWEN, OLIVIA, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const OWN = 'S-NB-GWEN';
const OTHERS = 'S-NB-ANA';
const LONG = 60_000;
const HOUR = 3_600_000;

const { firm, at } = useScriptedFirm({ works: true });

const slack = () => firm.local.workspace.workspace;
const gwen = () =>
  firm.db.selectFrom('person').selectAll().where('slack_user_id', '=', GWEN).executeTakeFirst();

/** What Olivia chooses for Gwen in the modal of the team. */
const choose = async (role: string): Promise<void> => {
  await firm.client.command(OLIVIA, TEAM, '/sync team');
  const team = await answerTo(firm, OLIVIA, TEAM, 'Change a role');
  await firm.client.click({ as: OLIVIA, channel: TEAM, ts: team.ts, actionId: 'team-change' });
  await firm.client.waitForModal(OLIVIA);
  const values = { person: { person: GWEN }, role: { role } };
  expect(await firm.client.submit(OLIVIA, values)).toMatchObject({ ok: true });
  await firm.client.closeModal(OLIVIA);
};

const login = async (source: string) => {
  const id = await firm.sourceId(source);
  const row = await firm.db
    .selectFrom('login_source as l')
    .innerJoin('login_link as k', 'k.source_id', 'l.id')
    .leftJoin('login_consent as g', 'g.source_id', 'l.id')
    .leftJoin('person as p', 'p.id', 'g.person_id')
    .select(['k.linked', 'p.slack_user_id as keeps'])
    .where('l.id', '=', id)
    .executeTakeFirstOrThrow();
  const kept = await firm.db
    .selectFrom('sealed_secret')
    .select('kind')
    .where('owner_id', '=', id)
    .where('kind', '=', 'password')
    .execute();
  return { linked: row.linked === 1, keeps: row.keeps, passwords: kept.length };
};
const NOTHING = { linked: false, keeps: null, passwords: 0 };
const becomes = async (source: string, standing: object): Promise<void> => {
  await expect.poll(() => login(source), { timeout: LONG }).toEqual(standing);
};
const keeps = async (source: string): Promise<void> => {
  await linkAs(firm, GWEN, source, true);
  await becomes(source, { linked: true, keeps: GWEN, passwords: 1 });
};
const submitted = async (source: string): Promise<number> => {
  const id = await firm.sourceId(source);
  return at.passwords().filter((each) => each === id).length;
};

/** A policy of the background at this login, when its session has ended at the portal. */
const readAgain = async (day: string): Promise<void> => {
  at.endSessions();
  await firm.db
    .updateTable('policy')
    .set({ home_source_id: await firm.sourceId(OWN) })
    .where('number', '=', '00123-4567')
    .execute();
  expect(await firm.queueDay(OWN, day)).toBe(1);
};

it(
  'a person joins, links, keeps, is demoted, leaves while the bot is down, and comes back',
  async () => {
    // Joins.
    slack().changePerson(GWEN, { restricted: false });
    await choose('manager');
    const { id } = (await gwen()) ?? { id: '' };

    // Links and keeps: as a manager at a login of somebody else's, and at one of her own.
    await keeps(OTHERS);
    await firm.db
      .insertInto('login_source')
      .values({
        id: OWN,
        external_id: OWN,
        carrier_id: 'northbridge-life',
        name: 'Gwen – Northbridge',
        holder_id: id,
      })
      .execute();
    await keeps(OWN);
    await readAgain('2026-11-20');
    await expect.poll(() => submitted(OWN), { timeout: LONG }).toBe(2);

    // Is demoted: what leaned on the role ends, her own stays.
    await choose('advisor');
    await becomes(OTHERS, NOTHING);
    await becomes(OWN, { linked: true, keeps: GWEN, passwords: 1 });

    // Leaves while the bot is down: a worker alone does not use her password.
    await firm.stopBot();
    slack().changePerson(GWEN, { deleted: true }, { eventLost: true });
    await firm.db.updateTable('person').set({ slack_checked_at: 0 }).where('id', '=', id).execute();
    // Her session was not used for hours, so that it ended is nothing that a login rests for.
    await firm.db
      .updateTable('login_link')
      .set({ used_at: firm.clock() - 3 * HOUR, ended_early_at: null })
      .where('source_id', '=', await firm.sourceId(OWN))
      .execute();
    await readAgain('2026-11-21');
    await expect
      .poll(async () => (await loginRow(firm.db, OWN)).not_before, { timeout: LONG })
      .toBeGreaterThan(0);
    const waiting = await firm.db
      .selectFrom('sync')
      .select(['reason', 'detail'])
      .where('source_id', '=', await firm.sourceId(OWN))
      .where('status', '=', 'queued')
      .executeTakeFirstOrThrow();
    expect(waiting.reason).toBe('waiting');
    expect(JSON.parse(waiting.detail ?? '{}')).toMatchObject({ waitsFor: 'slack' });
    expect(await submitted(OWN)).toBe(2);
    expect((await login(OWN)).passwords).toBe(1);
    await firm.startBotAgain();
    await becomes(OWN, NOTHING);
    expect(await submitted(OWN)).toBe(2);

    // Comes back: with nothing of what was kept, and only by an owner's word.
    slack().changePerson(GWEN, { deleted: false });
    await expect.poll(async () => (await gwen())?.slack_standing, { timeout: LONG }).toBe('member');
    await firm.client.command(GWEN, 'dm', '/sync sources');
    await answerTo(firm, GWEN, 'dm', 'Your access has ended');
    await choose('advisor');
    expect(await gwen()).toMatchObject({ role: 'advisor', deactivated_at: null });
    expect(await login(OWN)).toEqual(NOTHING);
    await keeps(OWN);

    const life = await firm.db
      .selectFrom('audit')
      .select('action')
      .where('subject_type', '=', 'person')
      .where('subject_id', '=', id)
      .where('action', 'like', 'team.%')
      .orderBy('at')
      .execute();
    expect(life.map(({ action }) => action)).toEqual([
      'team.added',
      'team.role-changed',
      'team.access-ended',
      'team.slack-standing',
      'team.access-given',
    ]);
  },
  5 * LONG,
);
