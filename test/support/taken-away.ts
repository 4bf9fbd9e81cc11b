import { sql } from 'kysely';
import type { Database } from '#database/connection.ts';

interface Column {
  of: string;
  name: string;
  type: string;
  isRequired: number;
  initial: string | null;
}
interface Named {
  of: string;
  name: string;
  definition: string;
}

/** What programs of a Postgres lean on. */
export interface Shape {
  tables: ReadonlySet<string>;
  columns: readonly Column[];
  constraints: readonly Named[];
  indexes: readonly (Named & { isUnique: number })[];
  triggers: readonly Named[];
}

const all = async <T>(db: Database, query: string): Promise<T[]> =>
  (await sql.raw<T>(query).execute(db)).rows;

export const shapeOf = async (db: Database): Promise<Shape> => {
  const ours = `relnamespace = current_schema()::regnamespace and relname not like 'kysely%'`;
  const tables = await all<{ name: string }>(
    db,
    `select relname as name from pg_class where relkind = 'r' and ${ours}`,
  );
  const columns = await all<Column>(
    db,
    `select relname as of, attname as name, format_type(atttypid, atttypmod) as type,
        attnotnull and attidentity = '' as "isRequired", pg_get_expr(adbin, adrelid) as initial
      from pg_class join pg_attribute a on attrelid = pg_class.oid
      left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where relkind = 'r' and attnum > 0 and not attisdropped and ${ours}`,
  );
  const constraints = await all<Named>(
    db,
    `select relname as of, conname as name, pg_get_constraintdef(k.oid) as definition
      from pg_constraint k join pg_class on pg_class.oid = conrelid where ${ours}`,
  );
  const indexes = await all<Shape['indexes'][number]>(
    db,
    `select relname as of, i.indexrelid::regclass::text as name, indisunique as "isUnique",
        pg_get_indexdef(i.indexrelid) as definition
      from pg_index i join pg_class on pg_class.oid = indrelid
      where ${ours} and not exists (select from pg_constraint where conindid = i.indexrelid)`,
  );
  const triggers = await all<Named>(
    db,
    `select relname as of, tgname as name, pg_get_triggerdef(t.oid) as definition
      from pg_trigger t join pg_class on pg_class.oid = tgrelid where not tgisinternal and ${ours}`,
  );
  return {
    tables: new Set(tables.map(({ name }) => name)),
    columns,
    constraints,
    indexes,
    triggers,
  };
};

const plainly = ({ of, name }: { of: string; name: string }): string => `${of}.${name}`;

/** Of a table that was there before. */
const columnsOf = (before: Shape, after: Shape): string[] => {
  const then = new Map(before.columns.map((column) => [plainly(column), column]));
  const now = new Map(after.columns.map((column) => [plainly(column), column]));
  const gone = [...then.keys()].filter((name) => !now.has(name)).map((name) => `${name} is gone`);
  const asks = [...now].flatMap(([name, { of, type, isRequired, initial }]) => {
    if (!before.tables.has(of)) return [];
    const old = then.get(name);
    if (old === undefined)
      return isRequired === 1 && initial === null ? [`${name} is required of who writes`] : [];
    return [
      ...(old.type === type ? [] : [`${name} is ${type} and no more ${old.type}`]),
      ...(isRequired === 1 && old.isRequired === 0 ? [`${name} is required by now`] : []),
      ...(old.initial !== null && initial === null ? [`${name} begins with nothing by now`] : []),
    ];
  });
  return [...gone, ...asks];
};

const changed = (then: readonly Named[], now: readonly Named[]): Named[] =>
  then.filter(
    (one) =>
      !now.some((other) => plainly(other) === plainly(one) && other.definition === one.definition),
  );

/**
 * What a program that knows the one shape would miss in the other, or would be refused there, each in
 * words; and indexes for whose making all writers of a table had to wait.
 */
export const takenAway = (before: Shape, after: Shape, isAlone = false): string[] => {
  const ofOld = <T extends Named>(list: readonly T[]): T[] =>
    list.filter(({ of }) => before.tables.has(of));
  const [indexes, constraints] = [ofOld(after.indexes), ofOld(after.constraints)];
  const isUnique = ({ isUnique: unique }: { isUnique: number }): boolean => unique === 1;
  return [
    ...[...before.tables]
      .filter((name) => !after.tables.has(name))
      .map((name) => `${name} is gone`),
    ...columnsOf(before, after),
    ...changed(constraints, before.constraints).map(
      (one) => `${plainly(one)} refuses what was let in: ${one.definition}`,
    ),
    // Whoever writes "on conflict" names one of these.
    ...changed(before.constraints, constraints)
      .filter(({ definition }) => /^(PRIMARY KEY|UNIQUE)/.test(definition))
      .map((one) => `${plainly(one)} is gone`),
    ...changed(indexes.filter(isUnique), before.indexes).map(
      (one) => `${plainly(one)} refuses what was let in: ${one.definition}`,
    ),
    ...changed(before.indexes.filter(isUnique), indexes).map((one) => `${plainly(one)} is gone`),
    ...changed(before.triggers, after.triggers).map((one) => `${plainly(one)} is gone`),
    ...(isAlone
      ? []
      : changed(indexes, before.indexes).filter((one) => !isUnique(one as never))
    ).map(
      (one) => `${plainly(one)} keeps writers waiting: make it concurrently, in a step of its own`,
    ),
  ];
};
