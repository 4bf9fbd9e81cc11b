import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { DID_NOT_WORK } from '#slack/answers.ts';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { startFirm, type TestFirm } from '#test/support/firm.ts';
import { scriptPortals, type ScriptedPortals } from '#test/support/scripted-portals.ts';
import { figuresOf, type Trial } from './trial.ts';
import { ANA, TEAM } from '#test/support/people.ts';

const HOUR = 3_600_000;
const TUESDAY = Date.parse('2026-11-24T15:00:00Z');
const PATIENCE_MS = 120_000;

interface World {
  firm: TestFirm;
  /** Of the database. */
  file: string;
}

/** What became of commands for one policy each. */
interface Outcome {
  unanswered: number;
  told: number;
}

const until = async (what: string, that: () => Promise<boolean>): Promise<void> => {
  const began = performance.now();
  while (!(await that())) {
    if (performance.now() - began > PATIENCE_MS) throw new Error(`${what} did not come about.`);
    await sleep(100);
  }
};

const requestsOf = async ({ db }: TestFirm, numbers: readonly string[]) =>
  db
    .selectFrom('request as r')
    .innerJoin('policy as p', 'p.id', 'r.policy_id')
    .select(['r.id', 'r.ended_at', 'p.number'])
    .where('p.number', 'in', [...numbers])
    .execute();

const toldOf = async ({ client }: TestFirm): Promise<number> =>
  (await client.messages(ANA, TEAM)).filter(
    ({ ephemeral, text }) => ephemeral && text.includes(DID_NOT_WORK),
  ).length;

/** Types a command for each, `everyMs` apart; Slack shows a problem where it is not acknowledged. */
const typeAll = async (
  { firm }: World,
  numbers: readonly string[],
  everyMs: number,
): Promise<Outcome> => {
  const told = await toldOf(firm);
  const acts: Promise<{ problem?: string }>[] = [];
  for (const number of numbers) {
    acts.push(firm.client.command(ANA, TEAM, `/sync policy ${number}`));
    await sleep(everyMs);
  }
  const answers = await Promise.all(acts);
  return {
    unanswered: answers.filter(({ problem }) => problem !== undefined).length,
    told: (await toldOf(firm)) - told,
  };
};

const payloadOf = ({ metadata }: LocalMessage): Record<string, unknown> =>
  (metadata as { event_payload?: Record<string, unknown> } | undefined)?.event_payload ?? {};

/** How many final replies the threads of these requests have, beside the one each should. */
const endings = async (
  { firm }: World,
  numbers: readonly string[],
): Promise<{ missing: number; more: number }> => {
  const rows = await requestsOf(firm, numbers);
  const messages = await firm.client.messages(ANA, TEAM);
  let missing = 0;
  let more = 0;
  for (const { id, ended_at } of rows) {
    const card = messages.find((message) => payloadOf(message)['request'] === id);
    const thread = card === undefined ? [] : await firm.client.messages(ANA, TEAM, card.ts);
    const closings = thread.filter(
      (message) => message.threadTs !== undefined && payloadOf(message)['ended'] === true,
    ).length;
    if (ended_at === null || closings === 0) missing += 1;
    if (closings > 1) more += closings - 1;
  }
  return { missing, more };
};

const allEnd = async (world: World, numbers: readonly string[]): Promise<void> =>
  until('the end of every request', async () => {
    const rows = await requestsOf(world.firm, numbers);
    return (
      rows.every(({ ended_at }) => ended_at !== null) &&
      (await endings(world, numbers)).missing === 0
    );
  });

/** Another program holds the database's lock, as a copy or a person with a shell does. */
const whileLocked = async (world: World, ms: number, numbers: readonly string[]) => {
  const another = new BetterSqlite(world.file);
  another.exec('begin immediate');
  const free = async (): Promise<void> => {
    await sleep(ms);
    another.exec('commit');
    another.close();
  };
  const [outcome] = await Promise.all([typeAll(world, numbers, ms / numbers.length), free()]);
  return outcome;
};

/** The disk takes no page more, and no page is left free; and then it is as before. */
const whileFull = async (world: World, numbers: readonly string[]) => {
  const { db } = world.firm;
  await sql`create table filler (bytes blob)`.execute(db);
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
  await sql`pragma max_page_count = ${sql.lit(rows[0]?.page_count ?? 0)}`.execute(db);
  try {
    for (;;) await sql`insert into filler values (zeroblob(3000))`.execute(db);
  } catch {
    // Now it is full.
  }
  const outcome = await typeAll(world, numbers, 100);
  await sql`pragma max_page_count = 4294967294`.execute(db);
  await sql`drop table filler`.execute(db);
  return outcome;
};

