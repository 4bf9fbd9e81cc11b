import { describe, expect, it } from 'vitest';
import { freshness } from '#core/policies/freshness.ts';
import { doubtsOf } from '#core/policies/plausible.ts';
import { reportCuts } from '#core/policies/report-rules.ts';
import { reportRows } from '#core/policies/store/report-rows.ts';
import { judgeSuccess, type KnownPolicy, type KnownValue } from '#core/policies/verdict.ts';
import { servesInFull } from '#core/sessions/book-rules.ts';
import { describeReading } from '#cli/carrier/understood.ts';
import { exportHistory } from '#features/history/csv.ts';
import { readHistory } from '#features/history/history.ts';
import { historyChart } from '#features/history/chart.ts';
import { historyModal } from '#features/history/modal.ts';
import { rowBlocks } from '#features/home/row-blocks.ts';
import { listenForEvents, takeEvents } from '#features/webhooks/store.ts';
import { checkReading } from '#portal/reading.ts';
import type { PolicyReading } from '#portal/portal.ts';
import { personOnSlack } from '#slack/store.ts';
import { askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { ANA, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

/** Wednesday, 11 in the morning in New York. */
const NOW = Date.parse('2026-11-18T16:00:00Z');
const OLD = '2026-08-03';
const NUMBER = '00123-4567';

const value = (minor: number, asOf?: string): KnownValue => ({
  name: 'Account Value',
  amount: { minor, currency: 'USD' },
  asOf,
});

const known = (...values: KnownValue[]): KnownPolicy => ({
  number: NUMBER,
  productClass: 'variable',
  indicator: 'open',
  values,
});

const seen = (...values: KnownValue[]) => ({ status: 'In Force', values, missing: [] });

describe('a value that its portal shows without a date', () => {
  it('is believed where the carrier says so, and not where it says nothing', () => {
    const read = (asOf: string) =>
      checkReading(
        {
          kind: 'found',
          snapshot: { number: NUMBER, status: 'In Force', values: [{ ...value(100), asOf }] },
        },
        NUMBER,
      );
    const believed = read('unknown');
    expect(believed).toMatchObject({ snapshot: { values: [{ name: 'Account Value' }] } });
    // As a recording keeps it, by which a carrier is checked.
    expect(JSON.parse(JSON.stringify(believed))).toStrictEqual(believed);
    expect(() => read('')).toThrow('not in the agreed form');
    expect(() => read('none')).toThrow('not in the agreed form');
  });

  it('is neither fresh nor stale', () => {
    expect(freshness(undefined, NOW, 'variable')).toEqual({ kind: 'unknown' });
    const same = judgeSuccess(known(value(100)), seen(value(100)), NOW);
    expect(same).toMatchObject({ reason: 'unchanged', why: 'no-date', changes: [] });
    expect(same).not.toHaveProperty('asOf');
    // A day that was shown once says nothing of what is shown now.
    const moved = judgeSuccess(known(value(100, OLD)), seen(value(101)), NOW);
    expect(moved).toMatchObject({ reason: 'changed', values: [value(101)] });
    expect(moved).not.toHaveProperty('keptNewer');
  });

  it('leaves the dates beside it to be judged', () => {
    const premium = { ...value(900), name: 'Annual Premium' };
    const verdict = judgeSuccess(known(), seen(value(100, OLD), premium), NOW);
    expect(verdict).toMatchObject({ reason: 'stale', asOf: OLD });
  });

  it('is doubted for its amount alone', () => {
    expect(doubtsOf(known(value(5_000_000)), seen(value(5_100_000)), NOW)).toEqual([]);
    expect(doubtsOf(known(value(5_000_000)), seen(value(500_000)), NOW)).toMatchObject([
      { kind: 'factor' },
    ]);
  });

  it('is served by a listing unless its page shows one', () => {
    expect(servesInFull(seen(value(100)), [value(90)])).toBe(true);
    expect(servesInFull(seen(value(100)), [value(90, OLD)])).toBe(false);
    expect(servesInFull(seen({ ...value(100), name: 'Cash Value' }), [value(90)])).toBe(false);
  });

  it('is told as such by `carrier check`', () => {
    const lines = describeReading(undated(100_00), NOW).join('\n');
    expect(lines).toContain('$100.00 USD, no date shown');
    expect(lines).not.toContain('fresh');
  });
});

const undated = (minor: number): PolicyReading => ({
  kind: 'found',
  snapshot: { number: NUMBER, ...seen(value(minor)) },
});

describe('a portal that no longer shows dates', () => {
  const { firm, at } = useScriptedFirm({ works: true });

  const cards: string[] = [];
  const ask = async (): Promise<string> => {
    const isCard = isCardOf(ANA, NUMBER);
    const asked = await askFor(
      firm,
      ANA,
      TEAM,
      `/sync policy ${NUMBER}`,
      (message) => isCard(message) && !cards.includes(message.ts),
    );
    cards.push(asked.ts);
    await closingOf(firm, ANA, TEAM, asked);
    const [card] = await firm.client.messages(ANA, TEAM, asked.ts);
    return JSON.stringify(card);
  };

  it('is told on the card, on Home, in the history, its file and the webhook', async () => {
    const { id } = await firm.db
      .selectFrom('policy')
      .select('id')
      .where('number', '=', NUMBER)
      .executeTakeFirstOrThrow();
    await firm.db
      .updateTable('policy_report')
      .set({ as_of: OLD })
      .where('policy_id', '=', id)
      .execute();
    const store = { db: firm.db, clock: Date.now };
    await listenForEvents(store, true);
    at.answer(NUMBER, undated(41_290_000), undated(41_290_000));

    const changed = await ask();
    expect(changed).toContain('Values are in. Northbridge Life shows no date; ');
    expect(changed).toMatch(/\^read \{date_short_pretty\} at \{time\}\|read /);
    expect(changed).not.toMatch(/as of|older than/);
    expect(await ask()).toContain(
      'nothing changed: the carrier shows the same amounts. Northbridge Life shows no date; ',
    );

    const { row } = await firm.db
      .selectFrom('policy_report')
      .select('row')
      .where('policy_id', '=', id)
      .executeTakeFirstOrThrow();
    const [shown] = await reportRows(firm.db, [row], reportCuts(firm.clock()));
    if (shown === undefined) throw new Error('Home has lost the row');
    expect(shown.stale).toBe(false);
    const home = JSON.stringify(
      rowBlocks(shown, { mayLink: () => true, syncedSince: 0, drawing: 1 }),
    );
    expect(home).toContain('$412,900.00* Account Value · no date shown, ');
    expect(home).not.toContain('as of');

    const ana = await personOnSlack(store, ANA);
    const deps = { store, openBooks: false };
    if (ana === undefined) throw new Error('Ana is not in the firm');
    const history = await readHistory(deps, ana, id);
    if (history === undefined) throw new Error('the history is not to be seen');
    const modal = JSON.stringify(historyModal(history));
    expect(modal).toMatch(/\d{4} \(read\) +\$412,900\.00/);
    expect(modal).toContain('Where Northbridge Life shows no date: by the day we read it.');
    expect(JSON.stringify(historyChart(history))).not.toContain('"day":""');
    expect((await exportHistory(deps, ana, id))?.csv).toMatch(/Account Value,412900\.00,USD,,/);

    const bodies = (await takeEvents(store, 8, firm.clock() + 60_000)).map(({ body }) => body);
    expect(bodies.join('\n')).toContain('"amount":"412900.00","currency":"USD","as_of":null');
  });
});
