import { loadConfig } from '#app/config.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { pino } from 'pino';
import { normalizeNumber } from '#shared/policy-number.ts';
import { Secret } from '#shared/secret.ts';
import { workerConnection } from '#queue/connection.ts';
import { SESSIONS } from '#queue/sessions.ts';
import { startWorkspace } from '#simulator/workspace/server.ts';
import { openDatabase, type Database } from '#database/connection.ts';
import { loadOrCreateKeys } from '#database/keys.ts';
import { localFirmStore } from '#simulator/store.ts';
import { createOpener, createSealer } from '#database/sealing.ts';
import { claimDatabase } from '#database/serving.ts';
import { packCredentials } from '#core/sign-in/sign-in.ts';
import { startBot, type Bot } from '#app/bot.ts';
import { startWorker } from '#app/worker.ts';
import { startTestRedis } from '#test/support/redis-server.ts';
import {
  ADVISOR_IDS,
  CARRIERS,
  DAY_AT,
  factsOf,
  POLICY_LIST,
  slackIdOf,
  SOURCE_LIST,
  START,
  ZONE,
} from './plan.ts';
import { scriptWeek } from './portals.ts';
import type { WeekTime } from './time.ts';

export const SLOTS = 8;
const NEVER_MS = 2 ** 31 - 1;
/** The clock leaps while real timers renew a lease, so it holds longer than any session here. */
const LEASE_MS = 24 * 60 * 60_000;
export const TEAM_CHANNEL = 'CTEAM0001';
const PEOPLE = [...ADVISOR_IDS, 'owner'];

/** The firm with everything real but the carriers' sites and the clock. */
export const startWeekFirm = async (time: WeekTime) => {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sync-week-'));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  const clock = time.now;
  const problems: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void problems.push(line) });
  const redis = stack.use(await startTestRedis());
  const workspace = await startWorkspace({
    clock,
    seed: (state) => {
      const [pattern] = state.people;
      if (pattern === undefined) throw new Error('The workspace has nobody.');
      for (const id of PEOPLE)
        state.people.push({
          ...pattern,
          id: slackIdOf(id),
          handle: id,
          name: id,
          email: `${id}@harborpoint.example`,
          admin: false,
          owner: false,
        });
      for (const channel of state.channels)
        if (channel.name === 'team') channel.members.push(...PEOPLE.map(slackIdOf));
    },
  });
  stack.defer(() => workspace.close());
  const db = await openDatabase(join(folder, 'week.db'));
  stack.defer(() => db.destroy());
  const keys = await loadOrCreateKeys(join(folder, 'keys'));
  const sealer = createSealer(keys);
  const facts = CARRIERS.map(factsOf);
  await claimDatabase(db, { teamId: workspace.teamId, local: true });
  await seed(db);
  for (const { id, carrier } of SOURCE_LIST) {
    if (!carrier.automatic) continue;
    const typed = { user: new Secret('somebody'), password: new Secret('something') };
    const password = await sealer.seal(packCredentials(typed), id);
    await localFirmStore(db).keepLinked(id, { password, at: START, endsAt: START });
  }
  const week = scriptWeek(time);
  const connection = workerConnection(redis.url);
  const queue = new Queue(SESSIONS, { connection });
  stack.defer(async () => {
    await queue.close();
    connection.disconnect();
  });

  let bot: Bot | undefined;
  let worker: AsyncDisposable | undefined;
  const stop = async (): Promise<void> => {
    await worker?.[Symbol.asyncDispose]();
    await bot?.[Symbol.asyncDispose]();
    worker = undefined;
    bot = undefined;
  };
  stack.defer(stop);
  const start = async (): Promise<void> => {
    bot = await startBot({
      config: {
        ...loadConfig({}),
        threads: 'dm',
        supportChannel: 'CSUPPORT1',
        mostForced: 1000,
        workerSlots: SLOTS,
        port: 0,
        timeZone: ZONE,
        dayAt: DAY_AT,
        digestChannel: TEAM_CHANNEL,
      },
      db,
      clock,
      redis: redis.url,
      slack: {
        botToken: new Secret(workspace.botToken),
        by: { kind: 'socket', appToken: new Secret(workspace.appToken) },
        apiUrl: workspace.apiUrl,
      },
      sealer,
      carriers: facts,
      log,
      budget: { updatesPerMinute: 1e9, floorMs: 0, postBurst: 1e9, retryMs: 100 },
      sweepMs: NEVER_MS,
      beatMs: NEVER_MS,
      loopbackLinks: true,
      pictures: join(folder, 'pictures'),
    });
    worker = await startWorker({
      slots: SLOTS,
      name: 'week',
      db,
      clock,
      redis: redis.url,
      opener: createOpener(keys),
      sealer,
      portals: week.portals,
      log,
      leaseMs: LEASE_MS,
    });
  };
  await start();
  const owned = stack.move();
  return {
    db,
    sealer,
    redisUrl: redis.url,
    workspace: workspace.workspace,
    linked: week.linked,
    problems,
    start,
    stop,
    bot: () => bot,
    /** The login sessions that run, and those that wait for a slot. */
    sessions: async (): Promise<{ active: number; waiting: number }> => {
      const {
        active = 0,
        prioritized = 0,
        wait = 0,
      } = await queue.getJobCounts('active', 'prioritized', 'wait');
      return { active, waiting: prioritized + wait };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

export type WeekFirm = Awaited<ReturnType<typeof startWeekFirm>>;

const CHUNK = 500;

const seed = async (db: Database): Promise<void> => {
  await db
    .insertInto('product_status')
    .values([
      { name: 'Active', indicator: 'open' },
      { name: 'Surrendered', indicator: 'closed' },
    ])
    .execute();
  await db
    .insertInto('carrier')
    .values(CARRIERS.map(({ id, name }) => ({ id, name })))
    .execute();
  await db
    .insertInto('person')
    .values(
      PEOPLE.map((id) => ({
        id,
        slack_user_id: slackIdOf(id),
        email: `${id}@harborpoint.example`,
        name: id,
        role: id === 'owner' ? 'owner' : 'advisor',
      })),
    )
    .execute();
  await db
    .insertInto('login_source')
    .values(
      SOURCE_LIST.map(({ id, name, carrier, holder }) => ({
        id,
        external_id: id,
        carrier_id: carrier.id,
        name,
        holder_id: holder,
      })),
    )
    .execute();
  for (let at = 0; at < POLICY_LIST.length; at += CHUNK) {
    const some = POLICY_LIST.slice(at, at + CHUNK);
    await db
      .insertInto('contact')
      .values(
        some.map(({ id }) => ({
          id: `of-${id}`,
          external_id: `of-${id}`,
          kind: 'individual',
          name: `Client of ${id}`,
          search: `client of ${id}`,
        })),
      )
      .execute();
    await db
      .insertInto('book')
      .values(some.map(({ id, advisor }) => ({ contact_id: `of-${id}`, person_id: advisor })))
      .execute();
    await db
      .insertInto('policy')
      .values(
        some.map(({ id, number, carrierId, home }) => ({
          id,
          external_id: id,
          contact_id: `of-${id}`,
          carrier_id: carrierId,
          number,
          number_key: normalizeNumber(number),
          product_name: 'Harbor Select',
          product_type: 'Annuity',
          plan_type: 'Variable',
          product_class: 'variable',
          status: 'Active',
          home_source_id: home ?? null,
          updated_at: 0,
        })),
      )
      .execute();
  }
};
