import type { App, ReceiverEvent } from '@slack/bolt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '#database/connection.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { isTakenOver } from '#slack/ack.ts';
import { deduplicate } from '#slack/dedupe.ts';
import { tellOwed } from '#slack/owed.ts';
import { claimAct } from '#slack/store/acts.ts';

/** What Slack sends again was handled, or is handled now. */
let db: Database;
let now: number;
beforeEach(async () => {
  now = 1;
  db = await openTestDatabase();
});
afterEach(() => db.destroy());

type Handle = App['processEvent'];
type Body = ReceiverEvent['body'];

const COMMAND: Body = { command: '/sync', team_id: 'T1', user_id: 'U1', trigger_id: '1' };
const SAID: Body = { type: 'event_callback', event_id: 'Ev1', event: { type: 'message' } };
const STEP: Body = {
  type: 'event_callback',
  event_id: 'Ev2',
  event: { type: 'function_executed' },
};

/** A process of the bot with this listener; what it is sent, and the acks that Slack gets. */
const botOf = (listener: Handle, isUnsaid?: (body: object) => boolean) => {
  const app = { processEvent: listener };
  const failures: unknown[] = [];
  const failed = async (_body: unknown, error: unknown) => void failures.push(error);
  deduplicate(app, { db, clock: () => now }, failed, isUnsaid && { isUnsaid });
  const acks: unknown[] = [];
  return {
    acks,
    send: (body: Body) =>
      app.processEvent({ body, ack: async (answer) => void acks.push(answer ?? 'nothing') }),
  };
};

const listens = () => {
  const heard: Body[] = [];
  const listener: Handle = async ({ body, ack }) => {
    heard.push(body);
    await ack('the answer');
  };
  return { heard, listener };
};

it('a claim holds against a process whose clock is a little behind', async () => {
  const lasts = { lastsMs: 3000 };
  now = 10_000;
  expect(await claimAct({ db, clock: () => now }, 'act', 'one', lasts)).toEqual({ kind: 'mine' });
  now -= 1;
  const behind = await claimAct({ db, clock: () => now }, 'act', 'two', lasts);
  expect(behind).toEqual({ kind: 'theirs', by: 'one' });
  // Set back by an hour: that claim is nobody's any more.
  now -= 3_600_000;
  const anew = await claimAct({ db, clock: () => now }, 'act', 'two', lasts);
  expect(anew).toEqual({ kind: 'mine' });
});

it.each([
  ['a command', COMMAND],
  ['an event', SAID],
  ['a step', STEP],
])('handles %s again when the process ended before its ack', async (_what, body) => {
  const begun = Promise.withResolvers<void>();
  const never = Promise.withResolvers<void>();
  const killed = botOf(() => {
    begun.resolve();
    return never.promise;
  });
  const broken = killed.send(body);
  await begun.promise;
  now += 3000;
  const { heard, listener } = listens();
  await botOf(listener).send(body);
  expect(heard).toEqual([body]);
  // Nothing of it is left when the database closes; it may have been frozen alone, and goes on late.
  never.resolve();
  await Promise.allSettled([broken]);
});

it('handles again what failed before its ack', async () => {
  const { heard, listener } = listens();
  let fails = true;
  const { send, acks } = botOf(async (event) => {
    if (!fails) return listener(event);
    fails = false;
    throw new Error('no room');
  });
  await expect(send(COMMAND)).rejects.toThrow('no room');
  await send(COMMAND);
  expect({ heard, acks }).toEqual({ heard: [COMMAND], acks: ['the answer'] });
});

it('answers what comes twice at once twice alike, and handles it once', async () => {
  const { heard, listener } = listens();
  const { send, acks } = botOf(listener);
  await Promise.all([send(COMMAND), send(COMMAND), send(COMMAND)]);
  expect(heard).toEqual([COMMAND]);
  expect(acks).toEqual(['the answer', 'the answer', 'the answer']);
});

it.each([
  ['a command', COMMAND],
  ['an event', SAID],
  ['a step', STEP],
])('handles %s in one process when it comes to two at once', async (_what, body) => {
  const { heard, listener } = listens();
  const held = Promise.withResolvers<void>();
  const slow: Handle = async (event) => {
    await held.promise;
    await listener(event);
  };
  const [one, other] = [botOf(slow), botOf(slow)];
  const sent = [one.send(body), other.send(body)];
  await db.selectFrom('handled').selectAll().execute();
  held.resolve();
  await Promise.all(sent);
  expect(heard).toEqual([body]);
  expect([one.acks.length, other.acks.length]).toEqual([1, 1]);
});

