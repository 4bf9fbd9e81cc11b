import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Bot } from '#app/bot.ts';
import { isCardOf } from '#test/support/firm.ts';
import { ANA, BEN, MARCUS, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

/** Two bots serve one firm: Slack sends each envelope to either of them. */

const { firm } = useScriptedFirm({ works: true });

let first: Bot;
beforeAll(async () => {
  first = firm.bot;
  await firm.startBotAgain();
});
afterAll(() => first[Symbol.asyncDispose]());

const toldTo = (person: string, words: string): string[] =>
  firm.local.workspace.workspace
    .messages(TEAM)
    .filter(({ onlyFor, text }) => onlyFor === person && text.includes(words))
    .map(({ text }) => text);

it('answers once and shows one card of each command, though both are sent all of it twice', async () => {
  const numbers = ['00123-4567', '00312-9085', '00504-2269', '00774-1099'];
  await expect.poll(() => firm.local.workspace.workspace.connections()).toBe(4);
  await firm.client.faults({ repeatEnvelopes: 4 });
  for (const number of numbers) {
    await firm.client.command(ANA, TEAM, `/sync policy ${number}`);
    await firm.client.command(BEN, TEAM, '/sync status');
  }
  await firm.client.post(MARCUS, TEAM, '@Swivel Sync help');
  await firm.client.faults({});
  for (const number of numbers) {
    const card = await firm.client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: `the card of ${number}`,
      that: (message) => isCardOf(ANA, number)(message) && message.text.startsWith('Success'),
    });
    await firm.client.waitForMessage({
      as: ANA,
      channel: TEAM,
      thread: card.ts,
      what: 'how it ended',
      that: ({ text, threadTs }) => threadTs === card.ts && text.includes('<@'),
    });
    const cards = (await firm.client.messages(ANA, TEAM)).filter(isCardOf(ANA, number));
    expect(cards).toHaveLength(1);
    const replies = await firm.client.messages(ANA, TEAM, card.ts);
    expect(replies.filter(({ text }) => text.includes('<@'))).toHaveLength(1);
    await expect.poll(() => toldTo(ANA, number)).toHaveLength(1);
  }
  await expect.poll(() => toldTo(BEN, 'No sync of yours')).toHaveLength(numbers.length);
  await expect.poll(() => toldTo(MARCUS, 'straight from the carrier')).toHaveLength(1);
  expect(await firm.db.selectFrom('request').select('id').execute()).toHaveLength(numbers.length);
});

it('one of them says again what Slack never answered, and the other says nothing', async () => {
  const calls = async () =>
    (await firm.client.calls()).filter(({ method }) => method === 'response_url').length;
  const before = await calls();
  await firm.client.faults({
    repeatEnvelopes: 4,
    hang: [{ method: 'response_url', times: 1, carriedOut: false }],
  });
  await firm.client.command(MARCUS, TEAM, '/sync status');
  const answers = () => toldTo(MARCUS, 'No sync of yours');
  await expect.poll(answers, { timeout: 50_000 }).toHaveLength(1);
  expect(answers()[0]).toContain('it may be here twice');
  // What hung is no call that Slack has answered.
  expect(await calls()).toBe(before + 1);
  await firm.client.faults({});
});

it('keeps the Home that a person asked one of them for, whichever sees that a sync of theirs ended', async () => {
  const shows = async () => JSON.stringify((await firm.client.state(ANA)).home ?? '');
  const isOf = async (filter: string) =>
    (await shows()).includes(`"accessibility_label":"Shown: ${filter}`);
  const published = async () =>
    (await firm.client.calls()).filter(({ method }) => method === 'views.publish').length;
  await firm.client.openHome(ANA);
  await expect.poll(shows).toContain('home-filter');
  // Its envelopes go to one bot after the other.
  for (const [id, filter] of [
    ['success', 'Success'],
    ['not-synced', 'Not synced'],
    ['success', 'Success'],
    ['not-synced', 'Not synced'],
  ] as const) {
    await firm.client.click({ as: ANA, home: true, actionId: `home-filter:${id}` });
    await expect.poll(() => isOf(filter)).toBe(true);
  }
  const before = await published();
  for (const number of ['00229-5167', '00306-4922', '00548-5141']) {
    await firm.client.command(ANA, 'dm', `/sync policy ${number}`);
    await firm.client.waitForMessage({
      as: ANA,
      channel: 'dm',
      what: 'its values',
      that: (message) => isCardOf(ANA, number)(message) && message.text.startsWith('Success'),
    });
  }
  await expect.poll(published).toBeGreaterThan(before);
  expect(await isOf('Not synced')).toBe(true);
});
