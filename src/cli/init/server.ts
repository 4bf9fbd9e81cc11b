import { ConfigError, loadConfig } from '#app/config.ts';
import { KEYS } from '#app/settings.ts';
import { examinePostgres, type PostgresFacts } from '#database/examine.ts';
import { passwordAdvice } from '#database/password.ts';
import { nameOf, versionAt } from '#database/place.ts';
import type { Secret } from '#shared/secret.ts';
import { messageOf } from '../doctor/finding.ts';
import { problems } from '../doctor/postgres.ts';
import type { Terminal } from '../terminal.ts';
import { askUntilRight } from './places.ts';

/** The Postgres of a firm on several machines; what keeps a start from using it is told, and asked for again. */
export const askDatabase = (
  terminal: Terminal,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> =>
  askUntilRight(terminal, environment, {
    env: KEYS.databaseUrl.env,
    question: 'DATABASE_URL, such as postgres://user:password@host:5432/name:',
    secret: true,
    check: async (text) => {
      const { databaseUrl } = loadConfig(text === '' ? {} : { [KEYS.databaseUrl.env]: text });
      if (databaseUrl === undefined)
        throw new ConfigError(
          `${KEYS.databaseUrl.env} is missing. Leave out --postgres for a file on this machine.`,
        );
      for (const line of await lookAt(databaseUrl)) terminal.print(line);
    },
  });

/** What a start does not look at; the doctor does, and operators may mend it later. */
const SOUND = { syncs: true, waitsForDisk: true, room: Number.MAX_SAFE_INTEGER };

/** What is found; throws ConfigError with all that keeps a start from using it, each with its cure. */
const lookAt = async (databaseUrl: Secret): Promise<string[]> => {
  const place = { databaseFile: '', databaseUrl };
  const name = nameOf(place);
  let facts: PostgresFacts;
  try {
    facts = await examinePostgres(databaseUrl.reveal());
  } catch (error) {
    const why = messageOf(error);
    throw new ConfigError(
      `${name} cannot be used: ${why}. ${passwordAdvice(why) ?? 'Start it, or correct the address'}.`,
      { cause: error },
    );
  }
  const now = Date.now();
  const database = decodeURIComponent(new URL(databaseUrl.reveal()).pathname.slice(1));
  const among = (known: PostgresFacts): string[] =>
    [...problems(known, { now, free: undefined, database })].map(
      ({ found, next }) => `${name}: ${found}. ${next}`,
    );
  const bars = among({ ...facts, ...SOUND, at: now });
  if (bars.length > 0) throw new ConfigError(bars.join('\n'));
  const at = await versionAt(place);
  const holds = at.kind === 'absent' ? 'its tables are made at the import' : 'a firm is in it';
  return [`${name}: version ${facts.version}; ${holds}.`, ...among(facts)];
};
