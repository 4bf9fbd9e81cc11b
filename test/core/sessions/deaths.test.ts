import { afterEach, beforeEach, expect, it } from 'vitest';
import { freeLeasesOf } from '#core/logins/store/lease.ts';
import { unlinkSource } from '#core/logins/store/login-sources.ts';
import { createKeptBooks } from '#core/sessions/kept-books.ts';
import type { Notice } from '#core/sessions/notice.ts';
import { USUAL_PAUSE_RULE } from '#core/sessions/pause-rules.ts';
import { runSession } from '#core/sessions/session.ts';
import type { BookReading, PortalSession } from '#portal/portal.ts';
import type { SessionEnd } from '#queue/session-worker.ts';
import { Secret } from '#shared/secret.ts';
import { FACTS, openLinkFirm, POLICY_FACTS, type LinkFirm } from '#test/support/link-firm.ts';
import { setLinked } from '#test/support/logins.ts';
import { found } from '#test/support/scripted-portals.ts';

/** What a page may do that ends the process of each worker that comes to it. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let firm: LinkFirm;
/** Where a session's process ends: a number, `resume` or `book`. */
let deadly: Set<string>;
/** What sessions did at the portal, in order. */
let done: string[];
let notices: Notice[];
let sessions: Promise<unknown>[];
let bury: () => void;
let dead: Promise<never>;

beforeEach(async () => {
  firm = await openLinkFirm();
  [deadly, done, notices, sessions] = [new Set(), [], [], []];
  let reject: (why: Error) => void = () => undefined;
  dead = new Promise<never>((_, fail) => (reject = fail));
  dead.catch(() => undefined);
  bury = () => reject(new Error('The process has ended.'));
  await link();
});
afterEach(async () => {
  // What is left of the processes that ended, which write nothing any more.
  bury();
  await Promise.allSettled(sessions);
  await firm[Symbol.asyncDispose]();
});

const link = async (): Promise<void> => {
  const { db, sealer, clock } = firm;
  await setLinked(db, true, 'source');
  await db
    .updateTable('login_link')
    .set({ unlinked_reason: null, ends_at: clock() + HOUR })
    .execute();
  const { keyId, sealed } = await sealer.seal(new Secret('cookies'), 'source');
  const kept = { owner_id: 'source', kind: 'session', source_id: 'source', key_id: keyId, sealed };
  await db.deleteFrom('sealed_secret').execute();
  await db
    .insertInto('sealed_secret')
    .values({ ...kept, created_at: clock() })
    .execute();
};

/** A policy and a sync of it, in the order of their names. */
const add = async (name: string, priority: 1 | 100 = 1, source = 'source'): Promise<void> => {
  const known = await firm.db.selectFrom('policy').select('id').where('id', '=', name).execute();
  if (known.length === 0)
    await firm.db
      .insertInto('policy')
      .values({
        id: name,
        external_id: name,
        contact_id: 'contact',
        number: name,
        number_key: name,
        home_source_id: source,
        ...POLICY_FACTS,
      })
      .execute();
  const { n } = await firm.db
    .selectFrom('sync')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  await firm.db
    .insertInto('sync')
    .values({
      id: `${String(n).padStart(3, '0')} ${name}`,
      policy_id: name,
      source_id: source,
      priority,
      status: 'queued',
      reason: 'waiting',
      created_at: firm.clock(),
    })
    .execute();
};

