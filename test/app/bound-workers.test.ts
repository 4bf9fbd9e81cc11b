import { beforeEach, expect, it } from 'vitest';
import { seenWorkers, unservedCarriers } from '#core/sessions/store/workers.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';
import { askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { ANA, SUPPORT, TEAM } from '#test/support/people.ts';
import { scriptPortals, type ScriptedPortals } from '#test/support/scripted-portals.ts';

/** A worker that is bound to carriers serves them alone, and nobody else does. */

const BOUND = 'northbridge-life';
const SOURCES = ['S-NB-ANA', 'S-NB-BEN', 'S-GM-ANA'];
const MINUTE = 60_000;

let ahead = 0;
beforeEach(() => {
  ahead = 0;
});
const { firm } = useScriptedFirm({ each: true, clock: () => Date.now() + ahead });

/** Login ids by carrier, of those that sign in by themselves. */
const linkedAt = async (isBound: boolean): Promise<string[]> =>
  (
    await firm.db
      .selectFrom('login_source as l')
      .innerJoin('login_link as k', 'k.source_id', 'l.id')
      .select('l.id')
      .where('k.linked', '=', 1)
      .where('l.carrier_id', isBound ? '=' : '<>', BOUND)
      .execute()
  ).map(({ id }) => id);

const day = async (): Promise<void> => {
  for (const source of SOURCES) await firm.queueDay(source);
};

/** Logins that were read there, and are none of these. */
const strays = (at: ScriptedPortals, logins: readonly string[]): string[] =>
  at.reads().flatMap(({ source }) => (logins.includes(source) ? [] : [source]));

const openAt = async (isBound: boolean): Promise<number> => {
  const sources = await linkedAt(isBound);
  const { n } = await firm.db
    .selectFrom('sync')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('source_id', 'in', sources)
    .where('status', 'in', ['queued', 'in-progress'])
    .executeTakeFirstOrThrow();
  return n;
};

it('reads the carriers it is bound to, and every other worker the others, forced or of the day', async () => {
  const [office, main] = [
    scriptPortals(firm.facts, firm.clock),
    scriptPortals(firm.facts, firm.clock),
  ];
  // Woken before anybody is bound to anything, they wait in the queue of all.
  await day();
  await firm.work(office.portals, { name: 'office-1', carriers: [BOUND] });
  await firm.work(main.portals, { name: 'main' });
  const [number, elsewhere] = ['00123-4567', '70-5102-A'];
  for (const each of [number, elsewhere]) {
    const card = await askFor(firm, ANA, TEAM, `/sync policy ${each}`, isCardOf(ANA, each));
    await closingOf(firm, ANA, TEAM, card);
  }
  await expect.poll(() => openAt(true)).toBe(0);
  await expect.poll(() => openAt(false)).toBe(0);
  expect(office.readsOf(number)).toBe(1);
  expect(strays(office, await linkedAt(true))).toEqual([]);
  expect(strays(main, await linkedAt(false))).toEqual([]);
  expect(main.readsOf(elsewhere)).toBe(1);
  expect(office.reads().length).toBeGreaterThan(1);
});

it('keeps its carriers while it is away, and operators are told once, and when it is back', async () => {
  const [office, main] = [
    scriptPortals(firm.facts, firm.clock),
    scriptPortals(firm.facts, firm.clock),
  ];
  const first = await firm.work(office.portals, { name: 'office-1', carriers: [BOUND] });
  await first[Symbol.asyncDispose]();
  await firm.work(main.portals, { name: 'main' });
  const number = '00123-4567';
  await askFor(firm, ANA, TEAM, `/sync policy ${number}`, isCardOf(ANA, number));
  await day();
  await expect.poll(() => openAt(false)).toBe(0);
  expect(await unservedCarriers(firm)).toEqual([]);
  ahead = 4 * MINUTE;
  // The one that is there tells so.
  await firm.db
    .updateTable('worker')
    .set({ seen_at: firm.clock() })
    .where('name', '=', 'main')
    .execute();
  expect(await unservedCarriers(firm)).toMatchObject([{ id: BOUND, bound: ['office-1'] }]);
  const told = async (words: string) =>
    (await firm.client.messages(ANA, SUPPORT)).filter(({ text }) => text.includes(words));
  await firm.bot.sweep();
  await firm.bot.sweep();
  await expect.poll(() => told('No worker serves Northbridge Life')).toHaveLength(1);
  expect((await told('carriers --free northbridge-life'))[0]?.text).toContain('office-1');
  expect(strays(main, await linkedAt(false))).toEqual([]);

  await firm.work(office.portals, { name: 'office-1', carriers: [BOUND] });
  await expect.poll(() => office.readsOf(number)).toBe(1);
  await expect.poll(() => told('is served again')).toHaveLength(1);
  expect(await told('No worker serves')).toEqual([]);
});

it('leaves its carriers to any worker when it comes back without them', async () => {
  const [office, main] = [
    scriptPortals(firm.facts, firm.clock),
    scriptPortals(firm.facts, firm.clock),
  ];
  const first = await firm.work(office.portals, { name: 'office-1', carriers: [BOUND] });
  await first[Symbol.asyncDispose]();
  await firm.work(main.portals, { name: 'office-1' });
  expect(await seenWorkers(firm)).toMatchObject([
    { name: 'office-1', carriers: [], isAway: false },
  ]);
  const number = '00123-4567';
  await askFor(firm, ANA, TEAM, `/sync policy ${number}`, isCardOf(ANA, number));
  await expect.poll(() => main.readsOf(number)).toBe(1);
});
