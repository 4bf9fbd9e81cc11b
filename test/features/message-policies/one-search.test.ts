import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Actor } from '#shared/access.ts';
import { lookUpPolicy } from '#core/policies/look-up.ts';
import { plainWords } from '#features/message-policies/plain-words.ts';
import type { Typed } from '#slack/commands.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { largeFirm, type LargeFirm } from '#test/bench/large-firm.ts';

const ADVISOR: Actor = { id: 'advisor-000', role: 'advisor', active: true };
const NUMBER = '99999-1234';

let firm: LargeFirm;
let deps: SlackDeps;

beforeAll(async () => {
  firm = await largeFirm({ policies: 200, logins: 4, days: 1, requests: 1 });
  deps = {
    store: { db: firm.db, clock: () => firm.now },
    openBooks: false,
    settings: { command: '/sync' },
    clock: () => 0,
    zone: 'America/New_York',
  } as unknown as SlackDeps;
});
afterAll(() => firm[Symbol.asyncDispose]());

/** How many statements that takes. */
const statementsOf = async (act: () => Promise<unknown>): Promise<number> => {
  firm.statements.length = 0;
  await act();
  return firm.statements.length;
};

it('searches once for a number that is all there is, as its ack waits for that', async () => {
  const noMeeting = () => Promise.reject(new Error('It names no meeting.'));
  const { run } = plainWords({ command: noMeeting, plan: noMeeting });
  const typed = { actor: ADVISOR } as unknown as Typed;
  const once = await statementsOf(() => lookUpPolicy(deps, ADVISOR, NUMBER));
  expect(once).toBeGreaterThan(0);
  expect(
    await statementsOf(async () => {
      expect(JSON.stringify(await run(deps, typed, NUMBER))).toContain(NUMBER);
    }),
  ).toBe(once);
});