/** A session of a worker's next process: how it ended, or that its process did. */
const session = async (
  source = 'source',
  given: { screens?: readonly BookReading[]; signal?: AbortSignal } = {},
): Promise<SessionEnd | 'died'> => {
  let dies: (how: 'died') => void = () => undefined;
  const died = new Promise<'died'>((resolve) => (dies = resolve));
  const { promise: stopped, reject: stop } = Promise.withResolvers<never>();
  stopped.catch(() => undefined);
  given.signal?.addEventListener('abort', () => stop(new Error('It was told to stop.')));
  const step = async <T>(what: string, answer: T): Promise<T> => {
    done.push(what);
    if (!deadly.has(what)) return answer;
    dies('died');
    return Promise.race([dead, stopped]);
  };
  const portal: PortalSession = {
    resume: () => step('resume', { kind: 'alive' }),
    signIn: () => step('sign-in', { kind: 'signed-in' }),
    read: (number) => step(number, found(number, 100, '2026-11-19')),
    keep: () => Promise.resolve(new Secret('cookies')),
    ...(given.screens && {
      readBook: async function* () {
        for (const screen of given.screens ?? []) yield await step('book', screen);
      },
    }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const { store, clock } = firm;
  await freeLeasesOf(store, `worker of ${source}`);
  const facts = { ...FACTS, listsBook: given.screens !== undefined };
  const running = runSession(
    {
      ...firm.runner,
      store,
      clock,
      portals: { carrier: () => facts, open: () => Promise.resolve(portal) },
      warm: { take: () => undefined, put: () => Promise.resolve(), clear: () => Promise.resolve() },
      books: createKeptBooks(),
      wake: () => Promise.resolve(true),
      pauseRule: USUAL_PAUSE_RULE,
      notice: (of) => void notices.push(of),
    },
    {
      sourceId: source,
      holder: `worker of ${source}`,
      jobId: 'job',
      token: 'token',
      signal: given.signal ?? new AbortController().signal,
      stopping: () => false,
      permit: {
        scarce: () => false,
        wanted: () => false,
        whileParked: (wait) => wait(),
        resume: () => Promise.resolve(),
      },
    },
  );
  sessions.push(running.catch(() => undefined));
  return Promise.race([running, died]);
};

/** One session after another, with time in between, until nothing is left to do for long. */
const live = async (): Promise<number> => {
  let [deaths, idle] = [0, 0];
  for (let at = 0; at < 50 && idle < 3; at += 1) {
    const before = done.length;
    if ((await session()) === 'died') deaths += 1;
    idle = done.length === before ? idle + 1 : 0;
    firm.time.now += MINUTE;
  }
  return deaths;
};

const ends = async (): Promise<Record<string, string>> => {
  const rows = await firm.db.selectFrom('sync').selectAll().orderBy('id').execute();
  return Object.fromEntries(rows.map((row) => [row.id, `${row.status}, ${row.reason}`]));
};

const readsOf = (what: string): number => done.filter((each) => each === what).length;

it('a policy whose page ends one process after another has failed after eight, and is no secret', async () => {
  await add('poison');
  deadly.add('poison');
  expect(await live()).toBe(8);
  expect(await ends()).toEqual({ '000 poison': 'failed, portal-changed' });
  const { detail } = await firm.db.selectFrom('sync').select('detail').executeTakeFirstOrThrow();
  expect(JSON.parse(detail ?? '')).toEqual({
    deaths: 8,
    note: 'The process of its worker ended 8 times in a row while it read this policy',
  });
  expect(readsOf('sign-in')).toBe(0);
  expect(notices).toMatchObject([
    { kind: 'sync-began' },
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((deaths) => ({ kind: 'sync-began', deaths })),
    { kind: 'sync-ended', status: 'failed', reason: 'portal-changed' },
  ]);
});

it('the others of its login are read, each once', async () => {
  const others = ['a', 'b', 'd', 'e'];
  for (const name of ['a', 'b', 'c', 'd', 'e']) await add(name, 100);
  deadly.add('c');
  expect(await live()).toBe(8);
  expect(others.map(readsOf)).toEqual([1, 1, 1, 1]);
  expect(Object.values(await ends()).filter((end) => end.startsWith('success'))).toHaveLength(4);
  expect(readsOf('sign-in')).toBe(0);
});

it('after four its login rests for a minute, and what comes to an end in between begins anew', async () => {
  await add('poison');
  deadly.add('poison');
  for (let at = 0; at < 4; at += 1) expect(await session()).toBe('died');
  expect(await session()).toBe('drained');
  const waits = await firm.db.selectFrom('sync').selectAll().executeTakeFirstOrThrow();
  expect(waits).toMatchObject({ status: 'queued', reason: 'waiting' });
  expect(waits.not_before).toBe(firm.time.now + MINUTE);
  firm.time.now += MINUTE;
  deadly.clear();
  await session();
  expect(Object.values(await ends())).toEqual([expect.stringMatching(/^success/)]);
});

it('asked for again, it is tried twice', async () => {
  await add('poison');
  deadly.add('poison');
  await live();
  await add('poison');
  expect(await live()).toBe(2);
  expect(Object.values(await ends())).toEqual(Array(2).fill('failed, portal-changed'));
});

it('a sign-in that ends each process ends the link, and a link after it begins anew', async () => {
  for (const name of ['a', 'b', 'c']) await add(name, 100);
  deadly.add('resume');
  expect(await live()).toBe(8);
  const { linked, unlinked_reason: why } = await firm.db
    .selectFrom('login_link')
    .selectAll()
    .executeTakeFirstOrThrow();
  expect({ linked, why }).toEqual({ linked: 0, why: 'lockout-risk' });
  deadly.clear();
  await link();
  await firm.db.updateTable('sync').set({ reason: 'waiting' }).execute();
  await live();
  for (const end of Object.values(await ends())) expect(end).toMatch(/^success/);
});

it('a process that stops as it should counts for nothing, nor does a login that a person ends', async () => {
  await add('slow');
  deadly.add('slow');
  for (let at = 0; at < 6; at += 1) {
    const stop = new AbortController();
    await session('source', { signal: stop.signal });
    stop.abort(new Error('the worker stops'));
    await Promise.allSettled(sessions);
  }
  expect(readsOf('slow')).toBe(6);
  await session();
  deadly.clear();
  await unlinkSource(firm.store, 'source', 'dana');
  await link();
  await firm.db.updateTable('sync').set({ reason: 'waiting', not_before: 0 }).execute();
  expect(await session()).toBe('drained');
  expect(Object.values(await ends())).toEqual([expect.stringMatching(/^success/)]);
});

it('of two in doubt each is tried without the other, so that only the one to blame has failed', async () => {
  const login = await firm.db.selectFrom('login_source').selectAll().executeTakeFirstOrThrow();
  await firm.db
    .insertInto('login_source')
    .values({ ...login, id: 'other' })
    .execute();
  await setLinked(firm.db, true, 'other');
  const state = await firm.db.selectFrom('sealed_secret').selectAll().executeTakeFirstOrThrow();
  const { keyId, sealed } = await firm.sealer.seal(new Secret('cookies'), 'other');
  const kept = { ...state, owner_id: 'other', source_id: 'other', key_id: keyId, sealed };
  await firm.db.insertInto('sealed_secret').values(kept).execute();
  await firm.db
    .updateTable('login_link')
    .set({ ends_at: firm.clock() + HOUR })
    .execute();
  await add('innocent', 1, 'other');
  await add('poison');
  // Four times both are under way as their process ends.
  deadly = new Set(['innocent', 'poison']);
  for (let at = 0; at < 4; at += 1) {
    expect(await Promise.all([session(), session('other')])).toEqual(['died', 'died']);
  }
  await Promise.all([session(), session('other')]);
  firm.time.now += MINUTE;
  expect(await session()).toBe('died');
  firm.time.now += 1;
  // The page of the other one still stands open.
  expect(await session('other')).toBe('drained');
  expect(readsOf('innocent')).toBe(4);
  firm.time.now += MINUTE;
  deadly = new Set(['poison']);
  await session('other');
  await live();
  expect(await ends()).toMatchObject({ '001 poison': 'failed, portal-changed' });
  expect((await ends())['000 innocent']).toMatch(/^success/);
});

it('a listing that ends its process is left aside, and the policies are read one by one', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const name of names) await add(name, 100);
  deadly.add('book');
  const screens: BookReading[] = [{ kind: 'page', entries: [], unreadable: [] }];
  expect(await session('source', { screens })).toBe('died');
  for (let at = 0; at < 3; at += 1) await session('source', { screens });
  expect(readsOf('book')).toBe(1);
  for (const end of Object.values(await ends())) expect(end).toMatch(/^success/);
});
