import { expect, it } from 'vitest';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { answerTo, askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { ANA, OLIVIA, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const OWN = ['00123-4567', '00312-9085', '00276-1185'];

const { firm, at } = useScriptedFirm({ each: true });

const ask = (number: string): Promise<LocalMessage> =>
  askFor(firm, ANA, TEAM, `/sync policy ${number}`, isCardOf(ANA, number));

/** An owner may use every login, so there is a question first. */
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

const succeeds = async (card: LocalMessage): Promise<void> => {
  expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Success');
};

const heldAre = async (...numbers: string[]): Promise<void> => {
  await expect.poll(() => at.held().toSorted()).toEqual(numbers.toSorted());
};

it('finishes everything that waited for several logins when Redis is emptied', async () => {
  const cards: LocalMessage[] = [];
  for (const number of OWN) cards.push(await ask(number));
  cards.push(await askThrough('S-NB-BEN', '00630-5518'));
  cards.push(await askThrough('S-NB-OLIVIA', '00774-1099'));
  await firm.redis.flush();
  await firm.work(at.portals);
  for (const card of cards) await succeeds(card);
  for (const number of [...OWN, '00630-5518', '00774-1099']) expect(at.readsOf(number)).toBe(1);
});

it('finishes everything when Redis is emptied in the middle of a session', async () => {
  await firm.work(at.portals);
  at.pause('00123-4567');
  const cards: LocalMessage[] = [];
  for (const number of OWN) cards.push(await ask(number));
  await heldAre('00123-4567');
  await firm.redis.flush();
  at.release('00123-4567');
  for (const card of cards) await succeeds(card);
  expect(at.mostAtOnce()).toBe(1);
  expect(at.passwords()).toHaveLength(1);
});

it('answers a command while Redis is away, and does it once Redis is back', async () => {
  await firm.work(at.portals);
  await firm.redis.stop();
  await firm.client.command(ANA, TEAM, '/sync policy 00123-4567');
  await answerTo(firm, ANA, TEAM, 'Your request is kept');
  expect(
    await firm.db.selectFrom('sync').select('status').where('started_at', 'is', null).execute(),
  ).toEqual([{ status: 'queued' }]);
  await firm.redis.start();
  const card = await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the card',
    that: isCardOf(ANA, '00123-4567'),
    ms: 40_000,
  });
  await succeeds(card);
  expect(at.readsOf('00123-4567')).toBe(1);
});

it('loses nothing and signs in no second time when Redis is killed in the middle of a session', async () => {
  await firm.work(at.portals);
  at.pause('00123-4567');
  const cards: LocalMessage[] = [];
  for (const number of OWN) cards.push(await ask(number));
  await heldAre('00123-4567');
  await firm.redis.kill();
  at.release('00123-4567');
  await firm.redis.start();
  for (const card of cards) await succeeds(card);
  expect(at.passwords()).toHaveLength(1);
  expect(at.mostAtOnce()).toBe(1);
});
