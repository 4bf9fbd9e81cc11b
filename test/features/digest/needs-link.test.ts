import { expect, it } from 'vitest';
import { reportCuts } from '#core/policies/report-rules.ts';
import { reportPage } from '#core/policies/store/report.ts';
import { queueLinked } from '#core/sessions/day-queue.ts';
import type { Database } from '#database/connection.ts';
import { queueFirmsDay } from '#features/daily-sync/queue-day.ts';
import { digestFacts } from '#features/digest/store/facts.ts';
import { ownSources } from '#features/home/store.ts';
import { useFirm } from '#test/support/use-firm.ts';
import { ANA } from '#test/support/people.ts';

/** What needs a link is one number, wherever it is read. */

const firm = useFirm({ each: true });
const NOW = Date.now();
const store = () => ({ db: firm.db, clock: () => NOW });
const ALL = { kind: 'all' } as const;

const begin = () => queueFirmsDay(store(), { day: '2026-11-24', startsAt: NOW, openBooks: false });

const inDigest = async (scope: Parameters<typeof digestFacts>[1] = ALL) => {
  const { carriers, needs, unread } = await digestFacts(
    firm.db,
    scope,
    reportCuts(NOW),
    NOW - 24 * 3_600_000,
  );
  const waiting = carriers.reduce((sum, { counts }) => sum + counts.waiting, 0);
  const links = needs.filter((need) => need.kind === 'link');
  expect(links.reduce((sum, { policies }) => sum + policies, 0)).toBe(waiting);
  expect(unread.find(({ reason }) => reason === 'waiting-for-link')?.count ?? 0).toBe(waiting);
  return { waiting, of: new Map(links.map(({ sourceId, policies }) => [sourceId, policies])) };
};

const inHome = async (scope: Parameters<typeof digestFacts>[1] = ALL) =>
  (
    await reportPage(store(), {
      scope,
      exactNumber: false,
      search: undefined,
      filter: 'needs-link',
      carrierId: undefined,
      cuts: reportCuts(NOW),
      page: 0,
      pageSize: 10,
    })
  ).totals['needs-link'];

const personOf = (db: Database, slackId: string) =>
  db
    .selectFrom('person')
    .select('id')
    .where('slack_user_id', '=', slackId)
    .executeTakeFirstOrThrow();

it('is the same in a digest and at Home, of the firm and of a book, before a day and after', async () => {
  const { id } = await personOf(firm.db, ANA);
  const book = { kind: 'book', personId: id } as const;
  expect((await inDigest()).waiting).toBe(await inHome());
  expect((await inDigest(book)).waiting).toBe(await inHome(book));
  await begin();
  const { waiting, of } = await inDigest();
  expect(waiting).toBe(await inHome());
  expect(waiting).toBeGreaterThan(0);
  expect((await inDigest(book)).waiting).toBe(await inHome(book));
  const own = (await ownSources(store(), id, ALL)).filter((login) => !login.linked);
  expect(own.length).toBeGreaterThan(0);
  for (const login of own) expect(login.waiting).toBe(of.get(login.id) ?? 0);
});

it('holds what has no home yet, where no login of its carrier is linked, until one is', async () => {
  await begin();
  const harbor = await firm.sourceId('S-HT-ANA');
  const { of } = await inDigest();
  expect(of.get(harbor)).toBe(2);
  // A second day brings nothing new.
  await begin();
  expect(await inDigest()).toEqual({ ...(await inDigest()), of });
  await firm.db
    .updateTable('login_link')
    .set({ linked: 1, linked_at: NOW })
    .where('source_id', '=', harbor)
    .execute();
  await queueLinked(store(), harbor);
  expect((await inDigest()).of.has(harbor)).toBe(false);
  const open = await firm.db
    .selectFrom('sync')
    .select('source_id')
    .where('source_id', '=', harbor)
    .where('status', '=', 'queued')
    .execute();
  expect(open).toHaveLength(2);
});

it('holds nothing that may not be synced, and that again which may', async () => {
  await begin();
  const before = await inHome();
  const of = (status: string) =>
    firm.db
      .updateTable('policy')
      .set({ status })
      .where('id', '=', (policy) =>
        policy
          .selectFrom('policy_report')
          .select('policy_id')
          .where('blocked_source_id', 'is not', null)
          .orderBy('row')
          .limit(1),
      )
      .returning('id')
      .executeTakeFirstOrThrow();
  const { id } = await of('Surrendered');
  expect(await inHome()).toBe(before - 1);
  expect((await inDigest()).waiting).toBe(before - 1);
  await firm.db.updateTable('policy').set({ status: 'In Force' }).where('id', '=', id).execute();
  expect(await inHome()).toBe(before);
  expect((await inDigest()).waiting).toBe(before);
});
