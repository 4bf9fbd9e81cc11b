import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import {
  answerTo,
  askFor,
  closingOf,
  isCardOf,
  startFirm,
  type TestFirm,
} from '#test/support/firm.ts';
import { forger } from '#test/support/forgery.ts';
import { found, scriptPortals, type ScriptedPortals } from '#test/support/scripted-portals.ts';
import { ANA, BEN, TEAM } from '#test/support/people.ts';

const NUMBER = '00123-4567';
const BELIEVED = 41_281_200;
/** The decimal point has moved. */
const HUNDREDTH = 412_812;

let firm: TestFirm;
let scripted: ScriptedPortals;

const start = async (config: Parameters<typeof startFirm>[0] = {}): Promise<void> => {
  firm = await startFirm(config);
  scripted = scriptPortals(firm.facts);
  scripted.answer(NUMBER, found(NUMBER, BELIEVED));
  await firm.work(scripted.portals);
};

beforeEach(() => start());
afterEach(() => firm[Symbol.asyncDispose]());

const sync = async (as = ANA): Promise<LocalMessage> => {
  const known = new Set(
    (await firm.client.messages(as, TEAM)).filter(isCardOf(as, NUMBER)).map(({ ts }) => ts),
  );
  const card = await askFor(
    firm,
    as,
    TEAM,
    `/sync policy ${NUMBER}`,
    (message) => isCardOf(as, NUMBER)(message) && !known.has(message.ts),
  );
  await closingOf(firm, as, TEAM, card);
  return card;
};

const accountValues = async (): Promise<number[]> =>
  (
    await firm.db
      .selectFrom('policy_value as v')
      .innerJoin('policy as p', 'p.id', 'v.policy_id')
      .select('v.minor')
      .where('p.number', '=', NUMBER)
      .where('v.name', '=', 'Account Value')
      .orderBy('v.id')
      .execute()
  ).map(({ minor }) => minor);

const cardSays = (card: LocalMessage, words: string): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: `the card to say "${words}"`,
    that: (message) => message.ts === card.ts && JSON.stringify(message).includes(words),
  });

const click = (card: LocalMessage, text: string, as = ANA): Promise<unknown> =>
  firm.client.click({ as, channel: TEAM, ts: card.ts, text });

const auditOf = async (action: string) =>
  firm.db.selectFrom('audit').select('person_id').where('action', '=', action).execute();

it('holds a hundredth of the value for a person, who says that it is right', async () => {
  await sync();
  const before = await accountValues();
  scripted.answer(NUMBER, found(NUMBER, HUNDREDTH));
  const card = await sync();
  expect(JSON.stringify((await cardSays(card, 'Failed, please check')).blocks)).toContain(
    '$412,812.00 → *$4,128.12*: about 1/100 of what it was, as if the decimal point had moved',
  );
  expect(await accountValues()).toEqual(before);

  await click(card, 'These are right');
  await cardSays(card, 'Ana Ruiz confirmed them');
  expect(await accountValues()).toEqual([...before, HUNDREDTH]);
  expect(await auditOf('policy.values-accepted')).toHaveLength(1);

  // It is what is known from now on.
  scripted.answer(NUMBER, found(NUMBER, HUNDREDTH + 50));
  await cardSays(await sync(), 'Success');
  expect(await accountValues()).toEqual([...before, HUNDREDTH, HUNDREDTH + 50]);
});

it('keeps out what a person says is not right, and doubts it again the next time', async () => {
  await sync();
  const before = await accountValues();
  scripted.answer(NUMBER, found(NUMBER, HUNDREDTH));
  const card = await sync();
  await click(card, 'Not right');
  await cardSays(card, 'Ana Ruiz said the new values are not right');
  expect(JSON.stringify((await cardSays(card, 'Ask support')).blocks)).not.toContain('held-accept');
  await cardSays(await sync(), 'Failed, please check');
  expect(await accountValues()).toEqual(before);
  expect(await auditOf('policy.values-rejected')).toHaveLength(1);
});

