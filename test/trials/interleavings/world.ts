import { linkOf } from '#core/logins/store/link.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Secret } from '#shared/secret.ts';
import { accountSubject } from '#shared/subject.ts';
import { sourceChanged } from '#app/login-changed.ts';
import { cancelRequest } from '#core/requests/cancel.ts';
import { requestSync } from '#core/requests/request.ts';
import { unlinkSource } from '#core/logins/store/login-sources.ts';
import { USUAL_PAUSE_RULE } from '#core/sessions/pause-rules.ts';
import { runSession, type SessionDeps } from '#core/sessions/session.ts';
import { freeLeasesOf } from '#core/logins/store/lease.ts';
import { sweepSteps } from '#core/sessions/sweep.ts';
import { issueLink } from '#core/sign-in/link.ts';
import { beginSignIn } from '#core/sign-in/sign-in.ts';
import { linkById } from '#core/sign-in/store/links.ts';
import { openDatabase, type Database } from '#database/connection.ts';
import { createOpener, createSealer, generateKey } from '#database/sealing.ts';
import { queueDay } from '#features/daily-sync/queue-day.ts';
import { endHold, holdSource } from '#features/holds/hold.ts';
import type { Portals } from '#portal/portal.ts';
import { scriptedCarrier, type ScriptedCarrier } from './carrier.ts';
import { insertFirm, LOGINS, PEOPLE, POLICIES } from './firm.ts';

const MINUTE = 60_000;
/** Leases are renewed each fifth of it, by real timers; the clock of the trial stands still between acts. */
const LEASE_MS = 100;
const FIRST = Date.parse('2026-03-04T15:00:00Z');

/** One SQLite for all sequences, each with a carrier, logins and policies of its own in it. */
export interface World extends AsyncDisposable {
  db: Database;
  time: { now: number };
  begin: (sequence: number) => Promise<Sequence>;
}

/** The acts of one sequence; indexes stand for people, policies and logins. */
export interface Sequence {
  carrier: ScriptedCarrier;
  force: (person: number, policy: number, login: number) => Promise<void>;
  day: (login: number) => Promise<void>;
  link: (login: number, keeps: boolean) => Promise<void>;
  unlink: (login: number) => Promise<void>;
  hold: (login: number) => Promise<void>;
  release: (login: number) => Promise<void>;
  cancel: (nth: number) => Promise<void>;
  /** A worker takes the login's session; it goes on beside what follows. */
  session: (worker: number, login: number) => void;
  /** The process ends; what it was doing never ends, and its successor begins. */
  kill: (worker: number) => Promise<void>;
  pass: (ms: number) => Promise<void>;
  sweep: () => Promise<void>;
  /** Lets all that runs come to where it waits for the carrier, or to its end. */
  settle: () => Promise<void>;
  /** Everybody has linked, nobody holds anything, and the workers work until nothing is open. */
  quiet: () => Promise<void>;
  /** What is wrong now; nothing when all is well. */
  wrong: () => Promise<string[]>;
}

/** Waits for what timers bring about; a sequence that waits in vain shows what is wrong by itself. */
const comesTrue = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let at = 0; at < MOST_LOOKS && !(await holds()); at += 1) await sleep(LEASE_MS / 5);
};
const MOST_LOOKS = 100;

