import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { requestSync } from '#core/requests/request.ts';
import { requestView } from '#core/requests/store/views.ts';
import type { ItemView } from '#core/requests/view.ts';
import { createKeptBooks } from '#core/sessions/kept-books.ts';
import { USUAL_PAUSE_RULE } from '#core/sessions/pause-rules.ts';
import { runSession } from '#core/sessions/session.ts';
import { sourcesWithForced } from '#core/sessions/store/sweeps.ts';
import { beginWorker } from '#core/sessions/store/workers.ts';
import { confirmLink, continueLink, issueLink } from '#core/sign-in/link.ts';
import { beginSignIn, submitCode } from '#core/sign-in/sign-in.ts';
import { codesBehind } from '#core/sign-in/store/code-prompts.ts';
import { linkById } from '#core/sign-in/store/links.ts';
import { openDatabase, type Database } from '#database/connection.ts';
import { createOpener, createSealer, generateKey } from '#database/sealing.ts';
import { countOf, tablesOf } from '#database/tables.ts';
import { queueFirmsDay } from '#features/daily-sync/queue-day.ts';
import { listenForEvents } from '#features/webhooks/store.ts';
import type { Opener, Sealer } from '#database/sealed.ts';
import type { Store } from '#database/store.ts';
import { Secret } from '#shared/secret.ts';
import { claimAct, markAnswered, markHandled } from '#slack/store/acts.ts';
import { openYearBot, TEAM, type YearBot } from './bot.ts';
import { DANA, insertFirm, type FirmSize } from './people.ts';
import { CARRIER, factsOf, LISTING, portalsAt, type Oddity } from './portals.ts';

export interface YearFirm extends AsyncDisposable {
  store: Store;
  time: { now: number };
  bot: YearBot;
  sealer: Sealer;
  opener: Opener;
  /** What portals show of these numbers instead of what is right. */
  odd: Map<string, Oddity>;
  /** Queues the day (ISO), and reads all of these logins. */
  day: (isoDay: string, sources: readonly string[]) => Promise<void>;
  /** One session of this login; `scarce`: others wait for its place. */
  session: (sourceId: string, scarce?: boolean) => Promise<void>;
  /** Sessions of this login until its day is read. */
  readAll: (sourceId: string) => Promise<void>;
  /** Sessions of all logins for which a person waits. */
  drain: () => Promise<void>;
  /** A person asks for one policy, is shown its card, and it is read. */
  ask: (policy: { id: string; sourceId: string }) => Promise<{ requestId: string; item: ItemView }>;
  /** The same up to the card: nothing is read yet. */
  begin: (policy: { id: string; sourceId: string }) => Promise<string>;
  /** A person links this login anew, in this browser. */
  link: (sourceId: string, browser: string) => Promise<void>;
  /** Rows of each table, by its name. */
  rows: () => Promise<Map<string, number>>;
  /** Looks which tables hold anything now; those in which nothing was ever seen. */
  neverFilled: () => Promise<string[]>;
  /** Syncs that are open for longer than two days. */
  open: () => Promise<number>;
}

const MOST_SESSIONS = 30;
const OPEN_MS = 2 * 86_400_000;

