import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { producerConnection } from '#queue/connection.ts';
import { createSessionQueue, type Wake } from '#queue/sessions.ts';
import { breathe } from '#shared/clock.ts';
import { startAtWork, type FirmAtWork } from './at-work.ts';
import { isFree } from '#core/logins/store/lease.ts';
import { indexedBy, isOpen, orderedJoin } from '#database/dialect.ts';
import { forceOne } from './busy.ts';
import { atMost, percentile, type Figure } from './figure.ts';
import { CARRIERS } from './firm-rows.ts';
import type { LargeFirm } from './large-firm.ts';
import { READ_MS } from './waiting-portals.ts';

/** How many policies wait when a person forces one. */
const BACKLOGS = [0, 1000, 100_000, 1_000_000];
/** A policy waits at so many of its carrier's logins at most. */
const LOGINS_OF_ONE = 6;
/** Of each worker. */
const SLOTS = 4;
const FORCED = 40;
/** What a process does for the first time is a figure of its start. */
const UNCOUNTED = 4;
/** Rows of one statement: the bot goes on in between. */
const AT_ONCE = 5000;
/** The first logins are those of whoever forces. */
const OTHERS_FROM = 20;

const chunks = (from: number, to: number): [from: number, to: number][] =>
  Array.from({ length: Math.ceil((to - from) / AT_ONCE) }, (_, nth) => [
    from + nth * AT_ONCE,
    Math.min(to, from + (nth + 1) * AT_ONCE),
  ]);

/**
 * Background syncs of every policy that may be synced, first at its home, then at the next login of its
 * carrier, and so on: one of a policy and a login.
 */
const fill = async (
  { firm }: FirmAtWork,
  { policies, logins }: LargeFirm,
  from: number,
  to: number,
): Promise<void> => {
  // In the text: a number that is handed over divides with a fraction.
  const syncable = sql.lit((policies / 10) * 9);
  const ofCarrier = sql.lit(Math.floor(logins / CARRIERS));
  const carriers = sql.lit(CARRIERS);
  for (const [first, end] of chunks(from, to)) {
    await sql`
      with recursive n(j) as (select ${sql.lit(first)} union all select j + 1 from n where j + 1 < ${sql.lit(end)}),
        place (j, i, turn) as (select j, j % ${syncable} / 9 * 10 + j % ${syncable} % 9, j / ${syncable} from n)
      insert into sync (id, policy_id, source_id, priority, status, reason, created_at)
        select 'backlog-' || substr(cast(10000000 + j as text), 2),
          'policy-' || substr(cast(1000000 + i as text), 2), k.source_id, 100, 'queued',
          case k.linked when 1 then 'waiting' else 'waiting-for-link' end, ${firm.clock()}
        from place join login_link k on k.source_id = 'source-' || substr(cast(
          100000 + i % ${carriers} + ${carriers} * ((i / ${carriers} + turn) % ${ofCarrier}) as text), 2)
        where true
        on conflict do nothing`.execute(firm.db);
    await breathe();
  }
};

/** Nothing waits before the first figure; the background of unlinked logins did. */
const endWaits = async ({ firm }: FirmAtWork): Promise<void> => {
  await firm.db
    .updateTable('sync')
    .set({ status: 'needs-link', reason: 'not-linked', finished_at: firm.clock() })
    .where(isOpen())
    .execute();
};

