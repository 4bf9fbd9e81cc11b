import { loginRow } from '#test/support/logins.ts';
import { requestView } from '#core/requests/store/views.ts';
import { loginSource } from '#core/logins/store/login-sources.ts';
import { Secret } from '#shared/secret.ts';
import { accountSubject } from '#shared/subject.ts';
import { createKeptBooks } from '#core/sessions/kept-books.ts';
import { USUAL_PAUSE_RULE } from '#core/sessions/pause-rules.ts';
import { CODE_LIFE } from '#core/sign-in/rules.ts';
import { openTestDatabase } from './database.ts';
import { linkById } from '#core/sign-in/store/links.ts';
import { createOpener, createSealer, generateKey } from '#database/sealing.ts';
import { readTries } from '#core/sign-in/store/sign-ins.ts';
import { cancelRequest } from '#core/requests/cancel.ts';
import { holdSource } from '#features/holds/hold.ts';
import { issueLink } from '#core/sign-in/link.ts';
import type { PortalSession, Portals } from '#portal/portal.ts';
import { requestSync } from '#core/requests/request.ts';
import { runSession, type SessionDeps } from '#core/sessions/session.ts';
import { askForNewCode, beginSignIn, packCredentials, submitCode } from '#core/sign-in/sign-in.ts';
import { sourceChanged } from '#app/login-changed.ts';
import type { ItemView } from '#core/requests/view.ts';
import { makeKept } from '#portal/kept.ts';
import { insertFirm, insertHistory, type Scene } from './scene-firm.ts';

/** When something is looked at: reads are counted. */
export type Moment = 'asked' | 'sign-in' | 'code' | 'linked' | `read ${number}` | 'end';

const MINUTE = 60_000;
export const PASSWORDS = { user: 'dana.w', right: 'lantern-42', wrong: 'lantern-24' } as const;
const DANA = { id: 'dana', role: 'advisor', active: true } as const;

export interface Played {
  /** What the person saw of the sync, at each moment. */
  seen: Map<Moment, ItemView>;
  /** Of the database in the end: what waits how long, minutes from the last session. */
  rests: { sync: number; source: number; carrier: number };
  /** Passwords written down as submitted. */
  passwords: number;
  /** Another session in an hour or a day, which must find nothing to do with these portals. */
  again: (portals: Portals, afterMs: number) => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
}

