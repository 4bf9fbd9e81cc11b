import { expect, it } from 'vitest';
import { taughtWords, teachWord } from '#core/policies/store/status-words.ts';
import { decideByAdapters } from '#core/sessions/taught.ts';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { wordsOf } from '#shared/status.ts';
import { answerTo, askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { found } from '#test/support/scripted-portals.ts';
import { ANA, MARCUS, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const NORTHBRIDGE = 'northbridge-life';
const [FIRST, SECOND] = ['00123-4567', '00560-4413'] as const;

const { firm, at } = useScriptedFirm({ works: true, each: true });

const withStatus = (number: string, status: string) => {
  const reading = found(number);
  return reading.kind === 'found'
    ? { ...reading, snapshot: { ...reading.snapshot, status } }
    : reading;
};

const sync = async (number: string, status: string): Promise<LocalMessage> => {
  at.answer(number, withStatus(number, status));
  const card = await askFor(firm, ANA, TEAM, `/sync policy ${number}`, isCardOf(ANA, number));
  await closingOf(firm, ANA, TEAM, card);
  return card;
};

const says = (card: LocalMessage, words: string): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: `the card to say "${words}"`,
    that: (message) => message.ts === card.ts && JSON.stringify(message).includes(words),
  });

const press = (as: string, card: LocalMessage) =>
  firm.client.click({ as, channel: TEAM, ts: card.ts, text: 'Say what it means' });

const waits = async (): Promise<number> =>
  (await firm.db.selectFrom('status_wait').select('policy_id').execute()).length;

const taught = async (): Promise<unknown[]> =>
  (
    await firm.db
      .selectFrom('audit as a')
      .leftJoin('person as p', 'p.id', 'a.person_id')
      .select(['p.name', 'a.detail'])
      .where('a.action', '=', 'status.taught')
      .execute()
  ).map(({ name, detail }) => [name, JSON.parse(detail ?? '{}')]);

it('decides by one click of a manager whatever waited for a word, and refuses it to an advisor', async () => {
  const card = await sync(FIRST, 'Ceased – claim');
  const other = await sync(SECOND, 'ceased - CLAIM');
  await says(card, 'which we don');
  expect(await waits()).toBe(2);

  await press(ANA, card);
  expect((await answerTo(firm, ANA, TEAM, 'Only a manager or an owner')).text).toContain('Ask');
  expect(await taught()).toEqual([]);

  await press(MARCUS, card);
  await firm.client.waitForModal(MARCUS);
  await firm.client.submit(MARCUS, { standing: { standing: 'closed' } });
  await says(card, 'status differs');
  await says(other, 'status differs');
  expect(await waits()).toBe(0);
  expect(await taught()).toEqual([['Marcus Webb', { word: 'Ceased – claim', to: 'closed' }]]);
});

it('decides what waited when an adapter comes that knows the word', async () => {
  const card = await sync(FIRST, 'Restricted Review');
  await says(card, 'which we don');
  const shown = await decideByAdapters({ db: firm.db, clock: Date.now }, (id) => {
    const facts = firm.facts.find((each) => each.id === id);
    return facts && { ...facts, statusWords: wordsOf({ open: ['Restricted review'] }) };
  });
  expect(shown).toHaveLength(1);
  expect(await waits()).toBe(0);
  const { detail, reason } = await firm.db
    .selectFrom('sync')
    .select(['detail', 'reason'])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  expect(JSON.parse(detail ?? '')).toMatchObject({ carrierStanding: 'open' });
  expect(reason).not.toBe('status-drift');
});

it('asks nobody about a word that a file has taught, at that carrier alone', async () => {
  await teachWord(
    { db: firm.db, clock: Date.now },
    {
      carrierId: NORTHBRIDGE,
      word: 'Ceased',
      standing: 'expired',
    },
  );
  const card = await sync(FIRST, 'CEASED');
  expect((await says(card, 'status differs')).text).not.toContain('we don');
  expect(await waits()).toBe(0);
  expect(at.taught(NORTHBRIDGE), 'what the portal judges by').toEqual({ ceased: 'expired' });
  const elsewhere = await taughtWords(firm.db, 'meridian-annuity', undefined);
  expect([...elsewhere]).toEqual([]);
});
