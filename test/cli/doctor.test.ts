import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { examine } from '#cli/doctor/doctor.ts';
import { describeFinding, type Finding, type Outside } from '#cli/doctor/finding.ts';
import { beginWorker } from '#core/sessions/store/workers.ts';
import { openTestFile } from '#test/support/database.ts';
import { loadOrCreateKeys } from '#database/keys.ts';
import { generateKey } from '#database/sealing.ts';
import { readManifest } from '#simulator/workspace/manifest.ts';
import { startWorkspace, type LocalWorkspace } from '#simulator/workspace/server.ts';
import { startTestRedis, type TestRedis } from '#test/support/redis-server.ts';

/** A firm's machine where all is well; each test plants one fault in it. */
let folder: string;
let slack: LocalWorkspace;
let redis: TestRedis;
let bot: Server;
let carriers: string;
const GIB = 1024 ** 3;

const answerOf = async (handler: Parameters<typeof createServer>[1]): Promise<Server> => {
  const server = createServer({}, handler);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
};
const urlOf = (server: Server): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const closed = (server: Server) => new Promise((done) => server.close(done));

const ADAPTER = `export default (kit) => ({
  ...kit, id: 'harbor-mutual', name: 'Harbor Mutual', origins: ['https://portal.harbor.example'],
});`;

const environment = (): Record<string, string> => ({
  DATA_DIR: join(folder, 'data'),
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_APP_TOKEN: slack.appToken,
  SLACK_API_URL: slack.apiUrl.replace(/\/$/, ''),
  PUBLIC_URL: urlOf(bot),
  REDIS_URL: redis.url.startsWith('/') ? `unix://${redis.url}` : redis.url,
  CHROMIUM: process.execPath,
  CHROMIUM_SANDBOX: 'optional',
  ...(existsSync(carriers) ? { CARRIERS_PATH: carriers } : {}),
});

const findings = async (
  planted: Record<string, string> = {},
  outside: Partial<Outside> & { post?: string } = {},
): Promise<Finding[]> => {
  const found: Finding[] = [];
  const from = {
    here: folder,
    ofUnits: join(folder, 'units'),
    freeAt: () => Promise.resolve(40 * GIB),
    ...outside,
  };
  for await (const finding of examine({ ...environment(), ...planted }, from)) found.push(finding);
  return found;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sync-doctor-'));
  carriers = join(folder, 'carriers');
  slack = await startWorkspace();
  redis = await startTestRedis();
  bot = await answerOf((_request, response) => response.end(JSON.stringify({ ok: true })));
  await loadOrCreateKeys(join(folder, 'data', 'keys'));
  const db = await openTestFile(join(folder, 'data', 'swivel-sync.db'));
  await db.destroy();
});
afterAll(async () => {
  await closed(bot);
  await redis[Symbol.asyncDispose]();
  await slack.close();
  await rm(folder, { recursive: true, force: true });
});

const inDatabase = async (
  work: (db: Awaited<ReturnType<typeof openTestFile>>) => Promise<unknown>,
): Promise<void> => {
  const db = await openTestFile(join(folder, 'data', 'swivel-sync.db'));
  try {
    await work(db);
  } finally {
    await db.destroy();
  }
};

const OF_WORKERS = { NODE_ENV: 'production', SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '' };

const publicHalf = (file: string): string =>
  (JSON.parse(readFileSync(file, 'utf8')) as { keys: { publicKey: string }[] }).keys[0]
    ?.publicKey ?? '';

interface Planted {
  environment?: Record<string, string>;
  outside?: Partial<Outside> & { post?: string };
  /** Puts the machine right again. */
  mend?: () => unknown;
}

const asRedis = async (...words: string[]): Promise<void> => {
  const client = new Redis(redis.url);
  await client.call(words[0] ?? '', words.slice(1));
  await client.quit();
};

const PERSON = { id: 'zoe', name: 'Zoe Hall', role: 'advisor', email: 'zoe@harbor.example' };

