import { loginRow } from '#test/support/logins.ts';
import { expect, it } from 'vitest';
import { Secret } from '#shared/secret.ts';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { localFirmStore } from '#simulator/store.ts';
import { askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { ANA, OLIVIA, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const ANAS = 'S-NB-ANA';
const BENS = 'S-NB-BEN';
const OLIVIAS = 'S-NB-OLIVIA';

const { firm, at } = useScriptedFirm({ each: true });

/** An owner may use every login. */
const askThrough = async (source: string, number: string): Promise<LocalMessage> => {
  await firm.client.command(OLIVIA, TEAM, `/sync policy ${number}`);
  await firm.client.waitForModal(OLIVIA);
  await firm.client.submit(OLIVIA, { source: { source: await firm.sourceId(source) } });
  return firm.client.waitForMessage({
    as: OLIVIA,
    channel: TEAM,
    what: "Olivia's card",
    that: isCardOf(OLIVIA, number),
  });
};

/** The numbers a login's day is made of, in the order they are worked through. */
const dayOf = async (source: string): Promise<string[]> => {
  await firm.queueDay(source);
  const rows = await firm.db
    .selectFrom('sync as s')
    .innerJoin('policy as p', 'p.id', 's.policy_id')
    .select('p.number')
    .where('s.source_id', '=', await firm.sourceId(source))
    .where('s.run_id', 'is not', null)
    .orderBy('s.id')
    .execute();
  return rows.map(({ number }) => number);
};

const heldAre = async (...numbers: (string | undefined)[]): Promise<void> => {
  await expect.poll(() => new Set(at.held()), { timeout: 20_000 }).toEqual(new Set(numbers));
};

/** Holds every background read, so that each step of a session is the test's to give. */
const holdAll = (numbers: readonly string[]): void => {
  for (const number of numbers) at.pause(number);
};

const readsIn = async (source: string): Promise<string[]> => {
  const id = await firm.sourceId(source);
  return at
    .reads()
    .filter((read) => read.source === id)
    .map(({ number }) => number);
};

const dayEnds = async (source: string, howMany: number): Promise<void> => {
  const source_id = await firm.sourceId(source);
  await expect
    .poll(
      async () =>
        (
          await firm.db
            .selectFrom('sync')
            .select('id')
            .where('source_id', '=', source_id)
            .where('run_id', 'is not', null)
            .where('finished_at', 'is not', null)
            .execute()
        ).length,
      { timeout: 40_000 },
    )
    .toBe(howMany);
};

it('reads a forced policy next after the one being read, ahead of fifty of the background', async () => {
  const day = await dayOf(ANAS);
  expect(day.length).toBeGreaterThan(50);
  const [first] = day;
  const wanted = '00560-4413';
  at.pause(first ?? '');
  await firm.work(at.portals);
  await heldAre(first);
  const card = await askFor(firm, ANA, TEAM, `/sync policy ${wanted}`, isCardOf(ANA, wanted));
  expect(card.text).toContain('Number 2 in line');
  at.release(first ?? '');
  await closingOf(firm, ANA, TEAM, card);
  expect((await readsIn(ANAS)).slice(0, 2)).toEqual([first, wanted]);
  await dayEnds(ANAS, day.length);
  expect(at.passwords()).toHaveLength(1);
});

it('makes exactly one background session give way to a force of another login, at no cost to it', async () => {
  const anas = await dayOf(ANAS);
  const bens = await dayOf(BENS);
  holdAll([...anas, ...bens]);
  await firm.work(at.portals);
  await heldAre(anas[0], bens[0]);
  const card = await askThrough(OLIVIAS, '00774-1099');
  at.pause('00774-1099');
  // Both come to a boundary; only one gives way.
  at.release(anas[0] ?? '');
  await heldAre('00774-1099', bens[0]);
  at.release(bens[0] ?? '');
  await heldAre('00774-1099', bens[1]);
  at.releaseAll();
  expect((await closingOf(firm, OLIVIA, TEAM, card)).text).toContain('Success');
  await dayEnds(ANAS, anas.length);
  await dayEnds(BENS, bens.length);
  for (const number of anas) expect(at.readsOf(number)).toBeGreaterThan(0);
  // One password a login, though Ana's session came twice.
  expect(at.passwords().toSorted()).toEqual(
    [await firm.sourceId(ANAS), await firm.sourceId(BENS), await firm.sourceId(OLIVIAS)].toSorted(),
  );
  expect(at.mostAtOnce()).toBe(1);
});

it('gives way to a forced sync whose wake-up has not come yet, and not to the day before it', async () => {
  const anas = await dayOf(ANAS);
  const bens = await dayOf(BENS);
  const olivias = await dayOf(OLIVIAS);
  holdAll([...anas, ...bens, ...olivias]);
  await firm.work(at.portals, { slots: 1 });
  await heldAre(anas[0]);
  // Nobody wakes it, nor sweeps.
  await firm.stopBot();
  await firm.db
    .updateTable('sync')
    .set({ priority: 1 })
    .where('source_id', '=', await firm.sourceId(OLIVIAS))
    .execute();
  at.release(anas[0] ?? '');
  await heldAre(olivias[0]);
  expect(at.readsOf(bens[0] ?? '')).toBe(0);
  at.releaseAll();
});

it('makes two background sessions give way to two forces, and no more', async () => {
  const anas = await dayOf(ANAS);
  const bens = await dayOf(BENS);
  holdAll([...anas, ...bens]);
  await firm.work(at.portals);
  await heldAre(anas[0], bens[0]);
  const agencys = await firm.sourceId('S-NB-AGENCY');
  const password = await firm.sealer.seal(new Secret('{}'), agencys);
  const now = firm.clock();
  await localFirmStore(firm.db).keepLinked(agencys, { password, at: now, endsAt: now + 60_000 });
  holdAll(['00774-1099', '00630-5518']);
  const cards = [
    await askThrough(OLIVIAS, '00774-1099'),
    await askThrough('S-NB-AGENCY', '00630-5518'),
  ];
  at.release(anas[0] ?? '');
  at.release(bens[0] ?? '');
  await heldAre('00774-1099', '00630-5518');
  at.releaseAll();
  for (const card of cards) await closingOf(firm, OLIVIA, TEAM, card);
  await dayEnds(ANAS, anas.length);
  await dayEnds(BENS, bens.length);
  expect(at.mostAtOnce()).toBe(1);
});

it('ends a session of a hundred policies, and goes on in a new one without a second password', async () => {
  const day = await dayOf(ANAS);
  const id = await firm.sourceId(ANAS);
  const others = await firm.db
    .selectFrom('policy as p')
    .innerJoin('product_status as st', 'st.name', 'p.status')
    .select('p.id')
    .where('st.indicator', 'in', ['pending', 'open'])
    .where('p.home_source_id', 'is not', id)
    .execute();
  await firm.db
    .updateTable('policy')
    .set({ carrier_id: 'northbridge-life', home_source_id: id })
    .where(
      'id',
      'in',
      others.map((policy) => policy.id),
    )
    .execute();
  const more = (await firm.queueDay(ANAS)) + day.length;
  expect(more).toBeGreaterThan(100);
  await firm.work(at.portals);
  await dayEnds(ANAS, more);
  expect(await readsIn(ANAS)).toHaveLength(more);
  expect((await loginRow(firm.db, id)).fence).toBeGreaterThan(1);
  expect(at.passwords()).toHaveLength(1);
});
