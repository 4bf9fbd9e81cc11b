import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { answerTo, askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { ANA, BEN, MARCUS, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

let worker: AsyncDisposable;
let source: string;

const { firm, at } = useScriptedFirm();
beforeAll(async () => {
  worker = await firm.work(at.portals);
  source = await firm.sourceId('S-NB-ANA');
});
afterAll(() => worker[Symbol.asyncDispose]());

const asAna = (number: string): Promise<LocalMessage> =>
  askFor(firm, ANA, TEAM, `/sync policy ${number}`, isCardOf(ANA, number));

/** A manager may use every login, so there is a question first. */
const asMarcus = async (number: string): Promise<LocalMessage> => {
  await firm.client.command(MARCUS, TEAM, `/sync policy ${number}`);
  await firm.client.waitForModal(MARCUS);
  await firm.client.submit(MARCUS, { source: { source } });
  return firm.client.waitForMessage({
    as: MARCUS,
    channel: TEAM,
    what: "Marcus's card",
    that: isCardOf(MARCUS, number),
  });
};

const held = async (number: string): Promise<void> => {
  await expect.poll(() => at.held()).toContain(number);
};

/** Makes the login busy, so that what is asked for next waits. */
const busyWith = async (number: string): Promise<void> => {
  at.pause(number);
  await asAna(number);
  await held(number);
};

it('reads once for two people who ask for the same policy and login, and both cards are right', async () => {
  at.pause('00123-4567');
  const hers = await asAna('00123-4567');
  await held('00123-4567');
  const his = await asMarcus('00123-4567');
  at.release('00123-4567');
  for (const [person, card] of [
    [ANA, hers],
    [MARCUS, his],
  ] as const) {
    const closing = await closingOf(firm, person, TEAM, card);
    expect(closing.text).toContain(`<@${person}>`);
    expect(closing.text).toContain('Success');
    expect(await firm.client.transcript(person, TEAM, card.ts)).toContain('→ $412,812.00');
  }
  expect(at.readsOf('00123-4567')).toBe(1);
});

it('answers the same person in the same channel with a link to the thread', async () => {
  await busyWith('00118-2276');
  const card = await asAna('00312-9085');
  await firm.client.command(ANA, TEAM, '/sync policy 00312-9085');
  const answer = await answerTo(firm, ANA, TEAM, 'See its thread');
  expect(JSON.stringify(answer.blocks)).toContain(`thread=${card.ts}`);
  at.release('00118-2276');
  await closingOf(firm, ANA, TEAM, card);
  expect(at.readsOf('00312-9085')).toBe(1);
  const cards = (await firm.client.messages(ANA, TEAM)).filter(isCardOf(ANA, '00312-9085'));
  expect(cards).toHaveLength(1);
});

it('keeps the sync for the one who still wants it, and refuses a stranger who cancels', async () => {
  await busyWith('00774-1099');
  const hers = await asAna('00560-4413');
  const his = await asMarcus('00560-4413');

  await firm.client.click({ as: BEN, channel: TEAM, ts: his.ts, actionId: 'cancel' });
  await answerTo(firm, BEN, TEAM, 'Only the person who asked can cancel this.');

  await firm.client.click({ as: ANA, channel: TEAM, ts: hers.ts, actionId: 'cancel' });
  const cancelled = await closingOf(firm, ANA, TEAM, hers);
  expect(cancelled.text).toContain('Cancelled by Ana Ruiz.');
  at.release('00774-1099');
  expect((await closingOf(firm, MARCUS, TEAM, his)).text).toContain('Success');
  expect(at.readsOf('00560-4413')).toBe(1);
  expect(await firm.client.transcript(ANA, TEAM, hers.ts)).not.toContain('Success');
});

it('reads nothing for a sync that nobody wants any more', async () => {
  await busyWith('00947-2210');
  const card = await asAna('00276-1185');
  await firm.client.click({ as: MARCUS, channel: TEAM, ts: card.ts, actionId: 'cancel' });
  expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Cancelled by Marcus Webb.');
  at.release('00947-2210');
  const next = await asAna('00451-8830');
  await closingOf(firm, ANA, TEAM, next);
  expect(at.readsOf('00276-1185')).toBe(0);
});

it('raises a background sync that waits instead of doubling it', async () => {
  await busyWith('00209-7741');
  expect(await firm.queueDay('S-NB-ANA')).toBeGreaterThan(50);
  const card = await asAna('00229-5167');
  const rows = await firm.db
    .selectFrom('sync as s')
    .innerJoin('policy as p', 'p.id', 's.policy_id')
    .select(['s.priority', 's.run_id'])
    .where('p.number', '=', '00229-5167')
    .where('s.status', '=', 'queued')
    .execute();
  expect(rows).toEqual([{ priority: 1, run_id: expect.any(String) }]);
  const before = at.reads().length;
  at.release('00209-7741');
  await closingOf(firm, ANA, TEAM, card);
  expect(at.reads()[before]?.number).toBe('00229-5167');
});
