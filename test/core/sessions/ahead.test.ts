import { expect, it } from 'vitest';
import { shortenWaits } from '#core/sessions/store/ahead.ts';
import { hasClaimable } from '#core/sessions/store/claims.ts';
import { claimLease } from '#core/sessions/store/leases.ts';
import { sweepHolds } from '#features/holds/hold.ts';
import { takeDueCalendars } from '#features/meetings/calendar/store/calendars.ts';
import { addWaitingSync, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';
import { setLinked } from '#test/support/logins.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEARS = 1000 * 24 * HOUR;

const show = (): Promise<boolean> => Promise.resolve(true);

/** Everything that may be put off is, by a clock that stands so far ahead. */
const putOff = async ({ db, time }: LinkFirm, ahead: number): Promise<void> => {
  const by = time.now + ahead;
  const lease = { expires_at: by + 15_000, not_before: by + 12 * MINUTE };
  await db.updateTable('login_lease').set(lease).execute();
  await db
    .updateTable('sync')
    .set({ reason: 'waiting', not_before: by + 15 * MINUTE })
    .execute();
  await db
    .updateTable('carrier')
    .set({ paused_reason: 'blocked', paused_until: by + 4 * HOUR, probe_until: by + MINUTE })
    .execute();
  await db
    .insertInto('login_hold')
    .values({ source_id: 'source', until: by + HOUR, person_id: 'dana' })
    .execute();
};

const claim = ({ store }: LinkFirm) =>
  claimLease(store, 'source', { holder: 'w', token: 't', jobId: 'j', ttlMs: 15_000 });

const round = async (firm: LinkFirm): Promise<void> => {
  await shortenWaits(firm.store);
  await sweepHolds({ store: firm.store, clock: firm.clock, show });
};

it('what a clock that stood years ahead put off goes on within the longest time it may be put off', async () => {
  await using firm = await openLinkFirm();
  await setLinked(firm.db, true, 'source');
  await addWaitingSync(firm);
  await putOff(firm, YEARS);
  await round(firm);
  expect(await claim(firm)).toBeUndefined();
  firm.time.now += MINUTE;
  expect(await claim(firm)).toBeDefined();
  firm.time.now += 12 * HOUR;
  await round(firm);
  expect(await hasClaimable(firm.store, 'source')).toBe(true);
});

it('what is put off by a right clock is not put off less', async () => {
  await using firm = await openLinkFirm();
  await addWaitingSync(firm);
  await putOff(firm, 0);
  const rows = async () =>
    Promise.all(
      (['login_lease', 'sync', 'carrier', 'login_hold'] as const).map((table) =>
        firm.db.selectFrom(table).selectAll().execute(),
      ),
    );
  const before = await rows();
  await round(firm);
  expect(await rows()).toEqual(before);
});

it('a calendar that was read by a clock years ahead is read again when the clock is right', async () => {
  await using firm = await openLinkFirm();
  await firm.db
    .insertInto('calendar')
    .values({ person_id: 'dana', zone: 'UTC', added_at: 0, next_at: 0 })
    .execute();
  const take = (): Promise<string[]> => takeDueCalendars(firm.store, 10, HOUR);
  firm.time.now += YEARS;
  expect(await take()).toEqual(['dana']);
  firm.time.now -= YEARS;
  expect(await take()).toEqual(['dana']);
  expect(await take()).toEqual([]);
  // Of another worker, whose clock is a little behind.
  firm.time.now -= MINUTE;
  expect(await take()).toEqual([]);
});