/** Leaps of the clock: an hour ahead and back as at its changes, a day of downtime, years of a wrong clock. */
const LEAPS: readonly (readonly [what: string, ms: number])[] = [
  ['an hour ahead', HOUR],
  ['an hour back', -HOUR],
  ['three minutes back', -180_000],
  ['a day ahead', 24 * HOUR],
  ['three years ahead', 3 * 365 * 24 * HOUR],
  ['three years back', -3 * 365 * 24 * HOUR],
];

/** What ended, by what a night could forget of it too early. */
const ENDED = {
  request: 'ended_at',
  sync: 'finished_at',
  sign_in: 'finished_at',
  link: 'finished_at',
  notification: 'created_at',
} as const;

/** Ids of all that has ended. */
const endedOf = async ({ firm }: World): Promise<Set<string>> => {
  const ids = new Set<string>();
  for (const [table, ended] of Object.entries(ENDED)) {
    const { rows } = await sql<{ id: string }>`select id from ${sql.table(table)}
      where ${sql.ref(ended)} is not null`.execute(firm.db);
    for (const { id } of rows) ids.add(`${table} ${id}`);
  }
  return ids;
};

/** Policies that are read each day: at home at a linked login, and not known to be stale or gone. */
const dailyOf = async ({ firm }: World): Promise<string[]> => {
  const { rows } = await sql<{ read: string }>`
    select p.home_source_id || ' ' || p.number as read from policy p
      join login_link k on k.source_id = p.home_source_id and k.linked = 1
      join policy_report r on r.policy_id = p.id and r.syncable = 1
    where coalesce(r.last_reason, '') not in ('stale', 'gone')`.execute(firm.db);
  return rows.map(({ read }) => read);
};

const isWorkedOff = async ({ firm }: World): Promise<boolean> => {
  const { rows } = await sql`
    select 1 from login_link where linked = 1 and day_wanted_at is not null
    union all
    select 1 from sync s join login_link k on k.source_id = s.source_id and k.linked = 1
      where s.status in ('queued', 'in-progress') limit 1`.execute(firm.db);
  return rows.length === 0;
};

/** The heart beats and the day is worked off: how many policies were not read, and how many twice. */
const workDay = async (
  world: World,
  at: ScriptedPortals,
): Promise<{ unread: number; twice: number }> => {
  const daily = await dailyOf(world);
  const before = at.reads().length;
  await world.firm.bot.beat();
  await until('the end of a day', () => isWorkedOff(world));
  const reads = at
    .reads()
    .slice(before)
    .map(({ source, number }) => `${source} ${number}`);
  return {
    unread: daily.filter((each) => !reads.includes(each)).length,
    twice: reads.length - new Set(reads).size,
  };
};

const daysOf = async ({ firm }: World): Promise<number> =>
  (await firm.db.selectFrom('work_day').select('day').execute()).length;

