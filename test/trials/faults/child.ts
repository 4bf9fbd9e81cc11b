import { once } from 'node:events';
import { join } from 'node:path';
import { pino } from 'pino';
import { Secret } from '#shared/secret.ts';
import { serveFrom } from '#database/place.ts';
import { loadOrCreateKeys } from '#database/keys.ts';
import { createOpener, createSealer } from '#database/sealing.ts';
import { factsOf, loadCarriers } from '#portal/carriers.ts';
import { READY } from '#app/child.ts';
import { loadConfig } from '#app/config.ts';
import type { ChildFirm } from './protocol.ts';

/** The bot or a worker of a trial, alone in its process as on a machine of its own. */
const firm = JSON.parse(process.env['FIRM'] ?? '') as ChildFirm;
// Whoever keeps the trial is gone.
process.on('disconnect', () => process.exit(0));

const log = pino({ level: 'warn' }, pino.destination({ dest: firm.logFile, sync: true }));
const stack = new AsyncDisposableStack();
const url = firm.databaseUrl;
const served = stack.use(
  await serveFrom({
    databaseFile: firm.databaseFile,
    databaseUrl: url === undefined ? undefined : new Secret(url),
  }),
);
const { clock } = served;
const db =
  firm.endAt === undefined ? served.db : (await import('./end-at.ts')).endAt(firm.endAt, served.db);
const keys = await loadOrCreateKeys(join(firm.folder, 'keys'));
const sealer = createSealer(keys);
const carriers = await loadCarriers({
  folders: [join(import.meta.dirname, '../../../carriers')],
  addresses: firm.addresses,
  allowDemo: true,
});
const facts = carriers.map(factsOf);

if (firm.role === 'bot') {
  const { startBot } = await import('#app/bot.ts');
  const { apiUrl, appToken, botToken } = firm.workspace;
  const bot = await startBot({
    config: {
      ...loadConfig({}),
      supportChannel: 'CSUPPORT1',
      digestChannel: undefined,
      workerSlots: firm.slots,
      mostForced: 1000,
      port: 0,
    },
    db,
    clock,
    redis: firm.redis,
    slack: {
      botToken: new Secret(botToken),
      by: { kind: 'socket', appToken: new Secret(appToken) },
      apiUrl,
    },
    sealer,
    carriers: facts,
    log,
    // What Slack's limits slow down has tests of its own.
    budget: { updatesPerMinute: 6000, floorMs: 50, postBurst: 1e6, retryMs: 300 },
    // The trial queues the day's work.
    beatMs: 2 ** 31 - 1,
    loopbackLinks: true,
    pictures: join(firm.folder, 'pictures'),
  });
  stack.use(bot);
} else {
  const { startWorker } = await import('#app/worker.ts');
  const { remotePortals } = await import('./remote-portals.ts');
  const worker = await startWorker({
    slots: firm.slots,
    name: firm.name,
    db,
    clock,
    redis: firm.redis,
    opener: createOpener(keys),
    sealer,
    portals: remotePortals(firm, facts),
    log,
  });
  stack.use(worker);
}
const stopped = once(process, 'SIGTERM');
process.send?.(READY);
await stopped;
await stack.disposeAsync();
process.exit(0);