/** Portals that let the scene be looked at before each call. */
const watched = (
  portals: Portals,
  look: (moment: Moment) => Promise<void>,
  onRead: (nth: number) => Promise<void>,
): Portals => {
  let reads = 0;
  return {
    carrier: portals.carrier,
    open: async (source, kept, signal): Promise<PortalSession> => {
      const session = await portals.open(source, kept, signal);
      return {
        resume: (owner) => session.resume(owner),
        signIn: async (credentials, hooks) => {
          await look('sign-in');
          return session.signIn(credentials, hooks);
        },
        read: async (number) => {
          reads += 1;
          await look(`read ${reads}`);
          await onRead(reads);
          return session.read(number);
        },
        keep: () => session.keep(),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
    },
  };
};

/** What an earlier session left, without the cookie by which the portal would know it again. */
const forgottenDevice = (carrier: string, now: number): Secret =>
  makeKept(carrier, {
    signedInAt: now - 86_400_000,
    trustedUntil: now + 20 * 86_400_000,
    storage: { cookies: [], origins: [] },
    tab: {},
  });

/**
 * Plays a scene as the product does it, on a real database: a person asks, a session of the login
 * runs through these portals, and each state that a card would show is kept. `codeOf` is the code
 * the portal sent; `time` moves only where the scene says so.
 */
export const playScene = async (
  scene: Scene,
  {
    portals,
    time,
    codeOf,
  }: { portals: Portals; time: { now: number }; codeOf: () => Promise<string | undefined> },
): Promise<Played> => {
  const asked = Date.parse(scene.now);
  time.now = asked;
  const clock = (): number => time.now;
  const db = await openTestDatabase();
  await insertFirm(db, scene, asked);
  await insertHistory(db, scene, asked);
  const keys = [await generateKey()];
  const [sealer, opener] = [createSealer(keys), createOpener(keys)];
  const store = { db, clock };
  /** Slack says of everybody who is asked about that they are still here. */
  const show = async (subject: string): Promise<void> => {
    if (!subject.startsWith(accountSubject(''))) return;
    await db.updateTable('person').set({ slack_checked_at: time.now }).execute();
  };
  const wake = () => Promise.resolve(true);
  const typed = {
    user: new Secret(PASSWORDS.user),
    password: new Secret(PASSWORDS[scene.password ?? 'right']),
  };
  if (scene.signIn === 'kept') {
    const keep = async (kind: 'password' | 'device', secret: Secret): Promise<void> => {
      const { keyId, sealed } = await sealer.seal(secret, 'source');
      const row = { owner_id: 'source', kind, source_id: 'source', key_id: keyId };
      await db
        .insertInto('sealed_secret')
        .values({ ...row, sealed, created_at: asked, expires_at: null })
        .execute();
    };
    await keep('password', packCredentials(typed));
    if (scene.remembered) await keep('device', forgottenDevice(scene.carrier, asked));
  }

  const ask = async (policyId: string): Promise<string> => {
    const outcome = await requestSync(
      { store, openBooks: false, mostForced: 100, wake, show },
      DANA,
      {
        policyId,
        sourceId: 'source',
        origin: { askedIn: 'C0TEAM', channel: 'C0TEAM' },
        dedupeKey: policyId,
      },
    );
    if (outcome.kind !== 'requested') throw new Error(`Asking came to ${outcome.kind}`);
    return outcome.requestId;
  };
  for (const [index, { ahead }] of (scene.beside ?? []).entries())
    if (ahead) await ask(`policy-${index + 1}`);
  const requestId = await ask('policy-0');
  await db
    .updateTable('sync')
    .set({ tries: scene.tries ?? 0 })
    .where('policy_id', '=', 'policy-0')
    .where('status', '=', 'queued')
    .execute();

  const seen = new Map<Moment, ItemView>();
  const look = async (moment: Moment): Promise<void> => {
    const item = (await requestView(store, requestId))?.items[0];
    if (item === undefined) throw new Error('The request shows nothing');
    if (!seen.has(moment)) seen.set(moment, item);
  };
  const hold = async (): Promise<void> => {
    await holdSource({ store, clock, show, wake }, DANA, 'source', 30 * MINUTE);
  };
  await look('asked');
  if (scene.hold === 'before') await hold();

  const changed = async (sourceId: string): Promise<void> => {
    await sourceChanged({ store, show }, sourceId);
    const source = await loginSource(store, sourceId);
    if (source?.linked === true) await look('linked');
  };
  const page = { store: { db, clock }, sealer, clock, changed };
  let signInId = '';
  const byPerson = scene.signIn !== 'kept' && scene.signIn !== 'none';
  if (byPerson) {
    const links = { db, clock };
    const issued = await issueLink(
      { store: links, clock, random: (bytes) => new Uint8Array(bytes) },
      { personId: DANA.id, sourceId: 'source', requestId },
    );
    const link = issued.kind === 'issued' ? await linkById(links, issued.linkId) : undefined;
    if (link === undefined) throw new Error('There is no link');
    const begun = await beginSignIn({ ...page, wake: () => Promise.resolve() }, link, typed, false);
    if (begun.kind !== 'begun') throw new Error(`The sign-in is ${begun.kind}`);
    signInId = begun.signInId;
  }

  const enter = async (): Promise<void> => {
    const sent = (await codeOf()) ?? '123456';
    const wrong = sent === '000000' ? '111111' : '000000';
    const code = new Secret(scene.signIn === 'wrong code' ? wrong : sent);
    const carrier = portals.carrier;
    const outcome = await submitCode({ ...page, carrier }, signInId, DANA.id, code);
    if (outcome.kind !== 'submitted') throw new Error(`The code is ${outcome.kind}`);
  };
  let asks = 0;
  /** The person's part of a sign-in that waits for a code. */
  const whileParked = async <T>(wait: () => Promise<T>): Promise<T> => {
    asks += 1;
    if (scene.signIn === 'new code' && asks === 1) {
      await askForNewCode(page, signInId, DANA.id);
      return wait();
    }
    await look('code');
    if (scene.signIn === 'no code') {
      const waiting = wait();
      time.now += CODE_LIFE + 1000;
      return waiting;
    }
    if (scene.signIn === 'late code') time.now += 3 * MINUTE;
    await enter();
    return wait();
  };

  const session = async (through: Portals): Promise<void> => {
    const deps: SessionDeps = {
      store,
      opener,
      wake,
      sealer,
      clock,
      pauseRule: USUAL_PAUSE_RULE,
      portals: through,
      books: createKeptBooks(),
      warm: {
        clear: () => Promise.resolve(),
        take: () => undefined,
        put: async (_, portal) => portal[Symbol.asyncDispose](),
      },
      show,
      changed,
    };
    await runSession(deps, {
      sourceId: 'source',
      holder: 'test',
      jobId: 'job',
      token: 'token',
      signal: new AbortController().signal,
      stopping: () => false,
      permit: {
        scarce: () => false,
        wanted: () => false,
        whileParked,
        resume: () => Promise.resolve(),
      },
    });
  };
  const onRead = async (nth: number): Promise<void> => {
    if (nth === 1 && scene.hold === 'during the first read') await hold();
  };
  const through = watched(portals, look, onRead);
  let late = asked;
  for (const minutes of scene.sessions ?? [0]) {
    late = asked + minutes * MINUTE;
    time.now = Math.max(time.now, late);
    await session(through);
  }
  if (scene.cancel) await cancelRequest({ store, show }, DANA, requestId);
  await look('end');

  const [sync] = await db
    .selectFrom('sync')
    .select('not_before')
    .where('policy_id', '=', 'policy-0')
    .orderBy('created_at', 'desc')
    .execute();
  const source = await loginRow(db);
  const carrier = await db.selectFrom('carrier').selectAll().executeTakeFirstOrThrow();
  const minutesLeft = (at: number | null | undefined): number =>
    Math.max(0, ((at ?? 0) - late) / MINUTE);
  return {
    seen,
    rests: {
      sync: minutesLeft(sync?.not_before),
      source: minutesLeft(source.not_before),
      carrier: minutesLeft(carrier.paused_until),
    },
    passwords: (await readTries(store.db, 'source')).length,
    again: async (other, afterMs) => {
      time.now += afterMs;
      await session(other);
    },
    [Symbol.asyncDispose]: () => db.destroy(),
  };
};
