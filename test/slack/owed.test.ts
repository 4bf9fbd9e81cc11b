import type { App, ReceiverEvent } from '@slack/bolt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '#database/connection.ts';
import { createTell } from '#features/notifications/tell.ts';
import { MINUTE } from '#shared/clock.ts';
import { deduplicate } from '#slack/dedupe.ts';
import type { Tell } from '#slack/deps.ts';
import { tellOwed } from '#slack/owed.ts';
import { openTestDatabase } from '#test/support/database.ts';

/** A bot ended between its ack and its answer: who asked is told once, and only where nothing stands. */
let db: Database;
let now: number;
beforeEach(async () => {
  now = 1;
  db = await openTestDatabase();
});
afterEach(() => db.destroy());

type Body = ReceiverEvent['body'];

const store = () => ({ db, clock: () => now });

const COMMAND: Body = { command: '/sync', team_id: 'T1', user_id: 'U1', trigger_id: '1' };
const PRESSED: Body = {
  type: 'block_actions',
  trigger_id: '7',
  user: { id: 'U1' },
  actions: [{ action_ts: '1', action_id: 'a' }],
};
const SUBMITTED: Body = { type: 'view_submission', user: { id: 'U1' }, view: { id: 'V1' } };
const MENTIONED: Body = {
  type: 'event_callback',
  event_id: 'Ev3',
  event: { type: 'app_mention', user: 'U1', channel: 'C1', ts: '5.1' },
};

/** A bot that ended after it had acknowledged this. */
const endedAfter = async (body: Body): Promise<void> => {
  const acked = Promise.withResolvers<void>();
  const app: Pick<App, 'processEvent'> = {
    processEvent: async ({ ack }) => {
      await ack();
      await new Promise(() => undefined);
    },
  };
  deduplicate(app, store(), () => Promise.resolve());
  void app.processEvent({ body, ack: async () => acked.resolve() });
  await acked.promise;
};

const look = (tell: Tell): Promise<void> => tellOwed({ store: store(), clock: () => now, tell });

const notices = async (): Promise<string[]> =>
  (await db.selectFrom('notification').select('channel').orderBy('channel').execute()).map(
    ({ channel }) => channel,
  );

it('tells everybody once, though each bot that looks for them ends on its way', async () => {
  for (const user_id of ['U1', 'U2', 'U3'])
    await endedAfter({ ...COMMAND, user_id, trigger_id: user_id });
  now += 15 * MINUTE;
  const tell = createTell({ store: store(), show: () => Promise.resolve(true) });
  const ended = new Error('killed');
  const beforeItIsTold = look(() => Promise.reject(ended));
  await expect(beforeItIsTold).rejects.toBe(ended);
  const afterItWasTold = look(async (...words) => {
    await tell(...words);
    throw ended;
  });
  await expect(afterItWasTold).rejects.toBe(ended);
  await look(tell);
  expect(await notices()).toEqual(['U1', 'U2', 'U3']);
});

it('tells nobody to ask again while a bot may still be saying it to a silent Slack', async () => {
  await endedAfter(COMMAND);
  // Two times in doubt, Slack is silent each time for as long as it is waited for.
  now += (6 + 200 + 40 + 200 + 60) * 1000;
  const tell = createTell({ store: store(), show: () => Promise.resolve(true) });
  await look(tell);
  expect(await notices()).toEqual([]);
  now += 15 * MINUTE;
  await look(tell);
  expect(await notices()).toEqual(['U1']);
});

it('tells once what two bots find at the same time', async () => {
  await endedAfter(COMMAND);
  now += 15 * MINUTE;
  const tell = createTell({ store: store(), show: () => Promise.resolve(true) });
  await Promise.all([look(tell), look(tell)]);
  expect(await notices()).toEqual(['U1']);
});

it.each([
  ['a command', COMMAND, 'command:T1:U1:1'],
  ['a click', PRESSED, 'action:1:a:7'],
  ['a window', SUBMITTED, 'view:V1'],
  ['a mention', MENTIONED, 'said:C1:5.1'],
])('asks nobody to ask again whose request by %s stands', async (_what, body, dedupe_key) => {
  await endedAfter(body);
  await db.insertInto('person').values(ANA).execute();
  await db
    .insertInto('request')
    .values({ ...REQUEST, dedupe_key })
    .execute();
  now += 15 * MINUTE;
  await look(createTell({ store: store(), show: () => Promise.resolve(true) }));
  expect(await notices()).toEqual([]);
  const owed = await db.selectFrom('handled').select('owed_to').execute();
  expect(owed).toEqual([{ owed_to: null }]);
});

const ANA = {
  id: 'P1',
  slack_user_id: 'U1',
  email: null,
  name: 'Ana',
  role: 'advisor',
  deactivated_at: null,
};
const REQUEST = {
  id: 'R1',
  person_id: 'P1',
  kind: 'policy',
  policy_id: null,
  contact_id: null,
  asked_in: 'C1',
  channel: 'C1',
  channel_note: null,
  created_at: 1,
  linked_at: null,
  linked_source: null,
  ended_at: null,
};
