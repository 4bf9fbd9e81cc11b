import { expect, it } from 'vitest';
import { askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { ANA, TEAM } from '#test/support/people.ts';
import { linkAs } from '#test/support/person-links.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const { firm, at } = useScriptedFirm({ each: true });

const held = async (what: string): Promise<void> => {
  await expect.poll(() => at.held(), { timeout: 20_000 }).toEqual([what]);
};

const asked = (number: string) =>
  askFor(firm, ANA, TEAM, `/sync policy ${number}`, isCardOf(ANA, number));

const isRead = async (number: string): Promise<boolean> =>
  (await firm.db
    .selectFrom('sync as s')
    .innerJoin('policy as p', 'p.id', 's.policy_id')
    .select('s.id')
    .where('p.number', '=', number)
    .where('s.status', '=', 'in-progress')
    .executeTakeFirst()) !== undefined;

it('waits for the answer to a password when it is stopped, so that nobody has to link again', async () => {
  const source = await firm.sourceId('S-NB-ANA');
  at.pause(source);
  const worker = await firm.work(at.portals);
  const card = await asked('00123-4567');
  await held(source);
  const stopped = worker[Symbol.asyncDispose]();
  at.release(source);
  await stopped;
  await firm.work(at.portals);
  expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Success');
  expect(at.passwords()).toEqual([source]);
});

it('leaves the rest of a session to the next worker, which begins at once', async () => {
  await firm.queueDay('S-NB-ANA');
  at.pause('00123-4567');
  const worker = await firm.work(at.portals);
  await held('00123-4567');
  const before = at.reads().length;
  const stopped = worker[Symbol.asyncDispose]();
  at.release('00123-4567');
  await stopped;
  expect(at.reads()).toHaveLength(before);
  const card = await asked('00560-4413');
  await firm.work(at.portals);
  await closingOf(firm, ANA, TEAM, card);
  expect(at.reads()[before]?.number).toBe('00560-4413');
  expect(at.passwords()).toHaveLength(1);
});

it('breaks off what takes too long, and that is done again', async () => {
  at.pause('00123-4567');
  const worker = await firm.work(at.portals, { graceMs: 200 });
  const card = await asked('00123-4567');
  await held('00123-4567');
  await worker[Symbol.asyncDispose]();
  at.release('00123-4567');
  await firm.work(at.portals);
  expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Success');
});

it('breaks off what takes too long, but not before the answer to a password', async () => {
  const source = await firm.sourceId('S-NB-ANA');
  const others = await firm.db
    .selectFrom('policy')
    .select('number')
    .where('carrier_id', '=', 'meridian-annuity')
    .execute();
  for (const { number } of others) at.pause(number);
  const worker = await firm.work(at.portals, { graceMs: 200 });
  await linkAs(firm, ANA, 'S-MA-ANA');
  await firm.queueDay('S-MA-ANA');
  await expect.poll(() => at.held(), { timeout: 20_000 }).toHaveLength(1);
  const [read = ''] = at.held();
  at.pause(source);
  const card = await asked('00123-4567');
  await expect.poll(() => at.held(), { timeout: 20_000 }).toEqual([read, source]);
  const stopped = worker[Symbol.asyncDispose]();
  await expect.poll(() => isRead(read), { timeout: 20_000 }).toBe(false);
  at.release(source);
  await stopped;
  at.releaseAll();
  await firm.work(at.portals);
  expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Success');
  expect(at.passwords().filter((one) => one === source)).toEqual([source]);
});
