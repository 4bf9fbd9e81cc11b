import { randomBytes } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { loadConfig } from '#app/config.ts';
import { featuresOf, subjectsOf } from '#app/features.ts';
import { sourceChanged } from '#app/login-changed.ts';
import { heartbeat } from '#app/schedule.ts';
import { stepsOfSweep, tasksOfDay } from '#app/rounds.ts';
import { keptBy } from '#app/tidy.ts';
import { seeAccounts } from '#core/logins/store/access.ts';
import type { Sealer } from '#database/sealed.ts';
import type { Store } from '#database/store.ts';
import { createTell } from '#features/notifications/tell.ts';
import type { CarrierFacts } from '#portal/portal.ts';
import { createBudget, SLACK_BUDGET } from '#slack/budget.ts';
import { NO_LIMITS } from '#test/support/no-limits.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { createMembers } from '#slack/members.ts';
import { createPlaces } from '#slack/place.ts';
import { project } from '#slack/project.ts';
import { createPictureLinks } from '#slack/store/picture-links.ts';
import { accountSubject } from '#shared/subject.ts';

export const TEAM = 'CTEAM0001';
export const SUPPORT = 'CSUPPORT1';

/** A bot as its process composes it, without queue, sockets and timers: each step is taken by hand. */
export interface YearBot {
  deps: SlackDeps;
  /** Shows what changed since it was last called, until nothing is behind. */
  bringUp: () => Promise<void>;
  /** One round of the sweep. */
  sweep: () => Promise<void>;
  /** What is due of the tasks of the day. */
  beat: () => Promise<void>;
}

/** A Slack that takes everything at once. */
const willingSlack = (clock: () => number): WebClient => {
  let posted = 0;
  const post = ({ channel }: { channel: string }) => {
    posted += 1;
    const ts = `${Math.floor(clock() / 1000)}.${String(posted).padStart(6, '0')}`;
    return Promise.resolve({ ok: true, channel: channel.replace(/^U/, 'D'), ts });
  };
  const slack = {
    chat: { postMessage: post, update: (is: object) => Promise.resolve({ ok: true, ...is }) },
    conversations: { info: () => Promise.resolve({ ok: true, channel: { is_member: true } }) },
    files: {
      getUploadURLExternal: () =>
        Promise.resolve({ ok: true, upload_url: 'data:,taken', file_id: 'F0PICTURE' }),
      completeUploadExternal: () => Promise.resolve({ ok: true }),
    },
    functions: { completeSuccess: () => Promise.resolve({ ok: true }) },
    users: {
      info: ({ user }: { user: string }) => Promise.resolve({ ok: true, user: { id: user } }),
      list: () => Promise.resolve({ ok: true, members: [] }),
    },
  };
  return slack as unknown as WebClient;
};

export const openYearBot = (
  {
    store,
    sealer,
    carrier,
  }: Pick<SlackDeps, 'store' | 'sealer' | 'carrier'> & {
    store: Store;
    sealer: Sealer;
    carrier: (id: string) => CarrierFacts | undefined;
  },
  settings: Readonly<Record<string, string>>,
): YearBot => {
  const { db, clock } = store;
  const config = loadConfig(settings);
  const client = willingSlack(clock);
  const behind = new Set<string>();
  const show = async (subject: string): Promise<boolean> => {
    if (subject.startsWith(accountSubject(''))) await seeAll();
    else behind.add(subject);
    return true;
  };
  /** Slack says of everybody who may still act that they are here. */
  const seeAll = async (): Promise<void> => {
    const people = await db
      .selectFrom('person')
      .select('slack_user_id as slackId')
      .where('deactivated_at', 'is', null)
      .execute();
    await seeAccounts(
      store,
      people.map(({ slackId }) => ({ slackId: slackId ?? '', standing: 'member' })),
      'list',
    );
  };
  const fail = (problem: string, error?: unknown): void => {
    throw new Error(problem, { cause: error });
  };
  // What a picture shows is no row.
  const charts = { draw: () => Promise.resolve(Buffer.from('a picture')) };
  const random = (bytes: number): Uint8Array => randomBytes(bytes);
  const deps: SlackDeps = {
    store,
    clock,
    random,
    sealer,
    carrier,
    charts,
    show,
    wake: () => Promise.resolve(true),
    tell: createTell({ store, show }),
    changed: (sourceId) => sourceChanged({ store, show }, sourceId),
    members: createMembers(clock, 'T0YEAR', () => Promise.resolve()),
    teller: client,
    pictures: createPictureLinks(store, random),
    teamId: 'T0YEAR',
    openBooks: config.books === 'open',
    mostForced: 1000,
    supportChannel: config.supportChannel,
    zone: config.timeZone,
    rule: { percent: config.digestMovePercent, minor: config.digestMoveAmount * 100 },
    settings: { command: config.command, threads: config.threads, publicUrl: config.publicUrl },
    log: fail,
  };
  const features = featuresOf(config);
  const drawing = {
    store,
    client,
    charts,
    show,
    carrier,
    // A day's messages come within seconds here; the limits of Slack are another trial's.
    budget: createBudget(clock, SLACK_BUDGET, NO_LIMITS),
    places: createPlaces(client, clock, () => undefined),
    settings: {
      command: config.command,
      canLink: true,
      openBooks: deps.openBooks,
      channelValues: config.channelValues,
    },
    log: fail,
  };
  const subjects = subjectsOf(features);
  const steps = stepsOfSweep(features, { ...deps, roomForDaily: () => Promise.resolve(10) });
  // The day is queued as it begins, by whoever lives it: its thread has the clock of the machine.
  const tasks = tasksOfDay(features, deps, keptBy(config)).filter(({ name }) => name !== 'day');
  return {
    deps,
    bringUp: async () => {
      for (let round = 0; behind.size > 0; round += 1) {
        if (round > 20) throw new Error(`${[...behind].join(', ')} are never shown`);
        const subjectIds = [...behind];
        behind.clear();
        for (const id of subjectIds) {
          const projected = await project(drawing, subjects, id);
          if (projected.kind === 'later') behind.add(id);
          for (const { follow } of features) await follow?.(drawing, id);
        }
      }
    },
    sweep: async () => {
      for (const { run } of steps) await run();
    },
    beat: () => heartbeat(store, tasks, (task, error) => fail(`"${task}" failed`, error)),
  };
};
