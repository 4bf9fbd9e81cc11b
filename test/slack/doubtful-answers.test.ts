import { afterEach, expect, it } from 'vitest';
import { ANA, BEN, TEAM } from '#test/support/people.ts';
import { useFirm } from '#test/support/use-firm.ts';

/** Whether Slack took an answer is not always known; the person reads it all the same. */

const firm = useFirm();
afterEach(() => firm.client.faults({}));

const toldTo = (person: string): string[] =>
  firm.local.workspace.workspace
    .messages(TEAM)
    .filter(({ onlyFor }) => onlyFor === person)
    .map(({ text }) => text);

const DOUBT = 'Slack did not confirm it the first time';
/** Longer than an answer waits for Slack, and then again. */
const timeout = 50_000;

it.each([
  ['twice where it was said', true],
  ['once where it was not', false],
])('says again what Slack never answered, %s, with why', async (_what, carriedOut) => {
  const direct = async () =>
    (await firm.client.messages(BEN, 'dm')).filter(({ text }) => text.includes('Your team'));
  const before = [toldTo(ANA).length, toldTo(BEN).length, (await direct()).length] as const;
  const hang = ['response_url', 'chat.postEphemeral', 'chat.postMessage'].map((method) => ({
    method,
    times: 1,
    carriedOut,
  }));
  await firm.client.faults({ hang });
  await firm.client.command(ANA, TEAM, '/sync status');
  await firm.client.post(BEN, TEAM, '@Swivel Sync status');
  await firm.client.post(BEN, 'dm', 'team');
  const told = () => [toldTo(ANA).slice(before[0]), toldTo(BEN).slice(before[1])];
  await expect
    .poll(() => told().every((texts) => texts.at(-1)?.includes(DOUBT)), { timeout })
    .toBe(true);
  for (const texts of told()) {
    expect(texts).toHaveLength(carriedOut ? 2 : 1);
    expect(texts.every((text) => text.includes('No sync of yours'))).toBe(true);
  }
  // Its own messages can be read there, so it knows.
  await expect.poll(direct, { timeout }).toHaveLength(before[2] + 1);
  expect((await direct()).at(-1)?.text).not.toContain(DOUBT);
});

it('says again what was on its way when Slack went out of reach', async () => {
  const before = toldTo(ANA).length;
  const unanswered = async () =>
    (await firm.client.calls()).filter(({ error }) => error === 'not_answered').length;
  const answers = await unanswered();
  await firm.client.faults({
    hang: [{ method: 'response_url', times: 1, carriedOut: false }],
    fail: [{ method: 'auth.test', times: 1_000_000, status: 503 }],
  });
  await firm.client.command(ANA, TEAM, '/sync status');
  await expect.poll(unanswered).toBe(answers + 1);
  await firm.local.workspace.workspace.pause();
  await firm.local.workspace.workspace.resume();
  await expect.poll(() => toldTo(ANA).slice(before), { timeout }).toHaveLength(1);
  expect(toldTo(ANA).at(-1)).toContain(DOUBT);
});