it('is decided once: a second click, and one about what was read before, change nothing', async () => {
  await sync();
  scripted.answer(NUMBER, found(NUMBER, HUNDREDTH));
  const card = await sync();
  const forge = forger(firm, TEAM);
  const { id, version } = await firm.db
    .selectFrom('held_value')
    .select(['id', 'version'])
    .executeTakeFirstOrThrow();
  const value = JSON.stringify({ held: id, version });

  scripted.answer(NUMBER, found(NUMBER, HUNDREDTH + 1));
  const later = await sync();
  await forge.click(ANA, 'held-accept', value);
  await answerTo(firm, ANA, TEAM, 'a newer sync read other values since you looked');

  await click(later, 'These are right');
  await cardSays(later, 'Ana Ruiz confirmed them');
  await cardSays(card, 'Ana Ruiz confirmed them');
  await forge.click(ANA, 'held-accept', JSON.stringify({ held: id, version: version + 1 }));
  await forge.click(ANA, 'held-reject', JSON.stringify({ held: id, version: version + 1 }));
  await answerTo(firm, ANA, TEAM, 'Ana Ruiz already said they are right');
  expect(await auditOf('policy.values-accepted')).toHaveLength(1);
  expect(await auditOf('policy.values-rejected')).toHaveLength(0);
});

it('is not for somebody without the book to decide, nor to look at', async () => {
  await sync();
  const before = await accountValues();
  scripted.answer(NUMBER, found(NUMBER, HUNDREDTH));
  await sync();
  const forge = forger(firm, TEAM);
  const { id, version } = await firm.db
    .selectFrom('held_value')
    .select(['id', 'version'])
    .executeTakeFirstOrThrow();
  for (const act of ['held-accept', 'held-reject', 'held-look']) {
    const told = forge.told(BEN).length;
    await forge.click(BEN, act, JSON.stringify({ held: id, version }));
    await expect.poll(() => forge.told(BEN).length).toBeGreaterThan(told);
    expect(JSON.stringify(forge.told(BEN).at(-1))).toContain(':no_entry:');
  }
  expect(await accountValues()).toEqual(before);
  const held = await firm.db.selectFrom('held_value').select('settled').execute();
  expect(held).toEqual([{ settled: null }]);
});

it('needs nobody any more once a newer sync reads what fits', async () => {
  await sync();
  scripted.answer(NUMBER, found(NUMBER, HUNDREDTH));
  const card = await sync();
  scripted.answer(NUMBER, found(NUMBER, BELIEVED + 100));
  await sync();
  const shown = await cardSays(card, 'A newer sync read values that fit');
  expect(JSON.stringify(shown.blocks)).not.toContain('held-accept');
});

it('shows the amounts to whoever decides alone, where a channel hides them', async () => {
  await firm[Symbol.asyncDispose]();
  await start({ config: { channelValues: 'hidden' } });
  const masked = '•••4567';
  const hidden = async (): Promise<LocalMessage> => {
    const card = await askFor(firm, ANA, TEAM, `/sync policy ${NUMBER}`, ({ text }) =>
      text.includes(masked),
    );
    await closingOf(firm, ANA, TEAM, card);
    return card;
  };
  await hidden();
  scripted.answer(NUMBER, found(NUMBER, HUNDREDTH));
  await firm.client.command(ANA, TEAM, `/sync policy ${NUMBER}`);
  const card = await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the card of what is held',
    that: ({ text, threadTs }) => threadTs === undefined && text.includes('please check'),
  });
  expect(JSON.stringify(card)).not.toMatch(/\d,\d{3}/);
  await click(card, 'Look at the values');
  const answer = await answerTo(firm, ANA, TEAM, '$4,128.12');
  await firm.client.click({ as: ANA, channel: TEAM, ts: answer.ts, text: 'These are right' });
  await cardSays(card, 'Ana Ruiz confirmed them');
});
