import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '#database/connection.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { section } from '#slack/blocks.ts';
import { createBudget, SLACK_BUDGET } from '#slack/budget.ts';
import { NO_LIMITS } from '#test/support/no-limits.ts';
import { bringAllUp, type BringUpDeps, type DesiredMessage } from '#slack/deliver.ts';
import { createCharts } from '#slack/charts.ts';
import { createPlaces } from '#slack/place.ts';
import { silent } from '#test/support/silent.ts';
import { ANA, BEN, TEAM } from '#test/support/people.ts';

/** Where the messages of a subject may stand changes while they do; Slack refuses by the names here. */
const MINUTE = 60_000;

let slack: LocalWorkspace;
let db: Database;
let deps: BringUpDeps;
let now: number;
let channel: string;
let nobody: boolean;
let left: string[];
let thread: string | undefined;
let whys: string[];

beforeEach(async () => {
  now = Date.UTC(2026, 10, 20, 15);
  channel = TEAM;
  nobody = false;
  left = [];
  thread = undefined;
  whys = [];
  slack = await startWorkspace({ clock: () => now });
  db = await openTestDatabase();
  const client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    logger: silent,
  });
  deps = {
    store: { db, clock: () => now },
    client,
    budget: createBudget(() => now, { ...SLACK_BUDGET, retryMs: 1 }, NO_LIMITS),
    charts: createCharts(),
    places: createPlaces(
      client,
      () => now,
      (slackId) => void left.push(slackId),
    ),
    redirect: (why) => {
      whys.push(why);
      if (nobody || why === 'left') return Promise.resolve('nowhere');
      channel = ANA;
      thread = undefined;
      return Promise.resolve('elsewhere');
    },
    show: () => Promise.resolve(),
    log: () => undefined,
  };
});
afterEach(async () => {
  await slack.close();
  await db.destroy();
});

const says = (key: string, text: string, final: boolean): DesiredMessage => ({
  key,
  inThread: key !== 'card',
  text,
  blocks: [section(text)],
  final,
});

/** One pass, as the projector makes it: words for a person alone are for their own conversation. */
const pass = (card: string, reply?: string) => {
  const shown = (text: string): string => (channel === TEAM ? 'masked' : text);
  const final = reply !== undefined;
  return bringAllUp(deps, { kind: 'request', id: '01R', channel, thread, weight: 1 }, [
    says('card', `${card} ${shown('$412,806.44')}`, final),
    ...(final ? [says('end', `${reply} ${shown('$412,806.44')}`, true)] : []),
  ]);
};

const untilShown = async (card: string, reply?: string): Promise<void> => {
  while ((await pass(card, reply)).kind !== 'shown');
};

const inTeam = () => slack.workspace.messages(TEAM).map(({ text }) => text);
const withAna = () =>
  slack.workspace
    .messages(`D${ANA.slice(1)}`)
    .map(({ text, threadTs }) => `${threadTs === undefined ? '' : '> '}${text}`);
const WHOLE = ['Done $412,806.44', '> Told $412,806.44'];

it('what is for another person from now on comes to them, and the one before keeps what they had', async () => {
  channel = ANA;
  await untilShown('Enter the code');
  channel = BEN;
  await untilShown('Enter it again');
  await untilShown('Enter it at last');
  expect(withAna()).toEqual(['Enter the code $412,806.44']);
  expect(slack.workspace.messages(`D${BEN.slice(1)}`).map(({ text }) => text)).toEqual([
    'Enter it at last $412,806.44',
  ]);
});

it.each([
  ['the bot was taken out of it', { members: [ANA] }],
  ['its threads were closed', { posting: 'no-threads' }],
  ['the app may not post there', { posting: 'nothing' }],
  ['it was made read-only', { posting: 'read-only' }],
] as const)('a channel keeps what it had when %s, and all of it comes anew', async (_, change) => {
  await untilShown('Runs');
  slack.workspace.changeChannel(TEAM, { ...change } as object);
  await untilShown('Done', 'Told');
  expect(inTeam()).toEqual(['Done masked']);
  expect(withAna()).toEqual(WHOLE);
});

it.each([
  ['was archived', { archived: true }],
  ['was shared with another company', { externallyShared: true }],
])('a channel that %s since gets nothing more', async (_, change) => {
  await untilShown('Runs');
  now += MINUTE;
  slack.workspace.changeChannel(TEAM, change);
  await untilShown('Done', 'Told');
  expect(inTeam()).toEqual(['Runs masked']);
  expect(withAna()).toEqual(WHOLE);
});

it.each([
  ['an archived channel', { archived: true }, 'cannot-post'],
  ['one that another company reads', { externallyShared: true }, 'shared-outside'],
  ['one that another company is invited to', { sharePending: true }, 'shared-outside'],
  ['one in which the bot is no member', { members: [ANA] }, 'not-a-member'],
  ['any other', {}, 'open'],
])('%s is known by a look, before anything is sent there', async (_, change, seen) => {
  slack.workspace.changeChannel(TEAM, change);
  expect(await deps.places.look(TEAM)).toBe(seen);
});

