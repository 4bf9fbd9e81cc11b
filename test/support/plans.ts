import { sql } from 'kysely';
import { openDatabase, type Database } from '#database/connection.ts';
import { insertFirm, type Scene } from './scene-firm.ts';

/** A firm of one policy on SQLite, and the walks that its plans hold. */
export interface Planned extends AsyncDisposable {
  db: Database;
  /** Each walk over what grows, of all that is asked for while this is done. */
  walksOf: (act: () => Promise<unknown>) => Promise<string[]>;
}

/** Tables that grow with time: of them only what is open, old, or of one thing, is walked. */
const GROWING =
  /^SCAN (sync|s|request|r|rs|request_sync|policy_value|v|audit|subject_message|notification|calendar_choice)\b/;

/** Of a policy all its syncs, a row for each day that is kept. */
const HISTORY = /INDEX sync_policy \(policy_id=\?\)$/;

/** What people asked for since a time, ended or not. */
const FORCED = /INDEX sync_forced /;

/** Of a policy each value that it ever had. */
const VALUES = /INDEX policy_value_latest \(policy_id=\?\)$/;

/** What a step of the sweep, the night or the day may not walk, though it may count a queue. */
export const isWalkOfStep = (detail: string, text: string): boolean =>
  HISTORY.test(detail) ||
  FORCED.test(detail) ||
  WHOLE.test(detail) ||
  STORED.test(detail) ||
  (VALUES.test(detail) && !FIRST.test(text));

/** Of a login all policies at home there, and not the next ones of them. */
export const isWalkOfHome = (detail: string): boolean =>
  detail.endsWith('INDEX policy_home (home_source_id=?)');

/** Of a login all its syncs, or a look at each row of its queue. */
const LOGIN = /(?<!COVERING )INDEX sync_source /;
const WHOLE = /INDEX sync_source \(source_id=\?\)$/;
/** There are few of these at a login. */
const FEW = /where source_id = \? and status = '(in-progress|needs-link)'|"running"\."status"/;

/** In the order of its key, a table is read no further than its limit. */
const IN_ORDER = /from "audit" order by "seq"( desc)? limit \?$/;

/** Whole tables, in any order, and all that is open. */
const STORED =
  /^SCAN (sync|s|request|rs|request_sync|policy_value|v|audit|subject_message|notification|background_run|sign_in|i|link|pause_wait|sealed_secret|book_reading|b|meeting|webhook_event)( USING (COVERING )?INDEX (sqlite_autoindex|sync_open)\w*)?$/;
/** Looks no further than the oldest one. */
const FIRST = /exists \(\s*select 1 from policy_value/;

const isWalk = (detail: string, text: string): boolean =>
  HISTORY.test(detail) ||
  VALUES.test(detail) ||
  FORCED.test(detail) ||
  WHOLE.test(detail) ||
  (LOGIN.test(detail) && !FEW.test(text)) ||
  (GROWING.test(detail) && !/USING|VIRTUAL TABLE/.test(detail));

export const openPlanned = async (scene: Scene, now: number): Promise<Planned> => {
  const run: string[] = [];
  const db = await openDatabase(':memory:', (text) => void run.push(text));
  await insertFirm(db, scene, now);
  return { db, walksOf: walksIn(db, run, isWalk), [Symbol.asyncDispose]: () => db.destroy() };
};

/** Of all that is run meanwhile, as `run` is told of it: what of its plans is a walk. */
export const walksIn =
  (db: Database, run: string[], isWalk: (detail: string, text: string) => boolean) =>
  async (act: () => Promise<unknown>): Promise<string[]> => {
    run.length = 0;
    await act();
    const walks: string[] = [];
    for (const text of new Set(run)) {
      // Of an insert the plan names what foreign keys would look at, were one of them broken.
      if (!/^\s*(select|update|delete)/i.test(text) || IN_ORDER.test(text)) continue;
      const { rows } = await sql
        .raw<{ detail: string }>(`explain query plan ${text.replaceAll('?', 'null')}`)
        .execute(db);
      for (const { detail } of rows) if (isWalk(detail, text)) walks.push(`${detail}: ${text}`);
    }
    return walks;
  };
