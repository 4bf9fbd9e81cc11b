import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type NetConnectOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf } from '#queue/connection.ts';
import { openDatabase, type Database } from '#database/connection.ts';
import { connectPortal } from '#simulator/portals/control.ts';
import type { PortalHandle } from '#simulator/portals/handle.ts';
import { connectClient, type LocalClient } from '#simulator/workspace/client.ts';
import { runMain, type Running } from '#test/support/started-bot.ts';
import { processesOf, type RunningProcess } from '#test/support/processes.ts';

export const WEBHOOK_SECRET = `whsec_${Buffer.from('a secret of the trial, planted').toString('base64')}`;
/** Its file is asked for, and is not there. */
export const CALENDAR_PATH = '/private-3c1fe0d9a2/basic.ics';

const WITHIN_MS = 60_000;

export const until = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
  const deadline = performance.now() + WITHIN_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`It did not come to ${what}.`);
    await sleep(50);
  }
};

/** All that runs is `npm start`, whose every trace is in one folder and in its output. */
export interface SecretsFirm extends AsyncDisposable {
  main: Running;
  botUrl: string;
  /** Of the data. */
  folder: string;
  /** Of what Chromium, Playwright and Node leave for a while. */
  temporary: string;
  db: Database;
  client: LocalClient;
  portal: (carrier: string) => PortalHandle;
  redis: string;
  /** Every command that Redis was given so far. */
  redisHeard: () => string;
  /** What a receiver of webhooks and calendars was sent. */
  received: () => string;
  outside: string;
  slackTokens: Readonly<Record<'botToken' | 'appToken', string>>;
  processes: () => RunningProcess[];
  worker: () => Promise<RunningProcess>;
}

const socketOf = (redis: string): NetConnectOpts => {
  if (redis.startsWith('/')) return { path: redis };
  const { hostname, port } = new URL(redis);
  return { host: hostname, port: Number(port) };
};

export const openSecretsFirm = async (): Promise<SecretsFirm> => {
  await using stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'sync-secrets-'));
  stack.defer(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10 }));
  const temporary = join(dataDir, 'temporary');
  await mkdir(temporary);

  let received = '';
  const receiver = createServer((request, response) => {
    if (request.url === CALENDAR_PATH) return response.writeHead(404).end();
    received += JSON.stringify(request.headers);
    request.on('data', (chunk: Buffer) => (received += chunk.toString()));
    request.on('end', () => response.end());
    return undefined;
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  stack.defer(() => void receiver.close());
  const outside = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;

  const main = runMain(dataDir, [], {
    TMPDIR: temporary,
    LOG_LEVEL: 'trace',
    DEBUG: 'pw:api,pw:protocol',
    WEBHOOK_URL: `${outside}/hook`,
    WEBHOOK_SECRET,
    CALENDAR_HOSTS: '127.0.0.1',
  });
  stack.defer(async () => {
    main.bot.kill('SIGTERM');
    await main.ended;
  });
  await Promise.race([main.ready, main.ended]);
  const root = main.bot.pid ?? 0;
  const folder = join(dataDir, 'local');
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const workspace = read('workspace.json') as { url: string; portals: Record<string, string> };
  const db = await openDatabase(join(folder, 'swivel-sync.db'));
  stack.defer(() => db.destroy());

  const workerNow = (): RunningProcess | undefined =>
    processesOf(root).find(({ name }) => name.endsWith('main.ts worker'));
  const worker = () => until('a worker', () => Promise.resolve(workerNow()));
  const [, redisUrl = ''] = /REDIS_URL=([^\0]+)/.exec((await worker()).text) ?? [];
  const redis = addressOf(redisUrl);
  let redisHeard = '';
  const monitor = connect(socketOf(redis));
  monitor.on('data', (chunk: Buffer) => (redisHeard += chunk.toString()));
  await once(monitor, 'connect');
  monitor.write('MONITOR\r\n');
  stack.defer(() => void monitor.destroy());

  const owned = stack.move();
  return {
    main,
    botUrl: /Link page\s+(\S+)/.exec(main.output())?.[1] ?? '',
    folder,
    temporary,
    db,
    client: connectClient(workspace.url),
    portal: (carrier) => connectPortal(workspace.portals[carrier] ?? ''),
    redis,
    redisHeard: () => redisHeard,
    received: () => received,
    outside,
    slackTokens: read('workspace-state.json') as SecretsFirm['slackTokens'],
    processes: () => processesOf(root),
    worker,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};
