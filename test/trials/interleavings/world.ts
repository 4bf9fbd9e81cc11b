import { linkOf } from '#core/logins/store/link.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '#shared/secret.ts';
import { accountSubject } from '#shared/subject.ts';
import { sourceChanged } from '#app/login-changed.ts';
import { cancelRequest } from '#core/requests/cancel.ts';
import { requestSync } from '#core/requests/request.ts';
import { unlinkSource } from '#core/logins/store/login-sources.ts';
import { createKeptBooks } from '#core/sessions/kept-books.ts';
import { USUAL_PAUSE_RULE } from '#core/sessions/pause-rules.ts';
import { runSession, type SessionDeps } from '#core/sessions/session.ts';
import { freeLeasesOf } from '#core/logins/store/lease.ts';
import { sweepSteps } from '#core/sessions/sweep.ts';
import { issueLink } from '#core/sign-in/link.ts';
import { beginSignIn } from '#core/sign-in/sign-in.ts';
import { linkById } from '#core/sign-in/store/links.ts';
import type { Store } from '#database/store.ts';
import { createOpener, createSealer, generateKey } from '#database/sealing.ts';
import { queueDay } from '#features/daily-sync/queue-day.ts';
import { endHold, holdSource } from '#features/holds/hold.ts';
import type { Portals } from '#portal/portal.ts';
import type { Where } from '#test/support/where.ts';
import { noteEnds } from '../ends.ts';
import { scriptedCarrier } from './carrier.ts';
import { insertFirm, LOGINS, PEOPLE, POLICIES } from './firm.ts';
import type { Sequence, World } from './sequence.ts';
import { linklessOf } from './shown.ts';
import { openSites } from './site.ts';
import { openStores } from './stores.ts';
import { forget, openOf, twiceIn } from './wrong.ts';

const MINUTE = 60_000;
/** Leases are renewed each fifth of it, by real timers; the clock of the trial stands still between acts. */
const LEASE_MS = 100;
const FIRST = Date.parse('2026-03-04T15:00:00Z');

/** Waits for what timers bring about; a sequence that waits in vain shows what is wrong by itself. */
const comesTrue = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let at = 0; at < MOST_LOOKS && !(await holds()); at += 1) await sleep(LEASE_MS / 5);
};
const MOST_LOOKS = 100;

