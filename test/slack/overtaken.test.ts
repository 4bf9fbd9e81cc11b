import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '#database/connection.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { section } from '#slack/blocks.ts';
import { createBudget, SLACK_BUDGET } from '#slack/budget.ts';
import { NO_LIMITS } from '#test/support/no-limits.ts';
import { bringAllUp, type BringUpDeps } from '#slack/deliver.ts';
import { createCharts } from '#slack/charts.ts';
import { createPlaces } from '#slack/place.ts';
import { silent } from '#test/support/silent.ts';
import { TEAM } from '#test/support/people.ts';

/** A bot stands still between two steps for longer than it may keep a subject, and then goes on. */

let slack: LocalWorkspace;
let db: Database;
/** What the passes asked for once more. */
let asked: string[];
const clock = (): number => Date.UTC(2026, 10, 20, 15);

beforeEach(async () => {
  asked = [];
  slack = await startWorkspace({ clock });
  db = await openTestDatabase();
});
afterEach(async () => {
  await slack.close();
  await db.destroy();
});

const botWith = (fetching: typeof fetch): BringUpDeps => {
  const client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    logger: silent,
    fetch: fetching,
  });
  return {
    store: { db, clock },
    client,
    budget: createBudget(clock, { ...SLACK_BUDGET, retryMs: 1 }, NO_LIMITS),
    charts: createCharts(),
    places: createPlaces(client, clock, () => undefined),
    redirect: () => Promise.resolve('nowhere'),
    show: (subjectId) => Promise.resolve(asked.push(subjectId)),
    log: () => undefined,
  };
};

const subject = { kind: 'request', id: '01R', channel: TEAM, weight: 1 };
const pass = (bot: BringUpDeps, text: string) =>
  bringAllUp(bot, subject, [
    { key: 'card', inThread: false, text, blocks: [section(text)], final: false },
  ]);

/** A bot that stands still before its first call of this method. */
const still = (method: string) => {
  const [arrival, going] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const bot = botWith(async (url, given) => {
    if (String(url instanceof Request ? url.url : url).endsWith(method)) {
      arrival.resolve();
      await going.promise;
    }
    return fetch(url, given);
  });
  return { bot, arrived: arrival.promise, goesOn: going.resolve };
};

const inTeam = () => slack.workspace.messages(TEAM).map(({ text }) => text);

it('leaves one card where a bot posts it that another has long posted', async () => {
  const other = botWith(fetch);
  const { bot, arrived, goesOn } = still('chat.postMessage');
  const late = pass(bot, 'Queued');
  await arrived;
  expect(await pass(other, 'Queued')).toEqual({ kind: 'shown' });
  goesOn();
  expect((await late).kind).toBe('later');
  expect(asked).toEqual(['01R']);
  await pass(other, 'In progress');
  expect(inTeam()).toEqual(['In progress']);
});

it('shows the newest state again where a bot goes on with an old one', async () => {
  const other = botWith(fetch);
  await pass(other, 'Queued');
  const { bot, arrived, goesOn } = still('chat.update');
  const late = pass(bot, 'In progress');
  await arrived;
  await pass(other, 'Success');
  goesOn();
  expect((await late).kind).toBe('later');
  expect(inTeam()).toEqual(['In progress']);
  expect(asked).toEqual(['01R']);
  expect(await pass(other, 'Success')).toEqual({ kind: 'shown' });
  expect(inTeam()).toEqual(['Success']);
});

it('asks for nothing where both show the same', async () => {
  const other = botWith(fetch);
  await pass(other, 'Queued');
  const { bot, arrived, goesOn } = still('chat.update');
  const late = pass(bot, 'Success');
  await arrived;
  await pass(other, 'Success');
  goesOn();
  expect(await late).toEqual({ kind: 'shown' });
  expect(asked).toEqual([]);
  expect(inTeam()).toEqual(['Success']);
});