/** How many wait for a slot now. */
const waitingForASlot = async ({ firm }: FirmAtWork): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select count(*) as n from sync
    where ${isOpen()} and status = 'queued' and reason = 'waiting'`.execute(firm.db);
  return rows[0]?.n ?? 0;
};

/** One background sync at each of so many logins of others, which is all that there is to do. */
const occupy = async (
  { firm, workers }: FirmAtWork,
  { logins }: LargeFirm,
  wake: Wake,
  nth: number,
): Promise<void> => {
  const rows = Array.from({ length: SLOTS * workers }, (_, slot) => {
    // Every tenth policy may not be synced.
    const mayBe = slot + Math.floor(slot / 9);
    const login =
      OTHERS_FROM + ((nth * 20 + mayBe) % (Math.floor((logins - OTHERS_FROM) / 20) * 20));
    return {
      id: `occupies-${String(nth).padStart(5, '0')}-${slot}`,
      policy_id: `policy-${String(login).padStart(6, '0')}`,
      source_id: `source-${String(login).padStart(5, '0')}`,
      priority: 100,
      status: 'queued' as const,
      reason: 'waiting' as const,
      created_at: firm.clock(),
    };
  });
  await firm.db.insertInto('sync').values(rows).execute();
  for (const { source_id } of rows) await wake(source_id, 'daily');
};

/** What waits, and what the background reads: looked for where it is, for whoever looks takes time as well. */
const waiting = async ({ firm }: FirmAtWork): Promise<{ queued: number; read: number }> => {
  const { rows } = await sql<{ queued: number; read: number }>`select
    exists (select 1 from sync ${indexedBy('sync_open_order')}
      where ${isOpen()} and status = 'queued') as queued,
    (select count(*) from login_source l
      ${orderedJoin} sync s ${indexedBy('sync_source')} on s.source_id = l.id and s.status = 'in-progress'
        and s.priority <> 1
      where not ${isFree(firm.clock())}) as "read"`.execute(firm.db);
  return rows[0] ?? { queued: 0, read: 0 };
};

const MOST_TRIES = 200;
/** A sweep fills the slots of a worker that has just begun. */
const LOOKS = 1500;

const isBusy = async (work: FirmAtWork, backlog: number): Promise<boolean> => {
  const { queued, read } = await waiting(work);
  return read >= SLOTS * work.workers && (queued === 0) === (backlog === 0);
};

/** Until every slot reads a policy, with others waiting behind or with none, and so for this long. */
const busy = async (
  work: FirmAtWork,
  occupyMore: () => Promise<void>,
  backlog: number,
  forMs: number,
): Promise<void> => {
  for (let tried = 0; tried < MOST_TRIES; tried += 1) {
    if (backlog === 0) await occupyMore();
    for (let look = 0; look < LOOKS; look += 1) {
      if (await isBusy(work, backlog)) {
        await sleep(forMs);
        if (await isBusy(work, backlog)) return;
        break;
      }
      const { queued, read } = await waiting(work);
      if (backlog === 0 && queued === 0 && read === 0) break;
      await sleep(10);
    }
  }
  throw new Error(`Not every slot was busy, with ${backlog} policies waiting.`);
};

/** How long a force sync waits for its first request at the portal, behind so many and with every slot busy. */
export const measureBacklogs = async (
  large: LargeFirm,
  say: (figure: Figure) => void,
): Promise<void> => {
  await using work = await startAtWork(large);
  // Where fewer wait than there are logins, slots of several workers open sessions more than they read.
  const least = work.workers === 1 ? 0 : large.logins;
  const backlogs = BACKLOGS.filter(
    (backlog) => backlog === 0 || (backlog >= least && backlog <= large.policies * LOGINS_OF_ONE),
  );
  await endWaits(work);
  await using queue = createSessionQueue(producerConnection(work.firm.redis.url), SLOTS);
  const { wake } = queue;
  const numbers = work.numbers[Symbol.iterator]();
  const slowest: number[] = [];
  let turn = 0;
  const occupyMore = (): Promise<void> => occupy(work, large, wake, turn++);
  let filled = 0;
  /** What was read meanwhile is made up for: twelve slots read a thousand policies in seconds. */
  const topUp = async (backlog: number): Promise<void> => {
    const most = large.policies * LOGINS_OF_ONE;
    const to = Math.min(most, filled + backlog - (await waitingForASlot(work)));
    if (to > filled) await fill(work, large, filled, to);
    filled = Math.max(filled, to);
  };
  for (const backlog of backlogs) {
    await topUp(backlog);
    const slots = await work.work(SLOTS);
    const waits: number[] = [];
    for (let forced = -UNCOUNTED; forced < FORCED; forced += 1) {
      const { value, done } = numbers.next();
      if (done === true) throw new Error('The firm has too few policies for this.');
      await topUp(backlog);
      // Anywhere within the reads that are under way.
      await busy(work, occupyMore, backlog, (Math.abs(forced) % 10) * (READ_MS / 20));
      const waited = await forceOne(work, value);
      if (forced >= 0) waits.push(waited);
    }
    await slots[Symbol.asyncDispose]();
    slowest.push(percentile(waits, 0.99));
    const what = `a force sync behind ${backlog} policies with every slot busy, to its first request at the portal`;
    say(atMost(`${what}: p50`, percentile(waits, 0.5), 'ms', READ_MS + 50));
    say(atMost(`${what}: p99`, percentile(waits, 0.99), 'ms', READ_MS + 50));
  }
  say(
    atMost(
      `a force sync behind ${backlogs.at(-1)} policies, against behind none: p99`,
      (slowest.at(-1) ?? Infinity) / (slowest[0] ?? 1),
      'x',
      2,
    ),
  );
};
