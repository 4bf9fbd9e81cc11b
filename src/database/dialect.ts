import {
  OperatorNode,
  PostgresAdapter,
  PostgresQueryCompiler,
  PrimitiveValueListNode,
  sql,
  type BinaryOperationNode,
  type RawBuilder,
  type RawNode,
} from 'kysely';
import type { Database } from './connection.ts';

/**
 * What SQLite and Postgres say differently, each by what it means. Every other query is one for both.
 * A fragment holds both forms, and the compiler of the database that runs it takes its own, so that a
 * store need not know where it runs.
 */

interface Both extends RawNode {
  /** The form of Postgres; the node itself is SQLite's. */
  readonly postgres: RawNode;
}

const differs = <T>(sqlite: RawBuilder<T>, postgres: RawBuilder<T>): RawBuilder<T> => {
  const node: Both = { ...sqlite.toOperationNode(), postgres: postgres.toOperationNode() };
  return sql<T>`${{ toOperationNode: () => node }}`;
};

/** Takes Postgres' form of what differs. */
export class PostgresCompiler extends PostgresQueryCompiler {
  /** In a list of nothing is nothing, says SQLite; to Postgres such a list is a mistake. */
  protected override visitBinaryOperation(node: BinaryOperationNode): void {
    const { operator, rightOperand: list } = node;
    const isEmpty = PrimitiveValueListNode.is(list) && list.values.length === 0;
    const word = isEmpty && OperatorNode.is(operator) ? operator.operator : undefined;
    if (word === 'in' || word === 'not in') this.append(word === 'in' ? 'false' : 'true');
    else super.visitBinaryOperation(node);
  }

  protected override visitRaw(node: RawNode): void {
    super.visitRaw('postgres' in node ? (node as Both).postgres : node);
  }
}

/**
 * Joins the rows whose ids a query finds for each row before them. Asked as SQLite is, Postgres looks
 * through the whole table for each of those.
 */
export const joinedIn = (
  table: string,
  as: string,
  ids: RawBuilder<unknown>,
): RawBuilder<unknown> =>
  differs(
    sql`join ${sql.table(table)} as ${sql.ref(as)} on ${sql.ref(`${as}.id`)} in (${ids})`,
    sql`cross join lateral (${ids}) as of_each
      join ${sql.table(table)} as ${sql.ref(as)} on ${sql.ref(`${as}.id`)} = of_each.id`,
  );

/** That this is among what a query finds, which is asked once: Postgres may ask it for each row otherwise. */
export const isOneOf = (what: string, found: RawBuilder<unknown>): RawBuilder<boolean> =>
  differs(
    sql<boolean>`${sql.ref(what)} in (${found})`,
    sql<boolean>`${sql.ref(what)} = any(array(${found}))`,
  );

/** Where a step is there for one of them alone, as a lock is. */
export const isPostgres = (db: Database): boolean =>
  db.getExecutor().adapter instanceof PostgresAdapter;

/** The file of a database; '' of one that is no file of its own: in memory, or on a server. */
export const fileOf = async (db: Database): Promise<string> => {
  if (isPostgres(db)) return '';
  const { rows } = await sql<{ file: string }>`
    select file from pragma_database_list where name = 'main'`.execute(db);
  return rows[0]?.file ?? '';
};

/** The words of an index that SQLite would not find by itself; Postgres chooses by what it has counted. */
export const indexedBy = (index: string): RawBuilder<unknown> =>
  differs(sql`indexed by ${sql.ref(index)}`, sql``);

/** Of a sync, in the very words of the indexes of open ones: SQLite takes those nowhere else. */
export const isOpen = (sync?: string): RawBuilder<boolean> =>
  sql<boolean>`${sql.ref(sync === undefined ? 'status' : `${sync}.status`)} in ('queued', 'in-progress')`;

/** Open, and not under way yet: said so, SQLite takes no index that has every status in it. */
export const isQueued = (sync?: string): RawBuilder<boolean> =>
  sql<boolean>`(${isOpen(sync)}
    and ${sql.ref(sync === undefined ? 'status' : `${sync}.status`)} <> 'in-progress')`;

/** Keeps SQLite from an index of this column. */
export const noIndex = (column: string): RawBuilder<unknown> =>
  differs(sql`+${sql.ref(column)}`, sql.ref(column));

/** SQLite walks a cross join as it is written; Postgres orders joins by what it has counted. */
export const orderedJoin: RawBuilder<unknown> = differs(sql`cross join`, sql`join`);

/** Whether a text holds this part, letter by letter. */
export const holds = (text: RawBuilder<unknown>, part: string): RawBuilder<boolean> =>
  differs(sql<boolean>`instr(${text}, ${part}) > 0`, sql<boolean>`strpos(${text}, ${part}) > 0`);

/** The last letters of a text, all of them where it has fewer. */
export const lastOf = (text: RawBuilder<unknown>, letters: number): RawBuilder<string> =>
  differs(
    sql<string>`substr(${text}, ${sql.lit(-letters)})`,
    sql<string>`right(${text}, ${sql.lit(letters)})`,
  );

