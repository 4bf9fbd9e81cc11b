import { once } from 'node:events';
import { join } from 'node:path';
import { pino } from 'pino';
import { startBot } from '#app/bot.ts';
import { loadOrCreateKeys } from '#database/keys.ts';
import { openAt } from '#database/place.ts';
import { createSealer } from '#database/sealing.ts';
import { Secret } from '#shared/secret.ts';
import { endWithParent, placeOf } from './apart.ts';
import type { BotApart, FromBot } from './bot-apart.ts';

/** The bot of the bench, alone in its process. */
const told = JSON.parse(process.env['APART'] ?? '') as BotApart;
endWithParent();
const say = (what: FromBot): void => void process.send?.(what);

await using db = await openAt(placeOf(told.database));
await using bot = await startBot({
  config: told.config,
  db,
  clock: () => Date.now() + told.aheadMs,
  redis: told.redis,
  slack: {
    botToken: new Secret(told.slack.botToken),
    by: { kind: 'socket', appToken: new Secret(told.slack.appToken) },
    apiUrl: told.slack.apiUrl,
  },
  sealer: createSealer(await loadOrCreateKeys(join(told.folder, 'keys'))),
  carriers: told.carriers,
  log: pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true })),
  budget: told.budget,
  // Who measures says when.
  beatMs: 2 ** 31 - 1,
  loopbackLinks: true,
  pictures: join(told.folder, 'pictures'),
});
process.on('message', () => {
  bot.beat().then(
    () => say({ kind: 'beaten' }),
    (error: unknown) => say({ kind: 'beaten', problem: String(error) }),
  );
});
const stopped = once(process, 'SIGTERM');
say({ kind: 'ready', url: bot.url, teamId: bot.teamId });
await stopped;
process.removeAllListeners('disconnect');
process.disconnect?.();
