import type { Config } from '#app/config.ts';
import { addressOf } from '#queue/connection.ts';
import { examineRedis, isOfNoDatabase, type RedisFacts } from '#queue/examine.ts';
import { NO_DATABASE } from '#app/redis-place.ts';
import { messageOf, type Finding } from './finding.ts';

const OLDEST = [6, 2] as const;

const isOld = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
};

/** The Redis or Valkey of REDIS_URL; its address may hold a password, so only its host is shown. */
export const examineOwnRedis = async (
  redisUrl: NonNullable<Config['redisUrl']>,
): Promise<Finding> => {
  const url = new URL(redisUrl.reveal());
  const place = url.protocol === 'unix:' ? addressOf(url.href) : url.host;
  try {
    return judge(place, await examineRedis(addressOf(url.href)));
  } catch (error) {
    if (isOfNoDatabase(error))
      return {
        of: 'Redis',
        is: 'bad',
        found: `${place} has no database of the number in REDIS_URL`,
        next: NO_DATABASE,
      };
    const message = messageOf(error);
    const asks = /NOAUTH|WRONGPASS|AUTH/.test(message);
    return {
      of: 'Redis',
      is: 'bad',
      found: asks ? `${place} refuses the password` : `${place} does not answer (${message})`,
      next: asks
        ? 'Put its password into REDIS_URL: redis://:password@host:6379'
        : 'Start it, or correct REDIS_URL.',
    };
  }
};

const judge = (place: string, facts: RedisFacts): Finding => {
  const of = 'Redis';
  const at = `${facts.version} at ${place}`;
  if (isOld(facts.version))
    return { of, is: 'bad', found: `${at} is too old`, next: 'Bring up 6.2 or later, or Valkey.' };
  if (facts.refuses !== undefined)
    return { of, is: 'bad', found: `${at} ${facts.refuses.why}`, next: facts.refuses.next };
  if (facts.eviction !== 'noeviction' && facts.eviction !== '')
    return {
      of,
      is: 'bad',
      found: `${at} throws jobs away when its memory is full (${facts.eviction})`,
      next: 'In its settings: maxmemory-policy noeviction',
    };
  if (facts.writeFailed)
    return {
      of,
      is: 'bad',
      found: `${at} could not write its file the last time`,
      next: 'Give its disk room, and look into its log.',
    };
  if (!facts.persists)
    return {
      of,
      is: 'note',
      found: `${at} keeps nothing over a restart`,
      next: 'Nothing is lost by that, but syncs then wait for the next sweep. In its settings: appendonly yes',
    };
  return { of, is: 'good', found: at };
};
