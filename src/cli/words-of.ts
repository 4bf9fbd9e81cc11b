import { ConfigError } from '#app/config.ts';
import { Unusable } from '#database/unusable.ts';
import { CommandError } from './terminal.ts';

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');

/** What SQLite says of a file. */
const isOfSqlite = (error: Error): boolean =>
  /^SQLITE_(CANTOPEN|CORRUPT|FULL|IOERR|NOTADB|READONLY)/.test(codeOf(error));

/** No permission, no room, nobody who answers. */
const isOfSystem = (error: Error): boolean => 'code' in error && 'syscall' in error;

/** A Postgres that lets nobody in, or ends: classes 08, 28, 3D, 53 and 57 of its codes. */
const isOfServer = (error: Error): boolean =>
  'severity' in error && /^(08|28|3D|53|57)/.test(codeOf(error));

/**
 * What a person can put right, in a line that says what to do; undefined for a fault of this program,
 * whose place in it is worth more.
 */
export const wordsOf = (error: unknown): string | undefined => {
  if (error instanceof ConfigError || error instanceof CommandError || error instanceof Unusable)
    return error.message;
  if (!(error instanceof Error)) return undefined;
  if (isOfSqlite(error))
    return `The database cannot be used: ${error.message}. swivel-sync doctor says which it is; look at its disk and at who may write there.`;
  if (isOfServer(error)) return `The Postgres refuses: ${error.message}. Ask swivel-sync doctor.`;
  if (isOfSystem(error))
    return `${error.message}. Run it as the user of the service, and look at what it names.`;
  return undefined;
};
