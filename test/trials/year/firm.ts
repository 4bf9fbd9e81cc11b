import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { sourceChanged } from '#app/login-changed.ts';
import { tidy } from '#app/tidy.ts';
import { requestSync } from '#core/requests/request.ts';
import { requestView } from '#core/requests/store/views.ts';
import { createKeptBooks } from '#core/sessions/kept-books.ts';
import { USUAL_PAUSE_RULE } from '#core/sessions/pause-rules.ts';
import { runSession } from '#core/sessions/session.ts';
import { sweepSteps } from '#core/sessions/sweep.ts';
import { issueLink } from '#core/sign-in/link.ts';
import { beginSignIn } from '#core/sign-in/sign-in.ts';
import { linkById } from '#core/sign-in/store/links.ts';
import { openDatabase, type Database } from '#database/connection.ts';
import { createOpener, createSealer, generateKey } from '#database/sealing.ts';
import { postDigest } from '#features/digest/digest.ts';
import { queueFirmsDay } from '#features/daily-sync/queue-day.ts';
import type { PolicyReading, Portals, PortalSession } from '#portal/portal.ts';
import { Secret } from '#shared/secret.ts';
import { accountSubject } from '#shared/subject.ts';
import { normalizeNumber } from '#shared/policy-number.ts';

/** As the settings have it. */
const KEPT = { syncs: 90, cases: 365, values: 2562, events: 30, audit: 2562 };

export const CARRIER = 'year-life';
const DAY_MS = 86_400_000;
const PERSON = { id: 'dana', role: 'manager', active: true } as const;

export interface YearFirm extends AsyncDisposable {
  db: Database;
  time: { now: number };
  /** Queues the day, and reads all of it. */
  day: (isoDay: string) => Promise<void>;
  /** A person asks for one policy, sees its card, and it is read. */
  ask: (policy: number) => Promise<void>;
  /** A person links this login anew. */
  link: (login: number) => Promise<void>;
  /** What the bot does by itself beside the syncs: sweeps, counts of the digest, tidying up. */
  chores: (isoDay: string) => Promise<void>;
  /** Rows of each table. */
  rows: () => Promise<Map<string, number>>;
  /** Syncs that are still open. */
  open: () => Promise<number>;
}

const CONTACTS = 5;
/** What a digest names by default. */
const RULE = { percent: 5, minor: 1_000_000 };

const insertFirm = async (db: Database, logins: number, policies: number, now: number) => {
  const person = { id: PERSON.id, name: 'Dana', role: PERSON.role, slack_user_id: 'U0DANA' };
  await db.insertInto('person').values(person).execute();
  await db.insertInto('carrier').values({ id: CARRIER, name: 'Year Life' }).execute();
  await db.insertInto('product_status').values({ name: 'In Force', indicator: 'open' }).execute();
  for (let login = 0; login < logins; login += 1)
    await db
      .insertInto('login_source')
      .values({
        id: loginOf(login),
        name: loginOf(login),
        carrier_id: CARRIER,
        holder_id: PERSON.id,
      })
      .execute();
  for (let policy = 0; policy < policies; policy += 1) {
    const contact = `contact-${Math.floor(policy / CONTACTS)}`;
    if (policy % CONTACTS === 0) {
      const name = `Ito ${contact}`;
      const row = { id: contact, external_id: contact, kind: 'individual', name, search: name };
      await db.insertInto('contact').values(row).execute();
      await db.insertInto('book').values({ contact_id: contact, person_id: PERSON.id }).execute();
    }
    const number = numberOf(policy);
    await db
      .insertInto('policy')
      .values({
        id: policyOf(policy),
        external_id: policyOf(policy),
        contact_id: contact,
        carrier_id: CARRIER,
        number,
        number_key: normalizeNumber(number),
        product_name: 'Variable Annuity',
        product_type: 'Annuity',
        plan_type: 'IRA',
        product_class: 'variable',
        status: 'In Force',
        home_source_id: loginOf(policy % logins),
        updated_at: now,
      })
      .execute();
  }
};

const at = (index: number): string => `${index}`.padStart(5, '0');
const loginOf = (login: number): string => `login-${at(login)}`;
const policyOf = (policy: number): string => `policy-${at(policy)}`;
const numberOf = (policy: number): string => `YL-${100_000 + policy}`;

const SESSION_MS = 30 * 60_000;

