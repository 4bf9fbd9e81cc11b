import { sql, type Kysely } from 'kysely';

/**
 * The order in which passwords of a login were submitted. Whether one without an answer was followed
 * by an accepted one is asked of this: a clock that is set back would tell it wrongly. A trigger gives
 * the place, so that a program which does not know of it keeps the order too.
 */
const COLUMN = `alter table sign_in_try add column seq bigint`;

const FILL = `update sign_in_try set seq = (
  select count(*) from sign_in_try o where o.source_id = sign_in_try.source_id
    and (o.submitted_at < sign_in_try.submitted_at
      or (o.submitted_at = sign_in_try.submitted_at and o.id <= sign_in_try.id)))`;

const next = (sourceId: string): string =>
  `(select coalesce(max(seq), 0) + 1 from sign_in_try where source_id = ${sourceId})`;

const run =
  (statements: readonly string[]) =>
  async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };

export const triesInOrder = {
  up: run([
    COLUMN,
    FILL,
    `create trigger sign_in_try_order after insert on sign_in_try when new.seq is null begin
      update sign_in_try set seq = ${next('new.source_id')} where id = new.id;
    end`,
  ]),
};

export const triesInOrderOnPostgres = {
  up: run([
    COLUMN,
    FILL,
    `create function sign_in_try_order() returns trigger language plpgsql as $$
      begin new.seq := ${next('new.source_id')}; return new; end $$`,
    `create trigger sign_in_try_order before insert on sign_in_try for each row
      when (new.seq is null) execute function sign_in_try_order()`,
  ]),
};
