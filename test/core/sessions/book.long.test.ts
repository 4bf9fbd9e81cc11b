import { afterEach, beforeEach, expect, it } from 'vitest';
import { teachWord } from '#core/policies/store/status-words.ts';
import { lastValuedDay } from '#shared/calendar.ts';
import type { BookReading, PolicyReading, PolicySnapshot } from '#portal/portal.ts';
import { askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { useFirm } from '#test/support/use-firm.ts';
import { scriptPortals, failure, type ScriptedPortals } from '#test/support/scripted-portals.ts';
import { ANA, SAM, SUPPORT, TEAM } from '#test/support/people.ts';

const ANAS = 'S-NB-ANA';

let at: ScriptedPortals;
let source: string;
let numbers: string[];

const firm = useFirm({ each: true });
beforeEach(async () => {
  at = scriptPortals(firm.facts.map((facts) => ({ ...facts, listsBook: true })));
  source = await firm.sourceId(ANAS);
  await firm.queueDay(ANAS);
  numbers = (
    await firm.db
      .selectFrom('sync as s')
      .innerJoin('policy as p', 'p.id', 's.policy_id')
      .select('p.number')
      .where('s.source_id', '=', source)
      .where('s.run_id', 'is not', null)
      .orderBy('s.id')
      .execute()
  ).map(({ number }) => number);
});
afterEach(() => at.releaseAll());

/** What a listing has of a policy: the very values that were known, so that each would be plausible. */
const snapshotOf = async (number: string): Promise<PolicySnapshot> => {
  const values = await firm.db
    .selectFrom('policy_value as v')
    .innerJoin('policy as p', 'p.id', 'v.policy_id')
    .select(['v.name', 'v.minor', 'v.currency', 'v.as_of'])
    .where('p.number', '=', number)
    .execute();
  const known = values.map(({ name, minor, currency, as_of }) => ({
    name,
    amount: { minor, currency },
    asOf: as_of,
  }));
  const some = { name: 'Account Value', amount: { minor: 100_000, currency: 'USD' } };
  return {
    number,
    status: 'In Force',
    values: known.length > 0 ? known : [{ ...some, asOf: lastValuedDay(firm.clock()) }],
    missing: [],
  };
};

const screenOf = async (listed: readonly string[]): Promise<BookReading> => ({
  kind: 'page',
  entries: await Promise.all(listed.map(snapshotOf)),
  unreadable: [],
});

const readSingly = async (): Promise<void> => {
  for (const number of numbers) {
    const reading: PolicyReading = { kind: 'found', snapshot: await snapshotOf(number) };
    at.answer(number, reading);
  }
};

const open = async (): Promise<number> =>
  (
    await firm.db
      .selectFrom('sync')
      .select('id')
      .where('source_id', '=', source)
      .where('status', 'in', ['queued', 'in-progress'])
      .execute()
  ).length;

const dayEnds = async (): Promise<void> => {
  await expect.poll(open, { timeout: 40_000 }).toBe(0);
};

const notice = (words: string) =>
  firm.client.waitForMessage({
    as: SAM,
    channel: SUPPORT,
    what: `a notice that says "${words}"`,
    that: ({ text }) => text.includes(words),
  });

const endedWell = async (): Promise<number> =>
  (
    await firm.db
      .selectFrom('sync')
      .select('id')
      .where('source_id', '=', source)
      .where('run_id', 'is not', null)
      .where('status', '=', 'success')
      .execute()
  ).length;

it('serves a whole day from one listing, and reads singly what the listing lacks', async () => {
  await readSingly();
  const [absent = '', lacking = '', ...listed] = numbers;
  expect(listed.length).toBeGreaterThan(40);
  at.answer(absent, { kind: 'absent', closeNumbers: [] });
  const half = Math.ceil(listed.length / 2);
  at.list(source, await screenOf(listed.slice(0, half)), await screenOf(listed.slice(half)));
  await firm.work(at.portals);
  await dayEnds();
  expect(at.listings()).toEqual([source]);
  expect(at.reads().map(({ number }) => number)).toEqual([absent, absent, lacking]);
  expect(await endedWell()).toBe(numbers.length - 1);
  expect(at.passwords()).toEqual([source]);
});

it('keeps what came of a listing that broke, and reads the rest singly', async () => {
  await readSingly();
  const listed = numbers.slice(0, 30);
  at.list(source, await screenOf(listed), failure('portal-changed'));
  await firm.work(at.portals);
  await dayEnds();
  expect(at.listings()).toHaveLength(1);
  expect(at.reads().map(({ number }) => number)).toEqual(numbers.slice(30));
  expect(await endedWell()).toBe(numbers.length);
  const told = await notice("We can't read the list of policies");
  expect(told.text).toContain('carrier repair northbridge-life');
});

it('serves the policies of a status that nobody knows once its word is taught', async () => {
  await readSingly();
  const screen = await screenOf(numbers);
  if (screen.kind !== 'page') throw new Error('It is a page.');
  const [unknown = '', known = ''] = numbers;
  const words = new Map([
    [unknown, 'Restricted Review'],
    [known, 'Ceded in part'],
  ]);
  const entries = screen.entries.map((entry) => ({
    ...entry,
    status: words.get(entry.number) ?? entry.status,
  }));
  at.list(source, { ...screen, entries });
  await teachWord(
    { db: firm.db, clock: Date.now },
    { carrierId: 'northbridge-life', word: 'ceded  in part', standing: 'open' },
  );
  await firm.work(at.portals);
  await dayEnds();
  expect(at.reads().map(({ number }) => number)).toEqual([unknown]);
});

it('counts with the policies that are not understood, and pauses the carrier with them', async () => {
  await readSingly();
  for (const number of numbers.slice(0, 4)) at.answer(number, failure('portal-changed'));
  at.list(source, failure('portal-changed'));
  await firm.work(at.portals);
  const paused = (): Promise<{ failures: number }[]> =>
    firm.db.selectFrom('carrier_pause').select('failures').execute();
  await expect.poll(paused, { timeout: 40_000 }).toEqual([{ failures: 5 }]);
});

it('does not believe a listing of half of what it was', async () => {
  await readSingly();
  await firm.db
    .insertInto('book_reading')
    .values({ source_id: source, read_at: 0, ended: 'whole', entries: 100 })
    .execute();
  at.list(source, await screenOf(numbers.slice(0, 50)));
  await firm.work(at.portals);
  await dayEnds();
  expect(at.reads()).toHaveLength(numbers.length);
  const told = await notice('has half of what it had');
  expect(told.text).toContain('Ana – Northbridge: 50 policies, where it listed 100 before');
});

it('lets a force of its own through between two screens, and lists again after it', async () => {
  await readSingly();
  const wanted = '00560-4413';
  at.list(source, await screenOf(numbers.slice(0, 20)), await screenOf(numbers.slice(20)));
  at.pause(`book ${source}`);
  await firm.work(at.portals);
  await expect.poll(() => at.held(), { timeout: 20_000 }).toEqual([`book ${source}`]);
  const card = await askFor(firm, ANA, TEAM, `/sync policy ${wanted}`, isCardOf(ANA, wanted));
  at.release(`book ${source}`);
  expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Success');
  await dayEnds();
  expect(at.reads().map(({ number }) => number)).toEqual([wanted]);
  expect(at.listings()).toHaveLength(2);
});

it('signs in again when the session has ended before the listing, and lists after it', async () => {
  await readSingly();
  at.list(source, await screenOf(numbers));
  at.pause(`book ${source}`);
  await firm.work(at.portals);
  await expect.poll(() => at.held(), { timeout: 20_000 }).toEqual([`book ${source}`]);
  at.endSessions();
  at.release(`book ${source}`);
  await dayEnds();
  expect(at.listings()).toHaveLength(2);
  expect(at.reads()).toHaveLength(2);
  expect(at.passwords()).toHaveLength(2);
});
