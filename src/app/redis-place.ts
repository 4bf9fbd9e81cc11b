import { addressOf, type RedisAddress } from '#queue/connection.ts';
import { lacksDatabase } from '#queue/examine.ts';
import { ConfigError, type Config } from './config.ts';

export const NO_DATABASE =
  'Name one that it has: redis://host:6379/0. How many it has says `databases` in its settings, 16 unless they are changed.';

/** A number stands behind the server: without one it is the first database, which each has. */
const namesDatabase = (url: URL): boolean =>
  /^\/\d*[1-9]/.test(url.pathname) || /[1-9]/.test(url.searchParams.get('db') ?? '');

/**
 * Where the queue is; undefined where we run it. Throws where nothing names it beside a real workspace's
 * Postgres, since whoever shares that would wait at a queue that this process alone knows; and where its
 * server says that it lacks the database, as its driver would go on in the first one, among the keys of
 * something else. A server that is away is waited for.
 */
export const redisAddress = async ({
  redisUrl,
  databaseUrl,
  mode,
}: Pick<Config, 'redisUrl' | 'databaseUrl' | 'mode'>): Promise<RedisAddress | undefined> => {
  if (redisUrl === undefined) {
    if (databaseUrl === undefined || mode.kind === 'local') return undefined;
    throw new ConfigError(
      'REDIS_URL is missing beside DATABASE_URL: bots and workers of one Postgres share one Redis as well. docs/deploy.md says how they start. Example: REDIS_URL=redis://10.0.0.5:6379',
    );
  }
  const url = new URL(redisUrl.reveal());
  const address = addressOf(redisUrl.reveal());
  if (url.protocol !== 'unix:' && namesDatabase(url) && (await lacksDatabase(address)))
    throw new ConfigError(
      `REDIS_URL names a database that the server at ${url.host} does not have. ${NO_DATABASE}`,
    );
  return address;
};