/** A carrier without a browser: it takes every password, ends sessions that idle, and its values change each day. */
const portalsAt = (clock: () => number): Portals => {
  const usedAt = new Map<string, number>();
  return {
    carrier: () => ({
      id: CARRIER,
      name: 'Year Life',
      portalUrl: '',
      unlockSteps: '',
      sessionMinutes: SESSION_MS / 60_000,
      automaticSignInsPerDay: 50,
      codes: 'never',
      fields: [],
    }),
    open: (source, kept): Promise<PortalSession> => {
      const use = (): void => void usedAt.set(source.id, clock());
      return Promise.resolve({
        resume: () => {
          const isAlive = kept && clock() - (usedAt.get(source.id) ?? 0) < SESSION_MS;
          if (isAlive) use();
          return Promise.resolve({ kind: isAlive ? 'alive' : 'ended' });
        },
        signIn: async (_credentials, hooks) => {
          await hooks.beforeSubmit();
          use();
          return { kind: 'signed-in' };
        },
        read: (number) => {
          use();
          return Promise.resolve(readingOf(number, Math.floor(clock() / DAY_MS) - 1));
        },
        keep: () => Promise.resolve(new Secret('a session')),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
  };
};

const readingOf = (number: string, day: number): PolicyReading => {
  const minor = 10_000_000 + (day % 365) * 1000 + Number(number.slice(-3));
  const asOf = new Date(day * DAY_MS).toISOString().slice(0, 10);
  const values = [{ name: 'Account Value', amount: { minor, currency: 'USD' }, asOf }];
  return { kind: 'found', snapshot: { number, status: 'In Force', values, missing: [] } };
};

export const openYearFirm = async (
  { logins, policies }: { logins: number; policies: number },
  firstDay: string,
): Promise<YearFirm> => {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'sync-year-'));
  stack.defer(() => rmSync(folder, { recursive: true }));
  const time = { now: Date.parse(`${firstDay}T07:00:00Z`) };
  const clock = (): number => time.now;
  const db = await openDatabase(join(folder, 'firm.db'));
  stack.defer(() => db.destroy());
  const store = { db, clock };
  const keys = [await generateKey()];
  const [sealer, opener] = [createSealer(keys), createOpener(keys)];
  await insertFirm(db, logins, policies, time.now);
  const portals = portalsAt(clock);
  const wake = (): Promise<boolean> => Promise.resolve(true);
  const show = async (subject: string): Promise<void> => {
    if (subject.startsWith(accountSubject('')))
      await db.updateTable('person').set({ slack_checked_at: time.now }).execute();
  };
  const changed = (sourceId: string): Promise<void> => sourceChanged({ store, show }, sourceId);
  let [sessions, asked] = [0, 0];

  const session = async (sourceId: string): Promise<void> => {
    sessions += 1;
    await runSession(
      {
        store,
        wake,
        opener,
        sealer,
        clock,
        pauseRule: USUAL_PAUSE_RULE,
        portals,
        books: createKeptBooks(),
        warm: {
          clear: () => Promise.resolve(),
          take: () => undefined,
          put: async (_, portal) => portal[Symbol.asyncDispose](),
        },
        show,
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
          scarce: () => false,
          wanted: () => false,
          whileParked: (wait) => wait(),
          resume: () => Promise.resolve(),
        },
      },
    );
  };

  const open = async (sourceId?: string): Promise<number> => {
    const { count } = await db
      .selectFrom('sync')
      .select((of) => of.fn.countAll<number>().as('count'))
      .where('status', 'in', ['queued', 'in-progress'])
      .$if(sourceId !== undefined, (of) => of.where('source_id', '=', sourceId ?? ''))
      .executeTakeFirstOrThrow();
    return count;
  };

  const owned = stack.move();
  return {
    db,
    time,
    open,
    day: async (day) => {
      await queueFirmsDay(store, { day, startsAt: time.now, openBooks: true });
      for (let login = 0; login < logins; login += 1)
        for (let tries = 0; tries < MOST_SESSIONS; tries += 1) {
          // Its first session is what queues its day.
          if (tries > 0 && (await open(loginOf(login))) === 0) break;
          await session(loginOf(login));
        }
    },
    ask: async (policy) => {
      const sourceId = loginOf(policy % logins);
      asked += 1;
      const made = await requestSync(
        { store, openBooks: true, mostForced: 1000, wake, show },
        PERSON,
        {
          policyId: policyOf(policy),
          sourceId,
          origin: { askedIn: 'C0TEAM', channel: 'C0TEAM' },
          dedupeKey: `year ${asked}`,
        },
      );
      if (made.kind !== 'requested') throw new Error(`Asking came to ${made.kind}`);
      await session(sourceId);
      const view = await requestView(store, made.requestId);
      if (view?.items[0]?.status !== 'success')
        throw new Error(
          `What was asked for is ${view?.items[0]?.status}: ${view?.items[0]?.reason}`,
        );
      await asShown(db, made.requestId, time.now);
    },
    link: async (login) => {
      const random = (bytes: number): Uint8Array => crypto.getRandomValues(new Uint8Array(bytes));
      const issued = await issueLink(
        { store, clock, random },
        { personId: PERSON.id, sourceId: loginOf(login) },
      );
      const link = issued.kind === 'issued' ? await linkById(store, issued.linkId) : undefined;
      if (link === undefined) throw new Error('There is no link');
      await beginSignIn(
        { store, sealer, clock, changed, wake: () => Promise.resolve() },
        link,
        { user: new Secret('dana'), password: new Secret('lantern-42') },
        true,
      );
      await session(loginOf(login));
    },
    chores: async (day) => {
      const steps = sweepSteps({ store, wake, show, roomForDaily: () => Promise.resolve(10) });
      for (const { run } of steps) await run();
      await postDigest({ store, clock, show, rule: RULE }, 'C0TEAM', day);
      await db
        .updateTable('notification')
        .set((is) => ({ shown_version: is.ref('version') }))
        .execute();
      await tidy({ store, clock }, KEPT);
    },
    rows: async () => {
      const { rows: tables } = await sql<{ name: string }>`
        select name from sqlite_master where type = 'table' and name not like 'sqlite_%'
          and name not like '%_fts%' order by name`.execute(db);
      const counted = new Map<string, number>();
      for (const { name } of tables) {
        const { rows } = await sql<{
          n: number;
        }>`select count(*) as n from ${sql.table(name)}`.execute(db);
        counted.set(name, rows[0]?.n ?? 0);
      }
      return counted;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

const MOST_SESSIONS = 20;

/** As the projector leaves a request whose card Slack has. */
const asShown = async (db: Database, requestId: string, now: number): Promise<void> => {
  await db
    .updateTable('request')
    .set((is) => ({ shown_version: is.ref('version') }))
    .where('id', '=', requestId)
    .execute();
  await db
    .insertInto('subject_message')
    .values({
      subject_id: requestId,
      key: 'card',
      channel: 'C0TEAM',
      ts: `${now / 1000}`,
      content_hash: 'shown',
      final: 1,
      sending_at: null,
      posted_at: now,
    })
    .execute();
};
