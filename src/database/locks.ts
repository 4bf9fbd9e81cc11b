import { sql } from 'kysely';
import type { Database } from './connection.ts';
import { isPostgres } from './dialect.ts';

/** Transactions that are taken back, whatever they come to. */
const rehearsals = new WeakSet<Database>();
export const rehearse = (trx: Database): void => void rehearsals.add(trx);
export const isRehearsal = (trx: Database): boolean => rehearsals.has(trx);

/**
 * What a transaction reads, and then writes because of it, must stay so until it ends. SQLite has one
 * writer at a time from the beginning of its transaction, so nothing is done there. On Postgres each
 * check names what it leans on, and whoever wants the same waits here. A rehearsal leans on nothing:
 * others would wait to its end for what it only reads.
 */
const locks = (trx: Database): boolean => isPostgres(trx) && !isRehearsal(trx);

/** The order in which locks are taken, and of each kind by id: two that take turns otherwise wait for each other. */
const ORDER = [
  'import',
  'owners',
  'person',
  'login_lease',
  'policy',
  'carrier',
  'cases',
  'audit',
  'request',
] as const;
type Kind = (typeof ORDER)[number];

let hear: ((disorder: string) => void) | undefined;
const held = new WeakMap<Database, Map<Kind, Set<string>>>();

/** For tests: told of each lock that a transaction takes after one that comes later. */
export const hearOfDisorder = (told: (disorder: string) => void): void => {
  hear = told;
};

const note = (trx: Database, kind: Kind, ids: readonly string[] = ['']): void => {
  if (hear === undefined) return;
  const all = held.get(trx) ?? new Map<Kind, Set<string>>();
  const own = all.get(kind) ?? new Set<string>();
  const news = ids.filter((id) => !own.has(id));
  const later = [...all.keys()].find((other) => ORDER.indexOf(other) > ORDER.indexOf(kind));
  if (news.length > 0 && later !== undefined) hear(`${kind} after ${later}`);
  const before = news.find((id) => [...own].some((other) => other > id));
  if (before !== undefined) hear(`${kind} ${before} after others of its kind`);
  for (const id of ids) own.add(id);
  held.set(trx, all.set(kind, own));
};

const lock = async (
  trx: Database,
  table: Kind,
  key: string,
  ids: readonly string[],
): Promise<void> => {
  if (ids.length === 0 || !locks(trx)) return;
  note(trx, table, ids);
  const each = sql.join([...new Set(ids)].map((id) => sql`${id}`));
  await sql`select 1 from ${sql.table(table)} where ${sql.ref(key)} in (${each})
    order by ${sql.ref(key)} for no key update`.execute(trx);
};

/** What no row stands for. */
const lockNumber = async (trx: Database, kind: Kind, number: number): Promise<void> => {
  if (!locks(trx)) return;
  note(trx, kind);
  await sql`select pg_advisory_xact_lock(${number})`.execute(trx);
};

/** Which lines of a file are new: two imports at once would add each of them. */
export const lockImports = (trx: Database): Promise<void> => lockNumber(trx, 'import', 3);

/** Who owns the firm, and every role. There may be no owner yet, so no row stands for them. */
export const lockOwners = (trx: Database): Promise<void> => lockNumber(trx, 'owners', 1);

/** Their access, the names of their logins, and how much may wait for each of them. */
export const lockPeople = (trx: Database, personIds: readonly string[]): Promise<void> =>
  lock(trx, 'person', 'id', personIds);

/**
 * Of each login who has it, its link and consent, its sign-ins, its tries of a password, and which syncs
 * of it are open. Which logins may be asked for, where a query finds them: what it read is read again then.
 */
export const lockLogins = async (
  trx: Database,
  which: readonly string[] | (() => Promise<readonly { source_id: string }[]>),
): Promise<void> => {
  if (!locks(trx)) return;
  const ids = typeof which === 'function' ? (await which()).map((row) => row.source_id) : which;
  await lock(trx, 'login_lease', 'source_id', ids);
};

/** The same of all logins of a carrier, before the carrier itself. */
export const lockLoginsOf = (trx: Database, carrierId: string): Promise<void> =>
  lockLogins(trx, () =>
    trx
      .selectFrom('login_source')
      .select('id as source_id')
      .where('carrier_id', '=', carrierId)
      .execute(),
  );

/**
 * Its number and what was changed here, its values, the reading of it that is set aside, and the order in
 * which its events go out.
 */
export const lockPolicies = async (
  trx: Database,
  which: readonly string[] | (() => Promise<readonly { id: string }[]>),
): Promise<void> => {
  if (!locks(trx)) return;
  const ids = typeof which === 'function' ? (await which()).map(({ id }) => id) : which;
  await lock(trx, 'policy', 'id', ids);
};

/** The pause of a carrier, its probe, and which numbers its policies have. */
export const lockCarrier = (trx: Database, carrierId: string): Promise<void> =>
  lock(trx, 'carrier', 'id', [carrierId]);

/** Which number the next case gets, and whether one is open. */
export const lockCases = (trx: Database): Promise<void> => lockNumber(trx, 'cases', 2);

/**
 * Whether all of its syncs have ended. Two that end its last ones in the same moment would each find the
 * other's open. What shows a change is written last of all, after the audit.
 */
export const lockRequests = (trx: Database, requestIds: readonly string[]): Promise<void> =>
  lock(trx, 'request', 'id', requestIds);

/** The end of the chain: each row follows the one before. */
export const lockAudit = async (trx: Database): Promise<void> => {
  if (!locks(trx)) return;
  note(trx, 'audit');
  await sql`select 1 from audit_start for no key update`.execute(trx);
};
