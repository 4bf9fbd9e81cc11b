import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { tellOfLostLinks, warnOfLinks } from '#features/link-reminders/remind.ts';
import { tellOfBrokenCalendars } from '#features/meetings/calendar/plan.ts';
import { addWaitingSync, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';

/** Dana, whose messages cannot be written, and Omar after her: each holds a login that waits. */
const openBrokenFirm = async (): Promise<LinkFirm> => {
  const firm = await openLinkFirm();
  const { db } = firm;
  for (const [id, account] of [
    ['dana', 'UDANA'],
    ['omar', 'UOMAR'],
  ] as const)
    await db.updateTable('person').set({ slack_user_id: account }).where('id', '=', id).execute();
  await db
    .insertInto('login_source')
    .values({ id: 'third', carrier_id: 'northbridge', name: 'Omar’s', holder_id: 'omar' })
    .execute();
  await addWaitingSync(firm);
  await db
    .insertInto('sync')
    .values({
      id: 'sync-2',
      policy_id: 'policy',
      source_id: 'third',
      priority: 1,
      status: 'queued',
      reason: 'waiting-for-link',
      created_at: firm.clock(),
    })
    .execute();
  await db
    .updateTable('login_link')
    .set({ linked: 0, unlinked_told: 0, unlinked_reason: 'session-ended', unlinked_at: 1 })
    .execute();
  await sql`create trigger broken_message before insert on notification when new.channel = 'UDANA'
    begin select raise(abort, 'this row cannot be written'); end`.execute(db);
  return firm;
};

const told = async ({ db }: LinkFirm) =>
  db.selectFrom('notification').select(['kind', 'channel']).execute();

const telling = (firm: LinkFirm) => {
  const problems: string[] = [];
  return {
    problems,
    store: firm.store,
    clock: firm.clock,
    zone: 'America/New_York',
    show: () => Promise.resolve(true),
    log: (problem: string) => void problems.push(problem),
  };
};

it('one person who cannot be warned of their logins keeps nobody else from being warned', async () => {
  await using firm = await openBrokenFirm();
  const deps = telling(firm);
  await warnOfLinks(deps, '2026-11-20');
  expect(await told(firm)).toEqual([{ kind: 'link-warning', channel: 'UOMAR' }]);
  expect(deps.problems).toEqual([
    'dana could not be warned of their logins; the next day does it again',
  ]);
});

it('one person who cannot be told of a lost link keeps nobody else from hearing of theirs', async () => {
  await using firm = await openBrokenFirm();
  const deps = telling(firm);
  await tellOfLostLinks(deps);
  expect(await told(firm)).toEqual([{ kind: 'link-lost', channel: 'UOMAR' }]);
  expect(deps.problems).toEqual(['dana could not be told of their lost links; it is tried again']);
});

it('one person who cannot be told of a broken calendar keeps nobody else from hearing of theirs', async () => {
  await using firm = await openBrokenFirm();
  const deps = telling(firm);
  for (const person_id of ['dana', 'omar'])
    await firm.db
      .insertInto('calendar')
      .values({ person_id, zone: 'UTC', added_at: 0, next_at: 0, problem: 'refused' })
      .execute();
  await tellOfBrokenCalendars(deps);
  expect(await told(firm)).toEqual([{ kind: 'calendar-broken', channel: 'UOMAR' }]);
  expect(deps.problems).toEqual(['dana could not be told of their calendar; it is tried again']);
});
