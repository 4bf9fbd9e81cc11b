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
  serveFrom(config, {
    onStatement: slowStatements((statement) => {
      watched?.metrics.slowStatement();
      log[asTold(config, 'warn')](
        statement,
        'a statement took over 50 ms, in which nothing else was done',
      );
    }),
    onUpgrade: (from, to) =>
      log.info(
        { from, to },
        'the database is brought up to date; with millions of syncs that takes minutes, so let it run',
      ),
    onProblem: (err) =>
      log[asTold(config, 'warn')](
        { err },
        'the log of the database does not get into its file, and grows; look whether the disk is full. It is tried again each second',
      ),
  });