const FAULTS: [string, () => Promise<Planted> | Planted, Pick<Finding, 'of' | 'is'>, RegExp][] = [
  [
    'a scope that the app lacks',
    async () => {
      const manifest = readManifest();
      const lacking = await startWorkspace({
        manifest: { ...manifest, scopes: manifest.scopes.filter((one) => one !== 'im:history') },
      });
      return {
        environment: {
          SLACK_API_URL: lacking.apiUrl.replace(/\/$/, ''),
          SLACK_BOT_TOKEN: lacking.botToken,
          SLACK_APP_TOKEN: lacking.appToken,
        },
        mend: () => lacking.close(),
      };
    },
    { of: 'Slack', is: 'bad' },
    /without im:history\. Add it under OAuth & Permissions/,
  ],
  [
    'a bot token that Slack does not know',
    () => ({ environment: { SLACK_BOT_TOKEN: 'xoxb-hush' } }),
    { of: 'Slack', is: 'bad' },
    /Slack does not know this token\. Copy it once more, whole\. Set the right SLACK_BOT_TOKEN/s,
  ],
  [
    'an app token that opens no socket',
    () => ({ environment: { SLACK_APP_TOKEN: 'xapp-hush' } }),
    { of: 'Sockets', is: 'bad' },
    /Set the right SLACK_APP_TOKEN/,
  ],
  [
    'a Slack that is not reached',
    () => ({ environment: { SLACK_API_URL: 'http://127.0.0.1:9/api' } }),
    { of: 'Slack', is: 'bad' },
    /cannot be reached from this machine.*curl https:\/\/slack.com/s,
  ],
  [
    'an address that leads nowhere',
    () => ({ environment: { PUBLIC_URL: 'http://127.0.0.1:9' } }),
    { of: 'Link page', is: 'bad' },
    /does not answer.*Let the proxy pass it to port 3000 of the bot/s,
  ],
  [
    "an address that leads to another's page",
    async () => {
      const other = await answerOf((_request, response) => {
        response.statusCode = 404;
        response.end('<h1>Welcome to nginx!</h1>');
      });
      return { environment: { PUBLIC_URL: urlOf(other) }, mend: () => closed(other) };
    },
    { of: 'Link page', is: 'bad' },
    /reaches something else \(404\)\. Let the proxy pass it/,
  ],
  [
    'a clock that is ahead',
    () => ({ outside: { clock: () => Date.now() + 7 * 60_000 } }),
    { of: 'Clock', is: 'bad' },
    /7 minutes ahead of Slack's\. .*timedatectl set-ntp true/,
  ],
  [
    'a disk that is nearly full',
    () => ({ outside: { freeAt: () => Promise.resolve(0.2 * GIB) } }),
    { of: 'Disk', is: 'bad' },
    /0\.2 GiB free, and 1\.0 GiB are wanted\. Make room/,
  ],
  [
    'a Redis that throws jobs away',
    async () => {
      await asRedis('config', 'set', 'maxmemory-policy', 'allkeys-lru');
      return { mend: () => asRedis('config', 'set', 'maxmemory-policy', 'noeviction') };
    },
    { of: 'Redis', is: 'bad' },
    /allkeys-lru.*maxmemory-policy noeviction/,
  ],
  [
    'a Redis that keeps nothing',
    async () => {
      await asRedis('config', 'set', 'appendonly', 'no');
      return { mend: () => asRedis('config', 'set', 'appendonly', 'yes') };
    },
    { of: 'Redis', is: 'note' },
    /keeps nothing over a restart.*appendonly yes/,
  ],
  [
    'a Redis that is full',
    async () => {
      await asRedis('config', 'set', 'maxmemory', '1');
      return { mend: () => asRedis('config', 'set', 'maxmemory', '0') };
    },
    { of: 'Redis', is: 'bad' },
    /has no memory left\. Raise its maxmemory/,
  ],
  [
    'a Redis that is a replica',
    async () => {
      await asRedis('replicaof', '127.0.0.1', '1');
      return { mend: () => asRedis('replicaof', 'no', 'one') };
    },
    { of: 'Redis', is: 'bad' },
    /only reads, as a replica does\. Let REDIS_URL lead to the one that takes writes/,
  ],
  [
    'a Redis that asks for a password',
    async () => {
      await asRedis('config', 'set', 'requirepass', 'hush');
      return {
        mend: async () => {
          const client = new Redis(redis.url, { password: 'hush' });
          await client.config('SET', 'requirepass', '');
          await client.quit();
        },
      };
    },
    { of: 'Redis', is: 'bad' },
    /refuses the password\. Put its password into REDIS_URL/,
  ],
  [
    'a Redis that is not there',
    () => ({ environment: { REDIS_URL: 'redis://:hush@127.0.0.1:9' } }),
    { of: 'Redis', is: 'bad' },
    /127\.0\.0\.1:9 does not answer.*Start it, or correct REDIS_URL/s,
  ],
  [
    'a database that is none',
    () => {
      const file = join(folder, 'none.db');
      writeFileSync(file, 'not a database, but long enough to be looked at', { mode: 0o600 });
      return { environment: { DATABASE_FILE: file } };
    },
    { of: 'Database', is: 'bad' },
    /restore it from a copy/,
  ],
  [
    'a database that its firm left',
    async () => {
      const target = 'Postgres db.harbor.example/swivel';
      await inDatabase((db) =>
        db.insertInto('serving').values({ id: 'moved', team_id: target, local: 0 }).execute(),
      );
      return { mend: () => inDatabase((db) => db.deleteFrom('serving').execute()) };
    },
    { of: 'Firm', is: 'bad' },
    /This firm moved to Postgres db\.harbor\.example\/swivel\. Set DATABASE_URL to its address/,
  ],
  [
    'a browser that is not there',
    () => ({ environment: { CHROMIUM: join(folder, 'no-such-chromium') } }),
    { of: 'Chromium', is: 'bad' },
    /none on this machine.*set CHROMIUM/s,
  ],
  [
    'a bot alone, whose workers have a browser elsewhere',
    async () => {
      await inDatabase((db) => beginWorker({ db, clock: Date.now }, 'worker-7', []));
      const file = join(folder, 'data', 'keys', 'sealing-private.json');
      renameSync(file, `${file}.away`);
      return {
        environment: { CHROMIUM: join(folder, 'no-such-chromium') },
        mend: async () => {
          renameSync(`${file}.away`, file);
          await inDatabase((db) => db.deleteFrom('worker').execute());
        },
      };
    },
    { of: 'Chromium', is: 'note' },
    /the workers are elsewhere: worker-7\. Ask the doctor where they run/,
  ],
  [
    'a bot that has the public key alone',
    () => {
      const file = join(folder, 'data', 'keys', 'sealing-private.json');
      renameSync(file, `${file}.away`);
      return { mend: () => renameSync(`${file}.away`, file) };
    },
    { of: 'Keys', is: 'note' },
    /the public one alone.*bring its private key back to /s,
  ],
  [
    'a private key that others can read',
    () => {
      const file = join(folder, 'data', 'keys', 'sealing-private.json');
      chmodSync(file, 0o644);
      return { mend: () => chmodSync(file, 0o600) };
    },
    { of: 'Keys', is: 'bad' },
    /mode 0644\. chmod 600 /,
  ],
  [
    'a private key that is none of those that bots seal to',
    async () => {
      const file = join(folder, 'data', 'keys', 'sealing-private.json');
      renameSync(file, `${file}.away`);
      await loadOrCreateKeys(join(folder, 'other'));
      copyFileSync(join(folder, 'other', 'sealing-private.json'), file);
      return { mend: () => renameSync(`${file}.away`, file) };
    },
    { of: 'Keys', is: 'bad' },
    /mode 0600 does not open what is sealed to [0-9a-f]{16} of .*Bring the private key back/,
  ],
  [
    'a private key whose halves are not of one key',
    async () => {
      const file = join(folder, 'data', 'keys', 'sealing-private.json');
      renameSync(file, `${file}.away`);
      const { privateKey } = await generateKey();
      const keys = [{ publicKey: publicHalf(`${file}.away`), privateKey: privateKey.reveal() }];
      writeFileSync(file, JSON.stringify({ keys }), { mode: 0o600 });
      return { mend: () => renameSync(`${file}.away`, file) };
    },
    { of: 'Keys', is: 'bad' },
    /the key [0-9a-f]{16}, whose private half is not its own\. Bring the private key back/,
  ],
  [
    'the public key where the environment has the private one',
    () => ({ environment: { ...OF_WORKERS, PRIVATE_KEYS: '{"keys":[{"publicKey":"hush"}]}' } }),
    { of: 'Settings', is: 'bad' },
    /PRIVATE_KEYS lacks a private key: it is sealing-public\.json/,
  ],
  [
    'tokens of the units that others can read',
    () => {
      const units = join(folder, 'units');
      mkdirSync(units);
      for (const [name, mode] of [
        ['common.env', 0o600],
        ['bot.env', 0o640],
      ] as const) {
        writeFileSync(join(units, name), 'SLACK_BOT_TOKEN=xoxb-hush');
        chmodSync(join(units, name), mode);
      }
      return { mend: () => rm(units, { recursive: true }) };
    },
    { of: 'Settings', is: 'bad' },
    /^BAD  Settings +\S+\/bot\.env can be read by others of this machine\. chmod 600 \S+\/bot\.env$/,
  ],
  [
    'a data folder that many share',
    () => {
      chmodSync(join(folder, 'data'), 0o1777);
      return { mend: () => chmodSync(join(folder, 'data'), 0o700) };
    },
    { of: 'Data folder', is: 'bad' },
    /can be read by others.*No start closes .* set DATA_DIR to a folder of this user alone/,
  ],
  [
    'code of a carrier that others can change',
    () => {
      const open = join(folder, 'open');
      mkdirSync(join(open, 'harbor-mutual'), { recursive: true });
      writeFileSync(join(open, 'harbor-mutual', 'index.ts'), ADAPTER);
      chmodSync(join(open, 'harbor-mutual', 'index.ts'), 0o664);
      return { environment: { CARRIERS_PATH: open } };
    },
    { of: 'Carrier code', is: 'bad' },
    /harbor-mutual\/index\.ts can be changed by others .* sees passwords\. chmod -R go-w \S+\/open$/,
  ],
  [
    'code of a carrier in a folder that others can replace',
    () => {
      const outer = join(folder, 'outer');
      mkdirSync(join(outer, 'carriers'), { recursive: true });
      chmodSync(outer, 0o777);
      return { environment: { CARRIERS_PATH: join(outer, 'carriers') } };
    },
    { of: 'Carrier code', is: 'bad' },
    /\/outer can be changed by others of this machine.*chmod go-w \S+\/outer$/,
  ],
  [
    'a file of tokens that others can read',
    () => {
      const file = join(folder, 'swivel-sync.env');
      writeFileSync(file, 'SLACK_BOT_TOKEN=xoxb-hush');
      chmodSync(file, 0o644);
      return { mend: () => rm(file) };
    },
    { of: 'Settings', is: 'bad' },
    /swivel-sync\.env can be read by others of this machine\. chmod 600 /,
  ],
  [
    'a data folder that others can read',
    () => {
      chmodSync(join(folder, 'data'), 0o755);
      return { mend: () => chmodSync(join(folder, 'data'), 0o700) };
    },
    { of: 'Data folder', is: 'bad' },
    /can be read by others of this machine.*chmod 700 /,
  ],
  [
    'carriers whose folder does not load',
    () => {
      const broken = join(folder, 'broken');
      mkdirSync(join(broken, 'harbor-mutual'), { recursive: true });
      writeFileSync(join(broken, 'harbor-mutual', 'index.ts'), ADAPTER);
      return { environment: { CARRIERS_PATH: broken } };
    },
    { of: 'Carriers', is: 'bad' },
    /Correct that carrier/,
  ],
  [
    'a carrier of the firm without an adapter',
    async () => {
      await inDatabase(async (db) => {
        await db.insertInto('carrier').values({ id: 'lost-life', name: 'Lost Life' }).execute();
        await db
          .insertInto('product_status')
          .values({ name: 'Active', indicator: 'open' })
          .execute();
        const contact = {
          id: 'c',
          external_id: 'C1',
          kind: 'individual',
          name: 'M C',
          search: 'm c',
        };
        await db.insertInto('contact').values(contact).execute();
        const policy = { id: 'p', external_id: 'P1', contact_id: 'c', carrier_id: 'lost-life' };
        const product = { product_name: 'A', product_type: 'Annuity', plan_type: 'Fixed' };
        const number = { number: '1', number_key: '1', product_class: 'fixed', status: 'Active' };
        await db
          .insertInto('policy')
          .values({ ...policy, ...product, ...number, updated_at: 0 })
          .execute();
      });
      return {};
    },
    { of: 'Adapters', is: 'bad' },
    /none for Lost Life \(1 policies\).*id lost-life: swivel-sync carrier new/,
  ],
  [
    'people whom Slack does not know',
    async () => {
      await inDatabase((db) => db.insertInto('person').values(PERSON).execute());
      return {};
    },
    { of: 'People', is: 'note' },
    /1 of 1 are not matched with Slack: Zoe Hall \(zoe@harbor\.example\)\. Correct their e-mail/,
  ],
  [
    'a worker that went with the carriers it is bound to',
    async () => {
      const store = { clock: () => Date.now() - 3_600_000 };
      await inDatabase((db) => beginWorker({ ...store, db }, 'office-1', ['harbor-mutual']));
      return {};
    },
    { of: 'Workers', is: 'note' },
    /office-1 \(harbor-mutual alone\), away since .*carriers --free harbor-mutual/,
  ],
  [
    'a worker that died, while nothing waits for it',
    async () => {
      await inDatabase(async (db) => {
        await db.deleteFrom('worker_carrier').execute();
        await db.deleteFrom('worker').execute();
        await beginWorker({ clock: () => Date.now() - 3_600_000, db }, 'worker-1', []);
      });
      return {};
    },
    { of: 'Workers', is: 'bad' },
    /worker-1, away since .*Start a worker that names no carriers/,
  ],
  [
    'a carrier that a worker is to be bound to and that is not there',
    () => ({ environment: { WORKER_CARRIERS: 'harbor-mutual,harbor-mutal' } }),
    { of: 'Carriers', is: 'bad' },
    /WORKER_CARRIERS names "harbor-mutal", and there is no such carrier/,
  ],
  [
    'secrets whose key is lost',
    async () => {
      const secret = { owner_id: 'x', kind: 'password', source_id: 'x', key_id: 'gone' };
      await inDatabase((db) =>
        db
          .insertInto('sealed_secret')
          .values({ ...secret, sealed: 's', created_at: 0 })
          .execute(),
      );
      return {};
    },
    { of: 'Secrets', is: 'bad' },
    /1 are sealed to a key that is not in .*Bring that key back/,
  ],
  [
    'a test post to somebody whom Slack does not know',
    () => ({ outside: { post: 'nobody@harbor.example' } }),
    { of: 'Test post', is: 'bad' },
    /knows nobody with the address nobody@harbor\.example\. Give --post/,
  ],
];