it('a channel archived within the last seconds refuses an update, and the same follows', async () => {
  await untilShown('Runs');
  slack.workspace.changeChannel(TEAM, { archived: true });
  await untilShown('Done', 'Told');
  expect(inTeam()).toEqual(['Runs masked']);
  expect(withAna()).toEqual(WHOLE);
});

it('a message closed to edits stands as it is, and its end is told by one message more', async () => {
  await untilShown('Runs');
  slack.workspace.setEditWindow(0);
  now += 1;
  await untilShown('Runs on');
  expect(inTeam()).toEqual(['Runs masked']);
  await untilShown('Done', 'Told');
  now += 1;
  await untilShown('Corrected', 'Told');
  expect(inTeam()).toEqual(['Runs masked', 'Done masked', 'Told masked']);
  const [, end, reply] = slack.workspace.messages(TEAM);
  expect(reply?.threadTs).toBe(end?.ts);
});

it('what comes stands beneath a new card when somebody deleted the old one', async () => {
  await untilShown('Runs');
  const [card] = slack.workspace.messages(TEAM);
  await deps.client.chat.delete({ channel: TEAM, ts: card?.ts ?? '' });
  await untilShown('Runs', 'Told');
  expect(inTeam()).toEqual(['Runs masked', 'Told masked']);
});

it.each([
  ['before the card', false],
  ['beneath the card', true],
])('a card in a thread that was deleted %s comes elsewhere, all of it', async (_, begun) => {
  const asked = await deps.client.chat.postMessage({ channel: TEAM, text: 'Sync 00123-4567' });
  thread = asked.ts;
  if (begun) await untilShown('Runs');
  for (const { ts } of slack.workspace.messages(TEAM).toReversed())
    await deps.client.chat.delete({ channel: TEAM, ts });
  for (let passes = 0; passes < 20; passes += 1) await pass('Done', 'Told');
  expect(whys).toEqual(['thread-gone']);
  await untilShown('Done', 'Told');
  expect(inTeam()).toEqual([]);
  expect(withAna()).toEqual(WHOLE);
});

it('asks ever more seldom where nobody can be told instead, however often a pass is made', async () => {
  nobody = true;
  slack.workspace.changeChannel(TEAM, { posting: 'nothing' });
  const posts = () =>
    slack.workspace.calls().filter(({ method }) => method === 'chat.postMessage').length;
  for (let second = 0; second < 60 * 60; second += 10) {
    await pass('Runs');
    now += 10_000;
  }
  // At 0, 1, 3, 7, 15, 30 and 45 minutes.
  expect(posts()).toBe(7);
  slack.workspace.changeChannel(TEAM, { posting: undefined } as object);
  now += 15 * MINUTE;
  await untilShown('Runs');
  expect(inTeam()).toEqual(['Runs masked']);
});

it('waits while Slack does not say whose a channel is', async () => {
  slack.workspace.setFaults({ fail: [{ method: 'conversations.info', status: 500, times: 1 }] });
  expect(await pass('Runs')).toEqual({ kind: 'later', ms: 1 });
  expect(inTeam()).toEqual([]);
  await untilShown('Runs');
  expect(inTeam()).toEqual(['Runs masked']);
});

const toAna = (id: string, text: string) =>
  bringAllUp(deps, { kind: 'request', id, channel: ANA, weight: 1 }, [says('card', text, true)]);

it.each([
  ['deactivated', { deleted: true }],
  ['unknown to Slack', undefined],
])(
  'what is for somebody who is %s ends, is told once, and begins again when they are back',
  async (_, change) => {
    expect(await toAna('01R', 'Done')).toEqual({ kind: 'shown' });
    const shown = withAna();
    if (change === undefined)
      slack.workspace.setFaults({
        fail: [
          { method: 'chat.postMessage', error: 'channel_not_found', times: 100 },
          { method: 'users.info', error: 'user_not_found', times: 100 },
        ],
      });
    else slack.workspace.changePerson(ANA, change);
    now += 20 * MINUTE;
    for (const id of ['02R', '03R']) expect(await toAna(id, 'Done')).toEqual({ kind: 'shown' });
    expect(withAna()).toEqual(shown);
    expect(left).toEqual([ANA]);
    slack.workspace.setFaults({});
    slack.workspace.changePerson(ANA, { deleted: false });
    now += 20 * MINUTE;
    expect(await toAna('04R', 'Back')).toEqual({ kind: 'shown' });
    expect(withAna()).toEqual([...shown, 'Back']);
  },
);

it('what is refused somebody who is still here waits, and is told', async () => {
  const told: string[] = [];
  deps = { ...deps, log: (problem) => void told.push(problem) };
  slack.workspace.setFaults({
    fail: [{ method: 'chat.postMessage', error: 'channel_not_found', times: 1 }],
  });
  expect(await toAna('01R', 'Done')).toMatchObject({ kind: 'later' });
  expect(told).toEqual(['message "card" of request 01R could not be sent yet']);
  expect(left).toEqual([]);
  now += MINUTE;
  expect(await toAna('01R', 'Done')).toEqual({ kind: 'shown' });
});
