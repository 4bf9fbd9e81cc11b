import { setLinked } from '#test/support/logins.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { queueFirmsDay } from '#features/daily-sync/queue-day.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';
import { manyPolicies } from '#test/support/many-policies.ts';
import { beginDays } from '#test/support/begin-days.ts';
import { sourcesWantingDay } from '#core/sessions/store/days-to-come.ts';
import { linkAs } from '#test/support/person-links.ts';

const ANAS = 'S-NB-ANA';
const HOUR = 3_600_000;
/** A Tuesday, hours after the firm's day began. */
const TUESDAY = Date.parse('2026-11-24T15:00:00Z');

describe("a firm's day", () => {
  let ahead: number;

  /** Time goes on as it does for timers, from an hour that each test knows, and is moved on by it. */
  const clock = (): number => Date.now() + ahead;

  beforeEach(() => {
    ahead = TUESDAY - Date.now();
  });
  const { firm, at } = useScriptedFirm({ each: true, clock });

  const open = (source: string) =>
    firm.db
      .selectFrom('sync')
      .select(['id', 'policy_id'])
      .where('source_id', '=', source)
      .where('status', 'in', ['queued', 'in-progress'])
      .execute();
  const wantsDay = async (source: string): Promise<boolean> =>
    (await sourcesWantingDay({ db: firm.db, clock })).includes(source);
  const runsOut = async (source: string): Promise<void> => {
    await expect
      .poll(async () => (await wantsDay(source)) || (await open(source)).length > 0, {
        timeout: 40_000,
      })
      .toBe(false);
  };

  it('is worked through by itself, once a day, and again the next day', async () => {
    const id = await firm.sourceId(ANAS);
    await firm.bot.beat();
    expect(await wantsDay(id)).toBe(true);
    await firm.work(at.portals);
    await runsOut(id);
    const reads = at.reads().length;
    expect(at.reads().filter(({ source }) => source === id).length).toBeGreaterThan(40);
    ahead += 60_000;
    await firm.bot.beat();
    expect(await wantsDay(id)).toBe(false);
    expect(await open(id)).toEqual([]);
    ahead += 24 * HOUR;
    await firm.bot.beat();
    await expect.poll(() => at.reads().length, { timeout: 40_000 }).toBeGreaterThan(reads + 40);
    await runsOut(id);
    expect(at.mostAtOnce()).toBe(1);
  });

  it('goes on by itself when a person links a login that waited', async () => {
    const id = await firm.sourceId(ANAS);
    await setLinked(firm.db, false, id);
    await firm.bot.beat();
    await firm.work(at.portals);
    expect((await open(id)).length).toBeGreaterThan(40);
    expect(at.reads().filter(({ source }) => source === id)).toEqual([]);
    await linkAs(firm, 'UANARUIZ1', ANAS, false, clock);
    await runsOut(id);
    expect(at.reads().filter(({ source }) => source === id).length).toBeGreaterThan(40);
  });

  it('comes late after a downtime, and only for today', async () => {
    const id = await firm.sourceId(ANAS);
    const policiesOf = async (): Promise<string[]> =>
      (await open(id)).map(({ policy_id }) => policy_id).toSorted();
    // Each policy is due on either day: none was read today already.
    await firm.db.deleteFrom('request_sync').execute();
    await firm.db.deleteFrom('policy_value').execute();
    await firm.db.deleteFrom('sync').execute();
    const begin = async (): Promise<void> => {
      await firm.bot.beat();
      await beginDays({ db: firm.db, clock });
    };
    await begin();
    const first = await policiesOf();
    expect(first.length).toBeGreaterThan(40);
    await firm.stopBot();
    ahead += 3 * 24 * HOUR;
    await firm.startBotAgain();
    await begin();
    expect(await policiesOf()).toEqual(first);
    const days = await firm.db.selectFrom('work_day').select('day').execute();
    expect(days).toHaveLength(2);
  });
});

it('queues 20,000 policies in small steps, between which others have their turn', async () => {
  await using firm = await manyPolicies(20_000);
  await firm.db
    .updateTable('policy')
    .set({ home_source_id: 'source-02' })
    .where('carrier_id', '=', 'north')
    .execute();
  await firm.db
    .updateTable('policy')
    .set({ home_source_id: 'source-01' })
    .where('carrier_id', '=', 'meri')
    .execute();
  let turns = 0;
  let isOver = false;
  const others = (): void => {
    turns += 1;
    if (!isOver) setImmediate(others);
  };
  setImmediate(others);
  const store = { db: firm.db, clock: Date.now };
  await queueFirmsDay(store, { day: '2026-11-19', startsAt: Date.now(), openBooks: false });
  const added = await beginDays(store);
  isOver = true;
  expect(added).toBeGreaterThan(15_000);
  // No step held the event loop for more than 250 policies.
  expect(turns).toBeGreaterThan(added / 250);
});
