import { expect, it, onTestFinished, vi } from 'vitest';
import type { WebClient } from '@slack/web-api';
import { say, type Answer } from '#slack/answers.ts';
import { sayAgain } from '#slack/say-again.ts';
import { ANA, TEAM } from '#test/support/people.ts';
import { startFirm, type TestFirm } from '#test/support/firm.ts';

/** Slack's address for answers serves for half an hour, and five times. */

const LATER_MS = 31 * 60_000;

const list = async (firm: TestFirm, channel: string, words: string) =>
  (await firm.client.messages(ANA, channel)).filter(
    ({ user, blocks }) => user === 'USYNCBOT1' && JSON.stringify(blocks).includes(words),
  );

/** Ana's list of logins, and the window that renames one of them, open for longer than half an hour. */
const renamedLate = async (channel: string) => {
  const time = { now: Date.parse('2026-03-04T15:00:00Z') };
  await using stack = new AsyncDisposableStack();
  const firm = stack.use(await startFirm({ clock: () => time.now }));
  await firm.client.command(ANA, channel, '/sync sources');
  const { ts, blocks } = await firm.client.waitForMessage({
    as: ANA,
    channel,
    what: 'the list of logins',
    that: (message) => message.text.includes('Your login sources'),
  });
  const row = blocks.find((block) => JSON.stringify(block).includes('*Ana – Northbridge*'));
  const actionId = /source-menu:\d+/.exec(JSON.stringify(row))?.[0] ?? '';
  await firm.client.choose({ as: ANA, channel, ts, actionId, option: 'Rename' });
  await firm.client.waitForModal(ANA, ({ callback_id: id }) => id === 'change-source:rename');
  time.now += LATER_MS;
  await firm.client.submit(ANA, { name: { name: 'Front desk' } });
  const owned = stack.move();
  return { firm, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};

it('a list that changes after half an hour stands there anew', async () => {
  await using late = await renamedLate(TEAM);
  const { firm } = late;
  await expect.poll(() => list(firm, TEAM, 'Front desk')).toHaveLength(1);
  const [anew] = await list(firm, TEAM, 'Front desk');
  expect(anew).toMatchObject({ ephemeral: true });
  expect(firm.logged().join('\n')).not.toContain('could not be brought up to date');
});

it('in a channel without the bot it comes to the direct messages', async () => {
  await using late = await renamedLate('CNOBOT001');
  await expect.poll(() => list(late.firm, 'dm', 'Front desk')).toHaveLength(1);
  expect(await list(late.firm, 'CNOBOT001', 'Front desk')).toEqual([]);
});

it('what an address took before it had served its times counts as said', async () => {
  const tries = [new TypeError('fetch failed'), { statusCode: 404 }];
  const said: Answer[] = [];
  const respond = (answer: Answer): Promise<void> => {
    said.push(answer);
    const [error] = tries.splice(0, 1);
    return error === undefined ? Promise.resolve() : Promise.reject(error);
  };
  // What replaces something is said again at once.
  await sayAgain({} as WebClient, say('A new list.'), respond, { replaces: true });
  expect(said).toHaveLength(2);
});

const TROUBLE_MS = 120_000;

it.each([
  ['fails', () => Object.assign(new Error('unavailable'), { statusCode: 503 }), 'It is linked.'],
  [
    'answers nothing',
    () => Object.assign(new Error('late'), { name: 'TimeoutError' }),
    'did not confirm it',
  ],
])('an answer is said once though Slack %s for two minutes', async (_how, trouble, words) => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const well = Date.now() + TROUBLE_MS;
  const answers = async <Told>(told: () => Told): Promise<Told> => {
    if (Date.now() < well) throw trouble();
    return told();
  };
  const said: Answer[] = [];
  const client = { auth: { test: () => answers(() => ({})) } } as unknown as WebClient;
  const saying = sayAgain(client, say('It is linked.'), (answer) =>
    answers(() => void said.push(answer)),
  );
  await vi.advanceTimersByTimeAsync(300_000);
  await saying;
  expect(said).toHaveLength(1);
  expect(said[0]?.text).toContain(words);
});