export const openYearFirm = async (
  size: FirmSize,
  firstDay: string,
  settings: Readonly<Record<string, string>>,
): Promise<YearFirm> => {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'sync-year-'));
  stack.defer(() => rmSync(folder, { recursive: true }));
  const time = { now: Date.parse(`${firstDay}T07:00:00Z`) };
  const clock = (): number => time.now;
  const db = await openDatabase(join(folder, 'firm.db'));
  stack.defer(() => db.destroy());
  // A power cut is another trial's: nothing here waits for the disk.
  await sql`pragma synchronous = off`.execute(db);
  const store = { db, clock };
  const keys = [await generateKey()];
  const [sealer, opener] = [createSealer(keys), createOpener(keys)];
  await insertFirm(db, size, time.now);
  await listenForEvents(store, true);
  const lane = [CARRIER, LISTING];
  await beginWorker(store, 'year', lane);
  const bot = openYearBot({ store, sealer, carrier: factsOf }, settings);
  const { deps } = bot;
  const odd = new Map<string, Oddity>();
  const portals = portalsAt(clock, odd, (sourceId) => numbersAt(db, sourceId));
  let [sessions, asked] = [0, 0];

  /** Whoever is asked for a code types it as soon as Slack shows the question. */
  const changed = async (sourceId: string): Promise<void> => {
    const asking = await codesBehind(store, sourceId);
    await deps.changed(sourceId);
    for (const signInId of asking) {
      await bot.bringUp();
      const code = new Secret('123456');
      await submitCode({ ...deps, carrier: factsOf }, signInId, DANA.id, code);
    }
  };

  const session: YearFirm['session'] = async (sourceId, scarce = false) => {
    sessions += 1;
    await runSession(
      {
        ...deps,
        opener,
        pauseRule: USUAL_PAUSE_RULE,
        portals,
        lane,
        books: createKeptBooks(),
        warm: {
          clear: () => Promise.resolve(),
          take: () => undefined,
          put: async (_, portal) => portal[Symbol.asyncDispose](),
        },
        changed,
      },
      {
        sourceId,
        holder: 'year',
        jobId: 'year',
        token: `session ${sessions}`,
        signal: new AbortController().signal,
        stopping: () => false,
        permit: {
          scarce: () => scarce,
          wanted: () => false,
          whileParked: (wait) => wait(),
          resume: () => Promise.resolve(),
        },
      },
    );
  };

  const readAll = async (sourceId: string): Promise<void> => {
    for (let tries = 0; tries < MOST_SESSIONS; tries += 1) {
      // Its first session is what queues its day.
      if (tries > 0 && (await openAt(db, sourceId)) === 0) return;
      await session(sourceId);
    }
  };

  const drain = async (): Promise<void> => {
    for (let tries = 0; tries < MOST_SESSIONS; tries += 1) {
      const [waiting] = await sourcesWithForced(store);
      if (waiting === undefined) return;
      await session(waiting);
    }
  };

  const begin: YearFirm['begin'] = async ({ id, sourceId }) => {
    asked += 1;
    const key = `year ${asked}`;
    await claimAct(store, key, 'year', { lastsMs: 60_000 });
    await markHandled(store, key, {
      by: 'year',
      at: store.clock(),
      owed: { to: DANA.slackId, in: TEAM },
    });
    const made = await requestSync(deps, DANA, {
      policyId: id,
      sourceId,
      origin: { askedIn: TEAM, channel: TEAM },
      dedupeKey: key,
    });
    if (made.kind !== 'requested') throw new Error(`Asking came to ${made.kind}`);
    await markAnswered(store, key);
    await bot.bringUp();
    return made.requestId;
  };

  let unseen: string[] | undefined;
  const owned = stack.move();
  return {
    store,
    time,
    bot,
    sealer,
    opener,
    odd,
    session,
    readAll,
    drain,
    begin,
    day: async (day, sources) => {
      await queueFirmsDay(store, { day, startsAt: time.now, openBooks: true });
      for (const sourceId of sources) await readAll(sourceId);
      await bot.bringUp();
    },
    ask: async (policy) => {
      const requestId = await begin(policy);
      await session(policy.sourceId);
      await bot.bringUp();
      const [item] = (await requestView(store, requestId))?.items ?? [];
      if (item === undefined) throw new Error(`${requestId} shows nothing`);
      return { requestId, item };
    },
    link: async (sourceId, browser) => {
      const issued = await issueLink(deps, { personId: DANA.id, sourceId });
      if (issued.kind !== 'issued') throw new Error(`A link of ${sourceId} is ${issued.kind}`);
      const pairingWanted = () => Promise.resolve();
      await continueLink({ ...deps, pairingWanted }, issued.token, browser);
      const tied = await linkById(store, issued.linkId);
      if (tied?.confirmedAt === undefined)
        await confirmLink(deps, DANA.id, issued.linkId, tied?.pairingNumber ?? '');
      const link = await linkById(store, issued.linkId);
      if (link?.confirmedAt === undefined) throw new Error('The link was not confirmed');
      const typed = { user: new Secret('dana'), password: new Secret('lantern-42') };
      const wake = () => Promise.resolve();
      await beginSignIn({ ...deps, wake }, link, typed, true);
      await session(sourceId);
      await bot.bringUp();
    },
    rows: async () => {
      const counted = new Map<string, number>();
      for (const name of await tablesOf(db)) counted.set(name, await countOf(db, name));
      return counted;
    },
    neverFilled: async () => {
      unseen ??= await tablesOf(db);
      const still: string[] = [];
      for (const name of unseen) if ((await countOf(db, name)) === 0) still.push(name);
      unseen = still;
      return still;
    },
    open: async () => {
      const { count } = await db
        .selectFrom('sync')
        .select((of) => of.fn.countAll<number>().as('count'))
        .where('status', 'in', ['queued', 'in-progress'])
        .where('created_at', '<', time.now - OPEN_MS)
        .executeTakeFirstOrThrow();
      return count;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

const openAt = async (db: Database, sourceId: string): Promise<number> => {
  const { count } = await db
    .selectFrom('sync')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('status', 'in', ['queued', 'in-progress'])
    .where('source_id', '=', sourceId)
    .where('reason', '<>', 'waiting-for-link')
    .executeTakeFirstOrThrow();
  return count;
};

const numbersAt = async (db: Database, sourceId: string): Promise<readonly string[]> =>
  (
    await db.selectFrom('policy').select('number').where('home_source_id', '=', sourceId).execute()
  ).map(({ number }) => number);