export const openWorld = async (): Promise<World> => {
  const db = await openDatabase(':memory:');
  const time = { now: FIRST };
  const clock = (): number => time.now;
  const store = { db, clock };
  const keys = [await generateKey()];
  const [sealer, opener] = [createSealer(keys), createOpener(keys)];
  await db
    .insertInto('person')
    .values(
      PEOPLE.map((id) => ({
        id,
        name: id,
        role: 'manager',
        slack_user_id: `U${id.toUpperCase()}`,
      })),
    )
    .execute();
  await db.insertInto('product_status').values({ name: 'In Force', indicator: 'open' }).execute();
  await sql`create table trial_end (sync_id text not null, status text not null)`.execute(db);
  await sql`create trigger trial_end after update of status on sync
    when old.status in ('queued', 'in-progress') and new.status not in ('queued', 'in-progress')
    begin insert into trial_end values (new.id, new.status); end`.execute(db);

  /** Slack says of everybody who is asked about that they are still here. */
  const show = async (subject: string): Promise<void> => {
    if (subject.startsWith(accountSubject('')))
      await db.updateTable('person').set({ slack_checked_at: time.now }).execute();
  };
  const actor = (person: number) =>
    ({ id: PEOPLE[person % PEOPLE.length] ?? 'dana', role: 'manager', active: true }) as const;

  const begin = async (sequence: number): Promise<Sequence> => {
    const at = `${sequence}`.padStart(6, '0');
    const carrierId = `carrier-${at}`;
    const sourceOf = (login: number): string => `source-${at}-${login % LOGINS}`;
    const policyOf = (policy: number): string => `policy-${at}-${policy % POLICIES}`;
    await insertFirm(db, { at, carrierId, sourceOf, policyOf, now: time.now });
    const carrier = scriptedCarrier(carrierId);
    const requests: { id: string; person: number }[] = [];
    const lives = [0, 0];
    const running = new Set<Promise<unknown>>();
    let begun = 0;
    /** Tokens of the sessions of processes that live. */
    const live = new Set<string>();
    const dead = new Set<string>();
    const mine = new Set([sourceOf(0), sourceOf(1)]);
    const wanted = new Set<string>();
    const wake = (sourceId: string): Promise<boolean> => {
      if (mine.has(sourceId)) wanted.add(sourceId);
      return Promise.resolve(true);
    };

    const depsOf = (portals: Portals): SessionDeps => ({
      store,
      wake,
      opener,
      sealer,
      clock,
      pauseRule: USUAL_PAUSE_RULE,
      leaseMs: LEASE_MS,
      portals,
      books: new Map(),
      warm: {
        clear: () => Promise.resolve(),
        take: () => undefined,
        put: async (_, portal) => portal[Symbol.asyncDispose](),
      },
      show,
      changed: (sourceId) => sourceChanged({ store, show }, sourceId),
    });

    const session = (worker: number, login: number): void => {
      const process = `worker-${at}-${worker % 2}.${lives[worker % 2]}`;
      const token = `${process} ${(begun += 1)}`;
      const abort = new AbortController();
      const run = runSession(depsOf(carrier.portalsOf(process)), {
        sourceId: sourceOf(login),
        holder: `worker-${at}-${worker % 2}`,
        jobId: process,
        token,
        signal: abort.signal,
        stopping: () => dead.has(process),
        permit: {
          scarce: () => false,
          wanted: () => false,
          whileParked: (wait) => wait(),
          resume: () => Promise.resolve(),
        },
      }).catch((error: unknown) => {
        // A process that was dead for the others may fail as it likes.
        if (!dead.has(process)) carrier.failures.push(String(error));
      });
      running.add(run);
      live.add(token);
      void run.finally(() => {
        running.delete(run);
        live.delete(token);
      });
    };

    const settle = (): Promise<void> => carrier.settle();
    /** Leases whose time is over while their session lives. */
    const overdue = async (): Promise<number> => {
      const held = await db
        .selectFrom('login_lease')
        .select('token')
        .where('source_id', 'in', [...mine])
        .where('token', 'is not', null)
        .where('expires_at', '<=', time.now)
        .execute();
      return held.filter(({ token }) => live.has(token ?? '')).length;
    };
    const sweep = async (): Promise<void> => {
      const steps = sweepSteps({ store, wake, show, roomForDaily: () => Promise.resolve(10) });
      for (const { run } of steps) await run();
    };
    const link: Sequence['link'] = async (login, keeps) => {
      const random = (bytes: number): Uint8Array => crypto.getRandomValues(new Uint8Array(bytes));
      const issued = await issueLink(
        { store, clock, random },
        { personId: PEOPLE[login % 2] ?? 'dana', sourceId: sourceOf(login) },
      );
      const found = issued.kind === 'issued' ? await linkById(store, issued.linkId) : undefined;
      if (found === undefined) return;
      const changed = (sourceId: string) => sourceChanged({ store, show }, sourceId);
      await beginSignIn(
        { store, sealer, clock, changed, wake: () => wake(sourceOf(login)).then(() => undefined) },
        found,
        { user: new Secret('somebody'), password: new Secret('something') },
        keeps,
      );
    };

    const openOf = async (): Promise<{ syncs: number; requests: number }> => {
      const { syncs } = await db
        .selectFrom('sync')
        .select((of) => of.fn.countAll<number>().as('syncs'))
        .where('status', 'in', ['queued', 'in-progress'])
        .executeTakeFirstOrThrow();
      const { open } = await db
        .selectFrom('request')
        .select((of) => of.fn.countAll<number>().as('open'))
        .where('ended_at', 'is', null)
        .executeTakeFirstOrThrow();
      return { syncs, requests: open };
    };

    return {
      carrier,
      session,
      settle,
      sweep,
      link,
      force: async (person, policy, login) => {
        const outcome = await requestSync(
          { store, openBooks: true, mostForced: 100, wake, show },
          actor(person),
          {
            policyId: policyOf(policy),
            sourceId: sourceOf(login),
            origin: { askedIn: 'C0TEAM', channel: 'C0TEAM' },
            dedupeKey: `${at}-${requests.length}`,
          },
        );
        if (outcome.kind === 'requested') requests.push({ id: outcome.requestId, person });
      },
      day: async (login) => {
        const day = new Date(time.now).toISOString().slice(0, 10);
        await queueDay({ store, wake }, sourceOf(login), day);
      },
      // A session hears of it at its next renewal, long before a person could link again.
      unlink: async (login) => {
        await unlinkSource(store, sourceOf(login), 'dana');
        await comesTrue(async () => carrier.busy(sourceOf(login)) === 0);
      },
      hold: async (login) => {
        await holdSource({ store, clock, show, wake }, actor(0), sourceOf(login), 5 * MINUTE);
      },
      release: async (login) => {
        await endHold({ store, clock, show, wake }, actor(0), sourceOf(login));
      },
      cancel: async (nth) => {
        const asked = requests[nth % Math.max(1, requests.length)];
        if (asked !== undefined)
          await cancelRequest({ store, show }, actor(asked.person), asked.id);
      },
      kill: async (worker) => {
        const slot = worker % 2;
        const process = `worker-${at}-${slot}.${lives[slot]}`;
        dead.add(process);
        for (const token of live) if (token.startsWith(`${process} `)) live.delete(token);
        carrier.freeze(process);
        lives[slot] = (lives[slot] ?? 0) + 1;
        for (const { sourceId } of await freeLeasesOf(store, `worker-${at}-${slot}`))
          await wake(sourceId);
      },
      // Whoever lives renews its lease meanwhile.
      pass: async (ms) => {
        time.now += ms;
        await comesTrue(async () => (await overdue()) === 0);
      },
      quiet: async () => {
        carrier.thaw();
        carrier.well();
        for (let round = 0; round < 12; round += 1) {
          for (let login = 0; login < LOGINS; login += 1) {
            await endHold({ store, clock, show, wake }, actor(0), sourceOf(login));
            const { linked } = await linkOf(db, sourceOf(login));
            if (linked === 0) await link(login, true);
          }
          await sweep();
          for (let login = 0; login < LOGINS; login += 1) session(round, login);
          await carrier.drain(running);
          const open = await openOf();
          if (open.syncs + open.requests === 0) break;
          time.now += 20 * MINUTE;
        }
      },
      wrong: async () => {
        const faults: string[] = [...carrier.failures];
        const open = await openOf();
        if (open.syncs > 0) faults.push(`${open.syncs} syncs stuck`);
        if (open.requests > 0) faults.push(`${open.requests} requests stuck`);
        if (carrier.mostAtOnce() > 1)
          faults.push(`${carrier.mostAtOnce()} sessions in a login at once`);
        const { rows } = await sql<{ id: string }>`select sync_id as id from trial_end
          where status = 'success' group by sync_id having count(*) > 1`.execute(db);
        if (rows.length > 0) faults.push(`${rows.length} syncs finished twice`);
        const values = await sql`select 1 from policy_value
          group by sync_id, name having count(*) > 1`.execute(db);
        if (values.rows.length > 0) faults.push(`${values.rows.length} values written twice`);
        await sql`delete from trial_end`.execute(db);
        await sql`update sync set status = 'cancelled' where status in ('queued', 'in-progress')`.execute(
          db,
        );
        await sql`update request set ended_at = ${time.now} where ended_at is null`.execute(db);
        await sql`delete from policy_value`.execute(db);
        await sql`delete from trial_end`.execute(db);
        return faults;
      },
    };
  };

  return { db, time, begin, [Symbol.asyncDispose]: () => db.destroy() };
};