it('says nothing of an act that another process took over before its ack', async () => {
  const said: string[] = [];
  const slow = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const one = botOf(async ({ ack }) => {
    begun.resolve();
    await slow.promise;
    await ack();
    said.push('the first');
  });
  const first = one.send(COMMAND).catch((error: unknown) => error);
  await begun.promise;
  now += 3000;
  const held = Promise.withResolvers<void>();
  const answers = Promise.withResolvers<void>();
  const other = botOf(async ({ ack }) => {
    await ack();
    answers.resolve();
    await held.promise;
    said.push('the second');
  });
  const second = other.send({ ...COMMAND, channel_id: 'C1' });
  await answers.promise;
  slow.resolve();
  expect(isTakenOver(await first)).toBe(true);
  // The answer is the second's to give, and is owed while that is under way.
  now += 15 * MINUTES;
  expect(await owed()).toHaveLength(1);
  held.resolve();
  await second;
  expect(said).toEqual(['the second']);
});

it('handles in another process what failed in this one before its ack', async () => {
  const { heard, listener } = listens();
  const failing = botOf(() => Promise.reject(new Error('no room')));
  await expect(failing.send(COMMAND)).rejects.toThrow('no room');
  await botOf(listener).send(COMMAND);
  expect(heard).toEqual([COMMAND]);
});

it('only acknowledges what the process before it has acknowledged', async () => {
  await botOf(listens().listener).send(SAID);
  const { heard, listener } = listens();
  const { send, acks } = botOf(listener);
  await send(SAID);
  expect({ heard, acks }).toEqual({ heard: [], acks: ['nothing'] });
});

it('acknowledges an event when its listeners have written it down', async () => {
  const written = Promise.withResolvers<void>();
  const { send, acks } = botOf(async ({ ack }) => {
    await ack();
    await written.promise;
  });
  const sent = send(SAID);
  await db.selectFrom('handled').selectAll().execute();
  expect(acks).toEqual([]);
  written.resolve();
  await sent;
  expect(acks).toEqual(['nothing']);
});

const MENTIONED: Body = {
  type: 'event_callback',
  event_id: 'Ev3',
  event: { type: 'app_mention', user: 'U1', channel: 'C1' },
};
const PRESSED: Body = {
  type: 'block_actions',
  trigger_id: '7',
  user: { id: 'U1' },
  channel: { id: 'C1' },
  actions: [{ action_ts: '1', action_id: 'a' }],
};
const SUBMITTED: Body = { type: 'view_submission', user: { id: 'U1' }, view: { id: 'V1' } };
const OPENED: Body = {
  type: 'event_callback',
  event_id: 'Ev4',
  event: { type: 'app_home_opened', user: 'U1', channel: 'D1' },
};

/** What each person is told when a bot looks for answers that nobody gives any more. */
const owed = async () => {
  const told: string[] = [];
  const tell = async (to: string, { text }: { text: string }) => void told.push(`${to}: ${text}`);
  await tellOwed({ store: { db, clock: () => now }, clock: () => now, tell });
  return told;
};
const MINUTES = 60_000;

it.each([
  ['a command', { ...COMMAND, user_id: 'U1', channel_id: 'C1' }, ' in <#C1>'],
  ['a mention', MENTIONED, ' in <#C1>'],
  ['a click', PRESSED, ' in <#C1>'],
  ['a window', SUBMITTED, ''],
])(
  'tells once who asked by %s when the process ended before its answer',
  async (_w, body, where) => {
    const never = Promise.withResolvers<void>();
    const killed = botOf(async ({ ack }) => {
      await ack();
      await never.promise;
    });
    const broken = killed.send(body);
    await expect.poll(() => killed.acks.length).toBe(1);
    // Slack sends it again, which is acknowledged; whoever gives the answer may still do so.
    await botOf(listens().listener).send(body);
    expect(await owed()).toEqual([]);
    now += 15 * MINUTES;
    const told = await owed();
    expect(told).toEqual([expect.stringMatching(/^U1: You may have no answer to what you /)]);
    expect(told[0]).toContain(`UTC>${where}. If nothing came, ask again.`);
    expect(await owed()).toEqual([]);
    never.resolve();
    await broken;
  },
);

it('still owes an answer that Slack kept back, and tells who asked later', async () => {
  const { send } = botOf(listens().listener, () => true);
  await send(PRESSED);
  now += 15 * MINUTES;
  expect(await owed()).toHaveLength(1);
});

it('owes nobody what was answered, failed with words of its own, or asked for nothing', async () => {
  const { send } = botOf(listens().listener);
  await send(MENTIONED);
  await send(OPENED);
  const failing = botOf(async ({ ack }) => {
    await ack();
    throw new Error('no room');
  });
  await expect(failing.send(PRESSED)).rejects.toThrow('no room');
  now += 15 * MINUTES;
  expect(await owed()).toEqual([]);
});

it.each([
  { type: 'block_actions' },
  { type: 'block_actions', actions: [] },
  { type: 'block_actions', actions: {} },
  { type: 'view_submission' },
  { type: 'view_submission', view: null },
  { type: 'event_callback', event: null },
])('hands on a body that lacks what an act is known by: %j', async (body) => {
  const { heard, listener } = listens();
  const { acks, send } = botOf(listener);
  await send(body);
  expect({ heard, acks: acks.length }).toEqual({ heard: [body], acks: 1 });
});