/** With `browsers`, so many sequences have a portal and a real browser. */
export const openWorld = async ({
  where,
  browsers,
}: { where?: Where | undefined; browsers?: number } = {}): Promise<World> => {
  await using stack = new AsyncDisposableStack();
  const time = { now: FIRST };
  const clock = (): number => time.now;
  const sites = browsers === undefined ? undefined : stack.use(await openSites(browsers, time));
  const { db, bots, workers, isApart, isStill } = await openStores(stack, where, clock);
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
  await noteEnds(db);

  /** Slack says of everybody who is asked about that they are still here. */
  const show = async (subject: string): Promise<void> => {
    if (subject.startsWith(accountSubject('')))
      await db.updateTable('person').set({ slack_checked_at: time.now }).execute();
  };
  const actor = (person: number) =>
    ({ id: PEOPLE[person % PEOPLE.length] ?? 'dana', role: 'manager', active: true }) as const;

  const so = { gaveWay: 0, waited: 0 };

  const begin = async (sequence: number): Promise<Sequence> => {
    const at = `${sequence}`.padStart(6, '0');
    const carrierId = `carrier-${at}`;
    const sourceOf = (login: number): string => `source-${at}-${login % LOGINS}`;
    const policyOf = (policy: number): string => `policy-${at}-${policy % POLICIES}`;
    await insertFirm(db, { at, carrierId, sourceOf, policyOf, now: time.now });
    const site = sites?.of(sequence);
    const carrier = scriptedCarrier(carrierId, sourceOf, site);
    const requests: { id: string; person: number }[] = [];
    const lives = workers.map(() => 0);
    let turn = 0;
    /** The bots do one thing after the other in turn. */
    const next = (): Store => bots[(turn += 1) % bots.length] ?? { db, clock };
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

    const depsOf = (store: Store, portals: Portals): SessionDeps => ({
      store,
      wake,
      opener,
      sealer,
      clock,
      pauseRule: USUAL_PAUSE_RULE,
      leaseMs: LEASE_MS,
      portals,
      books: createKeptBooks(),
      warm: {
        clear: () => Promise.resolve(),
        take: () => undefined,
        put: async (_, portal) => portal[Symbol.asyncDispose](),
      },
      show,
      changed: (sourceId) => sourceChanged({ store, show }, sourceId),
    });

    const session: Sequence['session'] = (worker, login, scarce) => {
      const slot = worker % workers.length;
      const process = `worker-${at}-${slot}.${lives[slot]}`;
      const token = `${process} ${(begun += 1)}`;
      const abort = new AbortController();
      const deps = depsOf(workers[slot] ?? next(), carrier.portalsOf(process));
      const work = async (): Promise<void> => {
        const end = await runSession(deps, {
          sourceId: sourceOf(login),
          holder: `worker-${at}-${slot}`,
          jobId: process,
          token,
          signal: abort.signal,
          stopping: () => dead.has(process),
          permit: {
            scarce,
            wanted: () => false,
            whileParked: (wait) => wait(),
            resume: () => Promise.resolve(),
          },
        });
        if (end === 'yielded') so.gaveWay += 1;
      };
      const run = work().catch((error: unknown) => {
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

    const still = async (): Promise<void> => {
      await carrier.settle();
      await isStill();
    };
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
      const steps = sweepSteps({
        store: next(),
        wake,
        show,
        roomForDaily: () => Promise.resolve(10),
      });
      for (const { run } of steps) await run();
    };
    const link: Sequence['link'] = async (login, keeps) => {
      const store = next();
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

    return {
      carrier,
      session,
      settle: (n) => (isApart && n % 2 === 1 ? carrier.settle() : still()),
      sweep,
      link,
      force: async (person, policy, login) => {
        const outcome = await requestSync(
          { store: next(), openBooks: true, mostForced: 100, wake, show },
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
        await queueDay({ store: next(), wake }, sourceOf(login), day);
      },
      // A session hears of it at its next renewal, long before a person could link again.
      unlink: async (login) => {
        await still();
        await unlinkSource(next(), sourceOf(login), 'dana');
        await comesTrue(async () => carrier.busy(sourceOf(login)) === 0);
      },
      hold: async (login) => {
        await holdSource(
          { store: next(), clock, show, wake },
          actor(0),
          sourceOf(login),
          5 * MINUTE,
        );
      },
      release: async (login) => {
        await endHold({ store: next(), clock, show, wake }, actor(0), sourceOf(login));
      },
      cancel: async (nth) => {
        const asked = requests[nth % Math.max(1, requests.length)];
        if (asked !== undefined)
          await cancelRequest({ store: next(), show }, actor(asked.person), asked.id);
      },
      kill: async (worker) => {
        // What a process that is gone was doing reaches the database no more.
        await still();
        const slot = worker % workers.length;
        const process = `worker-${at}-${slot}.${lives[slot]}`;
        dead.add(process);
        for (const token of live) if (token.startsWith(`${process} `)) live.delete(token);
        carrier.freeze(process);
        lives[slot] = (lives[slot] ?? 0) + 1;
        for (const { sourceId } of await freeLeasesOf(
          workers[slot] ?? next(),
          `worker-${at}-${slot}`,
        ))
          await wake(sourceId);
      },
      // Whoever lives renews its lease meanwhile.
      pass: async (ms) => {
        await still();
        time.now += ms;
        await comesTrue(async () => (await overdue()) === 0);
      },
      withoutLink: async () => {
        await still();
        await sweep();
        const open = requests.map(({ id }) => id);
        const { waiting, faults } = await linklessOf({ db, clock }, open);
        so.waited += waiting;
        return faults;
      },
      quiet: async () => {
        carrier.thaw();
        await carrier.well();
        for (let round = 0; round < 12; round += 1) {
          for (let login = 0; login < LOGINS; login += 1) {
            await endHold({ store: next(), clock, show, wake }, actor(0), sourceOf(login));
            const { linked } = await linkOf(db, sourceOf(login));
            if (linked === 0) await link(login, true);
          }
          await sweep();
          for (let login = 0; login < LOGINS; login += 1) session(round, login, () => false);
          await carrier.drain(running);
          const open = await openOf(db);
          if (open.syncs + open.requests === 0) break;
          time.now += 20 * MINUTE;
        }
      },
      wrong: async () => {
        const faults: string[] = [...carrier.failures];
        const open = await openOf(db);
        if (open.syncs > 0) faults.push(`${open.syncs} syncs stuck`);
        if (open.requests > 0) faults.push(`${open.requests} requests stuck`);
        if (carrier.mostAtOnce() > 1)
          faults.push(`${carrier.mostAtOnce()} sessions in a login at once`);
        const tooMany = (await site?.passwordsTooMany()) ?? 0;
        if (tooMany > 0) faults.push(`${tooMany} passwords submitted twice`);
        faults.push(...(await twiceIn(db)));
        await forget(db, time.now);
        return faults;
      },
    };
  };

  const owned = stack.move();
  return {
    db,
    time,
    begin,
    so: () => so,
    foundByBrowser: () => sites?.found() ?? 0,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};
