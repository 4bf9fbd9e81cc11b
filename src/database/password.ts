import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The words of the driver, and of Postgres' own programs, where none is given. */
const LACKING = /password must be a|no password supplied/;

/** Whoever else may read it, neither the driver nor Postgres' programs read it then. */
const isOpen = (file: string): boolean => (statSync(file).mode & 0o077) !== 0;

/**
 * What to do about a Postgres that wants a password, where DATABASE_URL has none; undefined where it
 * failed for another reason. Both the driver and pg_dump look into PGPASSWORD, then into PGPASSFILE,
 * or else into ~/.pgpass.
 */
export const passwordAdvice = (
  why: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined => {
  if (!LACKING.test(why)) return undefined;
  const file = environment['PGPASSFILE'] ?? join(environment['HOME'] ?? homedir(), '.pgpass');
  if (!existsSync(file)) return 'It wants a password: put it into PGPASSWORD or ~/.pgpass';
  return isOpen(file)
    ? `It wants a password, and ${file} is not read while others may read it: chmod 600 ${file}`
    : `It wants a password, and no line of ${file} fits: host:port:database:user:password`;
};
