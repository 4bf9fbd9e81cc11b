import { once } from 'node:events';
import { join } from 'node:path';
import { pino } from 'pino';
import { startWorker } from '#app/worker.ts';
import { loadOrCreateKeys } from '#database/keys.ts';
import { openAt } from '#database/place.ts';
import { createOpener, createSealer } from '#database/sealing.ts';
import { endWithParent, placeOf } from './apart.ts';
import { waitingPortals } from './waiting-portals.ts';
import type { FromWorker, WorkerApart } from './worker-apart.ts';

/** A worker of the bench, alone in its process. */
const told = JSON.parse(process.env['APART'] ?? '') as WorkerApart;
endWithParent();
/** Who measures may have gone while a session still reads. */
const say = (what: FromWorker): void => {
  if (process.connected) process.send?.(what);
};

await using db = await openAt(placeOf(told.database));
const keys = await loadOrCreateKeys(join(told.folder, 'keys'));
await using working = new AsyncDisposableStack();
const worker = await startWorker({
  slots: told.slots,
  name: told.name,
  db,
  clock: () => Date.now() + told.aheadMs,
  redis: told.redis,
  opener: createOpener(keys),
  sealer: createSealer(keys),
  portals: waitingPortals(told.facts, (number) =>
    say({ kind: 'reads', number, at: performance.timeOrigin + performance.now() }),
  ),
  log: pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true })),
  graceMs: 2000,
});
working.use(worker);
const stopped = once(process, 'SIGTERM');
say({ kind: 'ready' });
await stopped;
process.removeAllListeners('disconnect');
process.disconnect?.();