it('finds nothing to mend where all is well, but for what a new firm has not brought yet', async () => {
  const found = await findings({}, { post: 'ana.ruiz@harborpoint.example' });
  expect(found.filter(({ is }) => is !== 'good').map(({ of }) => of)).toEqual([
    'Chromium',
    'Carriers',
    'People',
    'Workers',
  ]);
  expect(found.at(-1)).toEqual({
    of: 'Test post',
    is: 'good',
    found: 'sent to ana.ruiz@harborpoint.example',
  });
});

it.each(FAULTS)('names %s, with its cure', async (_what, plant, expected, says) => {
  const planted = await plant();
  try {
    const found = await findings(planted.environment, planted.outside);
    const about = found.find(({ of, is }) => of === expected.of && is === expected.is);
    expect(about === undefined ? found : describeFinding(about)).toEqual(
      expect.stringMatching(says),
    );
    expect(JSON.stringify(found)).not.toMatch(/hush|xoxb-|xapp-/);
  } finally {
    await planted.mend?.();
  }
});

it('leaves the folder of a pod as Kubernetes gave it, and carriers that their owner alone changes', async () => {
  chmodSync(join(folder, 'data'), 0o2777);
  mkdirSync(join(folder, 'closed', 'notes'), { recursive: true });
  const found = await findings({
    KUBERNETES_SERVICE_HOST: '10.0.0.1',
    CARRIERS_PATH: join(folder, 'closed'),
  });
  chmodSync(join(folder, 'data'), 0o700);
  const is = (what: string) => found.find(({ of }) => of === what)?.is;
  expect([is('Data folder'), is('Carrier code'), is('Keys')]).toEqual(['good', 'good', 'good']);
});

it('examines a machine of workers alone, which has no token of Slack', async () => {
  // A unit alone knows its name.
  const found = await findings({ ...OF_WORKERS, WORKER_CARRIERS: 'harbor-mutual' });
  expect(found.find(({ of }) => of === 'Settings')).toBeUndefined();
  expect(found.find(({ of }) => of === 'Slack')).toMatchObject({ is: 'good' });
  expect(found.map(({ of }) => of)).toEqual(expect.arrayContaining(['Keys', 'Database', 'Redis']));
});