/** A list of texts as rows with a `value`, to join with; `key` is their order. */
export const eachOf = (texts: readonly string[]): RawBuilder<unknown> =>
  eachIn(JSON.stringify(texts));

/** The same of a list that is JSON already. */
export const eachIn = (json: string): RawBuilder<unknown> =>
  differs(
    sql`json_each(${json})`,
    sql`(select value, place as key from json_array_elements_text(${json}::json)
      with ordinality as listed (value, place))`,
  );

/** The same of a list of objects: `->>` gives a field of a `value`. */
export const eachObject = (objects: readonly object[]): RawBuilder<unknown> => {
  const json = JSON.stringify(objects);
  return differs(
    sql`json_each(${json})`,
    sql`(select value, place as key from json_array_elements(${json}::json)
      with ordinality as listed (value, place))`,
  );
};

/** The same of a list of whole numbers. */
export const eachNumber = (numbers: readonly number[]): RawBuilder<unknown> => {
  const json = JSON.stringify(numbers);
  return differs(
    sql`json_each(${json})`,
    sql`(select value::integer from json_array_elements_text(${json}::json) as listed (value))`,
  );
};

/** A field of a text that is JSON, as text. */
export const fieldOf = (json: RawBuilder<unknown>, field: string): RawBuilder<string> =>
  differs(
    sql<string>`${json} ->> ${sql.lit(field)}`,
    sql<string>`${json}::json ->> ${sql.lit(field)}`,
  );

/** The texts of a group, one after another with commas. */
export const listOf = (text: RawBuilder<unknown>): RawBuilder<string> =>
  differs(sql<string>`group_concat(${text})`, sql<string>`string_agg(${text}, ',')`);

/** A part of what a search knows; a blank before or after it is the beginning or the end of a word. */
export type Parts = readonly string[];

const quoted = (part: string): string => `"${part.replaceAll('"', '""')}"`;
const like = (part: string): string => `%${part.replace(/[\\%_]/g, '\\$&')}%`;

/** The index of three letters knows nothing shorter. */
export const isIndexed = (part: string): boolean => Array.from(part).length >= 3;

/** That each part of one of these lists is so. */
export const allOfAny = (
  anyOf: readonly Parts[],
  isSo: (part: string) => RawBuilder<unknown>,
): RawBuilder<boolean> =>
  sql<boolean>`(${sql.join(
    anyOf.map((parts) => sql`(${sql.join(parts.map(isSo), sql` and `)})`),
    sql` or `,
  )})`;

/** What holds every part of one of these lists, in the words of SQLite's index of three letters. */
const matching = (anyOf: readonly Parts[]): string =>
  anyOf.map((parts) => `(${parts.map(quoted).join(' AND ')})`).join(' OR ');

/** The same where Postgres has such an index; parts are in small letters. */
const likeAny = (text: RawBuilder<unknown>, anyOf: readonly Parts[]): RawBuilder<boolean> =>
  allOfAny(anyOf, (part) => sql`${text} like ${like(part)}`);

/** Up to `most` rows of the report whose text holds every part of one of these lists. */
export const searched = (anyOf: readonly Parts[], most?: number): RawBuilder<unknown> => {
  const limit = most === undefined ? sql`` : sql` limit ${most}`;
  return differs(
    sql`select found.rowid as row from policy_search found
      where policy_search match ${matching(anyOf)}${limit}`,
    sql`select found.row from policy_report found
      where ${likeAny(sql`found.text`, anyOf)} order by found.row${limit}`,
  );
};

/**
 * Up to `most` contacts whose words hold every part of one of these lists: id, name, search. SQLite's
 * index is asked for the parts that `asked` says, and the words of what it has for those are looked at.
 */
export const searchedContacts = (
  anyOf: readonly Parts[],
  most: number,
  asked: (parts: Parts) => Parts,
): RawBuilder<unknown> =>
  differs(
    sql`select w.contact_id as id, w.name, w.search
      from (select rowid as row from contact_search where contact_search match ${matching(anyOf.map(asked))}) found
      cross join contact_words w on w.row = found.row
      where ${allOfAny(anyOf, (part) => holds(sql`' ' || w.search || ' '`, part))} limit ${most}`,
    sql`select found.id, found.name, found.search from contact found
      where ${likeAny(sql`(' ' || found.search || ' ')`, anyOf)} limit ${most}`,
  );

/**
 * Ends a select whose rows stay as they were read until the transaction ends. SQLite has one writer at
 * a time, from the beginning of its transaction, and needs no word for it.
 */
export const locked = (of?: string): RawBuilder<unknown> =>
  differs(
    sql``,
    of === undefined ? sql`for no key update` : sql`for no key update of ${sql.ref(of)}`,
  );

/** The same, and passes over rows that somebody else has: to claim one of many. */
export const lockedFree = (of: string): RawBuilder<unknown> =>
  differs(sql``, sql`for no key update of ${sql.ref(of)} skip locked`);