export const clockAndDisk: Trial = {
  name: 'clock-and-disk',
  about:
    'The database is locked for seconds, the disk is full, and the clock leaps by hours and years.',
  run: async ({ short, say }) => {
    const figure = figuresOf('clock-and-disk');
    let ahead = TUESDAY - Date.now();
    const clock = (): number => Date.now() + ahead;
    await using firm = await startFirm({ clock });
    // What ends by its portal's word is another trial's: here links hold whatever the clock says.
    await firm.db
      .updateTable('login_link')
      .set({ ends_at: null })
      .where('linked', '=', 1)
      .execute();
    const at = scriptPortals(firm.facts, clock);
    // A session that meets the full disk tries again after a minute: too long for the short form.
    if (!short) await firm.work(at.portals);
    const policies = await firm.db
      .selectFrom('policy as p')
      .innerJoin('product_status as st', 'st.name', 'p.status')
      .select('p.number')
      .where('p.home_source_id', '=', await firm.sourceId('S-NB-ANA'))
      .where('st.indicator', '=', 'open')
      .orderBy('p.number')
      .execute();
    const { rows: twice } = await sql<{ number: string }>`
      select number from policy group by number having count(*) > 1`.execute(firm.db);
    // What two carriers have is asked about, and no request at once.
    const numbers = policies
      .map(({ number }) => number)
      .filter((each) => !twice.some(({ number }) => number === each));
    const file = (await sql<{ file: string }>`pragma database_list`.execute(firm.db)).rows[0]?.file;
    const world: World = { firm, file: file ?? '' };
    const some = short ? 4 : 12;
    const take = (): string[] => {
      const taken = numbers.splice(0, some);
      if (taken.length < some) throw new Error('The firm has too few policies for this.');
      return taken;
    };

    const locked = take();
    const lockedMs = short ? 3000 : 10_000;
    const waited = await whileLocked(world, lockedMs, locked);
    if (!short) await allEnd(world, locked);
    const unwritten = some - waited.told - (await requestsOf(firm, locked)).length;
    say(`locked for ${lockedMs} ms: ${some} commands, ${waited.told} told to try again`);

    const full = take();
    const refused = await whileFull(world, full);
    const written = await requestsOf(firm, full);
    say(`full: ${some} commands, ${written.length} written, ${refused.told} told to try again`);
    if (short) await firm.work(at.portals);
    const after = take();
    const again = await typeAll(world, after, 0);
    await allEnd(world, [...locked, ...full, ...after]);
    const notWritten = some - (await requestsOf(firm, after)).length;
    const ends = [await endings(world, [...locked, ...full, ...after])];

    const days = await daysOf(world);
    let unanswered = 0;
    let lost = 0;
    const ended = await endedOf(world);
    for (const [what, ms] of short ? LEAPS.slice(-2) : LEAPS) {
      ahead += ms;
      const one = numbers.splice(0, 2);
      await firm.bot.beat();
      unanswered += (await typeAll(world, one, 0)).unanswered;
      await allEnd(world, one);
      ends.push(await endings(world, one));
      lost += one.length - (await requestsOf(firm, one)).length;
      say(`${what}: ${one.length} commands ended, ${(await daysOf(world)) - days} more days begun`);
    }
    await until('the end of the day of the leaps', () => isWorkedOff(world));
    const begun = await daysOf(world);
    const later = { unread: 0, twice: 0 };
    for (let day = 0; day < 2; day += 1) {
      ahead += 24 * HOUR;
      const worked = await workDay(world, at);
      say(`a day later: ${worked.unread} policies not read, ${worked.twice} read twice`);
      later.unread += worked.unread;
      later.twice += worked.twice;
    }
    const now = await endedOf(world);
    const forgotten = [...ended].filter((id) => !now.has(id)).length;
    const missing = ends.reduce((sum, end) => sum + end.missing, 0);
    const more = ends.reduce((sum, end) => sum + end.more, 0);
    const { n: open } = await firm.db
      .selectFrom('sync')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where('priority', '=', 1)
      .where('status', 'in', ['queued', 'in-progress'])
      .executeTakeFirstOrThrow();
    return [
      figure(
        'commands without an ack while the database was locked',
        waited.unanswered,
        'commands',
        '=',
        0,
      ),
      figure('neither written nor told while it was locked', unwritten, 'commands', '=', 0),
      figure(
        'commands without an ack while the disk was full',
        refused.unanswered,
        'commands',
        '=',
        0,
      ),
      figure(
        'neither written nor told while it was full',
        some - refused.told - written.length,
        'commands',
        '=',
        0,
      ),
      figure('not written once there was room', notWritten, 'commands', '=', 0),
      figure('commands without an ack after that', again.unanswered, 'commands', '=', 0),
      figure('commands without an ack after a leap of the clock', unanswered, 'commands', '=', 0),
      figure('commands not written after a leap of the clock', lost, 'commands', '=', 0),
      figure('requests without a final reply', missing, 'requests', '=', 0),
      figure('final replies too many', more, 'replies', '=', 0),
      figure('forced syncs left open', open, 'syncs', '=', 0),
      figure(
        'days that begin in two after the clock was years ahead',
        (await daysOf(world)) - begun,
        'days',
        '=',
        2,
      ),
      figure('policies not read on these days', later.unread, 'policies', '=', 0),
      figure('policies read twice on one of them', later.twice, 'policies', '=', 0),
      figure('what had ended and was forgotten', forgotten, 'rows', '=', 0),
    ];
  },
};
