import { slowStatements } from '#database/connection.ts';
import { serveFrom } from '#database/place.ts';
import type { Store } from '#database/store.ts';
import type { Config } from './config.ts';
import { asTold, type Logger } from './log.ts';
import type { Watched } from './watch.ts';

/** Serves from the firm's database, and says what takes its time there. */
export const serveDatabase = (
  config: Config,
  log: Logger,
  watched: Watched | undefined,
): Promise<Store & AsyncDisposable> =>
  serveFrom(
    config,
    slowStatements((statement) => {
      watched?.metrics.slowStatement();
      log[asTold(config, 'warn')](
        statement,
        'a statement took over 50 ms, in which nothing else was done',
      );
    }),
    (from, to) =>
      log.info(
        { from, to },
        'the database is brought up to date; with millions of syncs that takes minutes, so let it run',
      ),
  );
