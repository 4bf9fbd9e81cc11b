import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Database } from '#database/connection.ts';
import { loadOrCreateKeys } from '#database/keys.ts';
import type { Sealer } from '#database/sealed.ts';
import { createSealer } from '#database/sealing.ts';
import { claimDatabase } from '#database/serving.ts';
import { factsOf, loadCarriers } from '#portal/carriers.ts';
import { seedLocalFirm } from '#simulator/firm.ts';
import { startLocal } from '#simulator/local.ts';
import { localFirmStore } from '#simulator/store.ts';
import { connectClient, type LocalClient } from '#simulator/workspace/client.ts';
import { openFirmDatabase } from '#test/support/firm-database.ts';
import { startTestRedis, type TestRedis } from '#test/support/redis-server.ts';
import { processNames, ON_SQLITE, type Where } from '#test/support/where.ts';
import { noteEnds } from '../ends.ts';
import { startChild, type Child } from './child-process.ts';
import { followed, noting, type Noted } from './happened.ts';
import { servePortals, type PortalServer } from './portal-server.ts';
import type { ChildFirm } from './protocol.ts';

/** Logins of a carrier that asks for no code, and who holds each. */
export const LOGINS: Readonly<Record<string, string>> = {
  'S-NB-ANA': 'UANARUIZ1',
  'S-NB-BEN': 'UBENCART1',
  'S-NB-AGENCY': 'UMARCUS01',
  'S-NB-OLIVIA': 'UOLIVIA01',
};
/** People who have one login each, so that a command of theirs is answered without a question. */
export const ASKERS: Readonly<Record<string, string>> = {
  UANARUIZ1: 'S-NB-ANA',
  UBENCART1: 'S-NB-BEN',
};

export interface FaultFirmOptions {
  where?: Where | undefined;
  /** Of each worker. */
  slots?: number;
  /** How long a portal takes for a policy. */
  readMs?: number;
  /** Makes and seeds the database otherwise. */
  make?: (
    firm: { folder: string; teamId: string; addresses: Record<string, string> },
    stack: AsyncDisposableStack,
  ) => Promise<{ db: Database; url: string }>;
}

/** A firm whose bot, workers and Redis may die at any moment, while Slack and the carriers live on. */
export interface FaultFirm extends AsyncDisposable {
  db: Database;
  sealer: Sealer;
  redis: TestRedis;
  client: LocalClient;
  portals: PortalServer;
  sourceId: (source: string) => Promise<string>;
  /** What its processes are called. */
  bots: readonly string[];
  workers: readonly string[];
  /** The one that runs now. */
  children: Map<string, Child>;
  /** Starts what is called `bot`, `bot-2`, or a worker of this name, and waits until it is ready. */
  start: (name: string, endAt?: number) => Promise<Child>;
  startAll: () => Promise<void>;
  /** The same of another release, whose program is in this folder. */
  startOf: (program: string, name: string) => Promise<Child>;
  /** Where its processes write what went wrong. */
  logOf: (name: string) => string;
  /** What was killed, frozen, stopped and started when. */
  happened: readonly Noted[];
}

export const startFaultFirm = async ({
  where = ON_SQLITE,
  slots = 3,
  readMs,
  make,
}: FaultFirmOptions = {}): Promise<FaultFirm> => {
  await using stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'sync-faults-'));
  stack.defer(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10 }));
  const folder = join(dataDir, 'local');
  const happened: Noted[] = [];
  const note = noting(happened);
  const redis = followed(stack.use(await startTestRedis()), 'redis', note);
  const local = stack.use(await startLocal(folder, Date.now, 0));
  const databaseFile = join(folder, 'firm.db');
  const { teamId } = local.workspace;
  const { addresses } = local.portals;
  const { db, url } = await (make === undefined
    ? openFirmDatabase(stack, { where, file: databaseFile })
    : make({ folder, teamId, addresses }, stack));
  const sealer = createSealer(await loadOrCreateKeys(join(folder, 'keys')));
  const carriers = await loadCarriers({
    folders: [join(import.meta.dirname, '../../../carriers')],
    addresses,
    allowDemo: true,
  });
  const facts = carriers.map(factsOf);
  if (make === undefined) {
    await claimDatabase(db, { teamId, local: true });
    await seedLocalFirm({ db, clock: Date.now, sealer, carriers: facts });
  }
  await prepare(db);
  const portals = stack.use(await servePortals(facts, readMs));

  const children = new Map<string, Child>();
  stack.defer(async () => {
    await Promise.all([...children.values()].map((child) => child.kill()));
  });
  const logOf = (name: string): string => join(dataDir, `${name}.log`);
  const begin = async (
    name: string,
    { program, endAt }: { program?: string; endAt?: number | undefined } = {},
  ): Promise<Child> => {
    const role: ChildFirm['role'] = name.startsWith('bot') ? 'bot' : 'worker';
    const { botToken, appToken, apiUrl } = local.workspace;
    note(`${name} starts`);
    const begun = startChild(
      {
        role,
        name,
        life: (children.get(name)?.life ?? 0) + 1,
        folder,
        databaseFile,
        ...(url === undefined ? {} : { databaseUrl: url }),
        redis: redis.url,
        addresses,
        workspace: { botToken, appToken, apiUrl },
        portals: portals.url,
        slots,
        logFile: logOf(name),
        ...(endAt === undefined ? {} : { endAt }),
      },
      program,
    );
    const child = followed(begun, name, note);
    children.set(name, child);
    await child.ready;
    note(`${name} is ready`);
    return child;
  };

  const start = (name: string, endAt?: number): Promise<Child> => begin(name, { endAt });
  const [bots, workers] = [processNames('bot', where.bots), processNames('worker', where.workers)];
  const owned = stack.move();
  return {
    db,
    sealer,
    redis,
    client: connectClient(local.workspace.url),
    portals,
    sourceId: (source) => localFirmStore(db).sourceId(source),
    bots,
    workers,
    children,
    start,
    startOf: (program, name) => begin(name, { program }),
    startAll: async () =>
      void (await Promise.all([...bots, ...workers].map((name) => start(name)))),
    logOf,
    happened,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

const CARRIER = 'northbridge-life';

/** One login for each asker, all policies without a past, and a note of each end of a sync. */
const prepare = async (db: Database): Promise<void> => {
  const ofCarrier = sql`select id from policy where carrier_id = ${CARRIER}`;
  await sql`delete from policy_value where policy_id in (${ofCarrier})`.execute(db);
  await sql`delete from source_policy where policy_id in (${ofCarrier})`.execute(db);
  await sql`delete from source_share where source_id in (
    select id from login_source where carrier_id = ${CARRIER})`.execute(db);
  await sql`update policy set home_source_id = coalesce((
      select l.id from book b join login_source l on l.holder_id = b.person_id
      where b.contact_id = policy.contact_id and l.carrier_id = ${CARRIER} limit 1),
      (select id from login_source where external_id = 'S-NB-AGENCY'))
    where carrier_id = ${CARRIER}`.execute(db);
  await noteEnds(db);
};
