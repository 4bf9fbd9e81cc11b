import { setTimeout as sleep } from 'node:timers/promises';
import type { KeptChild } from '#app/child.ts';
import { packCredentials } from '#core/sign-in/sign-in.ts';
import { requestSync } from '#core/requests/request.ts';
import { queueDay } from '#features/daily-sync/queue-day.ts';
import type { Credentials } from '#portal/portal.ts';
import { normalizeNumber } from '#shared/policy-number.ts';
import { Secret } from '#shared/secret.ts';
import { localFirmStore } from '#simulator/store.ts';
import type { LoginChange } from '#simulator/portals/handle.ts';
import { startFirm, type TestFirm } from '#test/support/firm.ts';
import { linkAs } from '#test/support/person-links.ts';
import { processNames, type Where } from '#test/support/where.ts';
import { openWire, type Wire } from './wire.ts';

export const WITHOUT_CODES = [
  'northbridge-life',
  'granite-mutual',
  'prairie-states',
  'summit-fidelity',
] as const;
export const WITH_CODES = ['meridian-annuity', 'harbor-trust'] as const;
export const CARRIERS = [...WITHOUT_CODES, ...WITH_CODES] as const;
export type CarrierId = (typeof CARRIERS)[number];

/** Users of every local portal who see the whole sandbox book; what they are told to do is taken back. */
const USERS = [
  'sandbox',
  'sandbox-wrong-password',
  'sandbox-locked',
  'sandbox-password-expired',
  'sandbox-terms',
  'sandbox-second-session',
  'sandbox-dropped',
  'sandbox-slow-sign-in',
  'sandbox-hanging-sign-in',
] as const;
const AS_ANYBODY: LoginChange = {
  refused: false,
  locked: false,
  passwordExpired: false,
  terms: false,
  inUse: false,
  dropped: false,
  hangs: false,
  slowMs: 0,
  ways: ['text'],
};
/** The first three policies of the sandbox book are peculiar. */
const FIRST_NUMBER = 1004;

/** Holds all logins, and may see every client. */
const HOLDER = 'UMARCUS01';
const CHANNEL = 'CTEAM0001';
const SETTLED_WITHIN_MS = 120_000;
const DAY_MS = 24 * 60 * 60_000;

/** One login at a carrier, with a password that nobody else has. */
export interface Login {
  carrier: CarrierId;
  user: string;
  /** External id, and the row's. */
  source: string;
  id: string;
  /** What the carrier takes. */
  right: string;
  wrong: string;
  numbers: readonly [string, string];
  policies: readonly [string, string];
  /** Passwords in the portal's ledger before this login's time. */
  ledgerBefore: number;
}

export interface LockoutFirm extends AsyncDisposable {
  firm: TestFirm;
  wire: Wire;
  /** `keeps` is a password that its holder once let us keep: the login is linked. */
  newLogin: (carrier: CarrierId, keeps?: 'right' | 'wrong', user?: string) => Promise<Login>;
  change: (login: Login, change: LoginChange) => Promise<void>;
  credentials: (login: Login, password: string) => Credentials;
  /** The holder's own act on the link page, up to the sign-in that waits for a worker. */
  link: (login: Login, password: string, keeps?: boolean) => Promise<void>;
  /** The same by one click, with the password that is kept. */
  linkWithKept: (login: Login) => Promise<void>;
  /** Asks for one of its policies; the id of the request. */
  force: (login: Login, policy?: 0 | 1) => Promise<string>;
  /** Another day's background work. */
  day: (login: Login) => Promise<void>;
  /** Whatever waits for a later moment is due now. */
  hurry: () => Promise<void>;
  /** The workers, all at the same moment, and starts the next ones. */
  kill: () => Promise<void>;
  /** Nothing of these logins runs, nor could. Throws what still does after two minutes. */
  settled: (logins: readonly Login[]) => Promise<void>;
  /** Passwords of this login that its carrier has counted. */
  counted: (login: Login) => Promise<number>;
  personId: string;
}

export const openLockoutFirm = async (slots: number, where?: Where): Promise<LockoutFirm> => {
  await using stack = new AsyncDisposableStack();
  const wire = stack.use(await openWire(CARRIERS));
  const firm = stack.use(
    await startFirm({
      slots,
      where,
      workerEnv: { CARRIER_ADDRESSES: JSON.stringify(wire.addresses), LOG_LEVEL: 'fatal' },
    }),
  );
  const { db, facts, local, sealer } = firm;
  wire.aim(local.portals.addresses);
  const store = { db, clock: Date.now };
  const { id: personId } = await db
    .selectFrom('person')
    .select('id')
    .where('slack_user_id', '=', HOLDER)
    .executeTakeFirstOrThrow();
  await db
    .insertInto('contact')
    .values({ id: 'TRIAL', external_id: 'TRIAL', kind: 'individual', name: 'Ito', search: 'ito' })
    .execute();
  await db.insertInto('book').values({ contact_id: 'TRIAL', person_id: personId }).execute();
  const names = processNames('worker', where?.workers ?? 1);
  let workers: KeptChild[] = [];
  const startWorkers = async (): Promise<void> => {
    workers = names.map((name) => firm.workAsChild(name));
    await Promise.all(workers.map(({ ready }) => ready));
  };
  await startWorkers();

  let [made, asked, days] = [0, 0, 0];
  const usersOf = new Map<string, number>();
  const actor = { id: personId, role: 'manager', active: true } as const;
  const wake = (): Promise<boolean> => Promise.resolve(true);

  const credentials: LockoutFirm['credentials'] = ({ carrier, user }, password) =>
    Object.fromEntries(
      (facts.find(({ id }) => id === carrier)?.fields ?? []).map(({ name, secret }) => [
        name,
        new Secret(secret ? password : user),
      ]),
    );

  const counted: LockoutFirm['counted'] = async ({ carrier, user, ledgerBefore }) =>
    (await local.portals.of(carrier).ledger(user)).filter(({ step }) => step === 'password')
      .length - ledgerBefore;

  const newLogin: LockoutFirm['newLogin'] = async (carrier, keeps, named) => {
    made += 1;
    const nth = usersOf.get(carrier) ?? 0;
    usersOf.set(carrier, nth + 1);
    const user = named ?? USERS[nth % USERS.length] ?? 'sandbox';
    const at = `${made}`.padStart(4, '0');
    const numberOf = (which: number): string =>
      `SB-${FIRST_NUMBER + 2 * (nth % USERS.length) + which}`;
    const login: Login = {
      carrier,
      user,
      source: `TRIAL-${at}`,
      id: `TRIAL-${at}`,
      right: `right${at}pine`,
      wrong: `wrong${at}pine`,
      numbers: [numberOf(0), numberOf(1)],
      policies: [`TRIAL-${at}-0`, `TRIAL-${at}-1`],
      ledgerBefore: 0,
    };
    const portal = local.portals.of(carrier);
    await portal.unlock(user);
    await portal.setLogin(user, { ...AS_ANYBODY, password: login.right });
    await portal.endSessions(user);
    await db
      .insertInto('login_source')
      .values({
        id: login.id,
        external_id: login.source,
        name: `Trial ${at}`,
        carrier_id: carrier,
        holder_id: personId,
      })
      .execute();
    await db
      .insertInto('policy')
      .values(
        login.policies.map((id, which) => ({
          id,
          external_id: id,
          contact_id: 'TRIAL',
          carrier_id: carrier,
          number: numberOf(which),
          number_key: normalizeNumber(numberOf(which)),
          product_name: 'Sandbox Variable Annuity',
          product_type: 'Annuity',
          plan_type: 'IRA',
          product_class: 'variable' as const,
          status: 'In Force',
          home_source_id: login.id,
          updated_at: Date.now(),
        })),
      )
      .execute();
    if (keeps !== undefined) {
      const packed = packCredentials(credentials(login, login[keeps]));
      const password = await sealer.seal(packed, login.id);
      const now = Date.now();
      await localFirmStore(db).keepLinked(login.id, { password, at: now, endsAt: now + DAY_MS });
    }
    return { ...login, ledgerBefore: await counted(login) };
  };

  const openOf = async (logins: readonly Login[]): Promise<string[]> => {
    const ids = logins.map(({ id }) => id);
    const signIns = await db
      .selectFrom('sign_in')
      .select(['source_id as source', 'state'])
      .where('source_id', 'in', ids)
      .where('finished_at', 'is', null)
      .execute();
    const sessions = await db
      .selectFrom('login_lease')
      .select('source_id as source')
      .where('source_id', 'in', ids)
      .where('token', 'is not', null)
      .execute();
    const syncs = await db
      .selectFrom('sync as s')
      .innerJoin('login_link as k', 'k.source_id', 's.source_id')
      .innerJoin('login_lease as e', 'e.source_id', 's.source_id')
      .select(['s.source_id as source', 's.status', 's.reason'])
      .where('s.source_id', 'in', ids)
      .where((is) =>
        is.or([
          is('s.status', '=', 'in-progress'),
          is.and([
            is('s.status', '=', 'queued'),
            is('s.not_before', '<=', Date.now()),
            is('k.linked', '=', 1),
            is('e.not_before', '<=', Date.now()),
          ]),
        ]),
      )
      .execute();
    return [
      ...signIns.map(({ source, state }) => `${source} signs in: ${state}`),
      ...sessions.map(({ source }) => `${source} has a session`),
      ...syncs.map(({ source, status, reason }) => `${source} has a sync ${status}, ${reason}`),
    ];
  };

  const owned = stack.move();
  return {
    firm,
    wire,
    personId,
    newLogin,
    credentials,
    counted,
    change: ({ carrier, user }, change) => local.portals.of(carrier).setLogin(user, change),
    link: (login, password, keeps = false) =>
      linkAs(firm, HOLDER, login.source, keeps, Date.now, credentials(login, password)),
    linkWithKept: ({ source }) => linkAs(firm, HOLDER, source, true, Date.now, 'kept'),
    force: async (login, policy = 0) => {
      asked += 1;
      const made = await requestSync(
        { store, openBooks: true, mostForced: 10_000, wake, show: () => Promise.resolve() },
        actor,
        {
          policyId: login.policies[policy],
          sourceId: login.id,
          origin: { askedIn: CHANNEL, channel: CHANNEL },
          dedupeKey: `trial-${asked}`,
        },
      );
      if (made.kind !== 'requested') throw new Error(`A sync of ${login.source} is ${made.kind}.`);
      return made.requestId;
    },
    day: async (login) => {
      days += 1;
      const day = new Date(Date.parse('2026-01-05') + days * DAY_MS).toISOString().slice(0, 10);
      await queueDay({ store, wake }, login.id, day);
    },
    hurry: async () => {
      const now = { not_before: 0 };
      await db.updateTable('sync').set(now).where('source_id', 'like', 'TRIAL-%').execute();
      await db.updateTable('login_lease').set(now).where('source_id', 'like', 'TRIAL-%').execute();
    },
    kill: async () => {
      for (const worker of workers) {
        const pid = worker.pid();
        if (pid === undefined) throw new Error('There is no worker to be killed.');
        process.kill(pid, 'SIGKILL');
      }
      // Their keepers would wait longer each time.
      await Promise.all(workers.map((worker) => worker.stop()));
      await startWorkers();
    },
    settled: async (logins) => {
      let [deadline, last] = [0, ''];
      for (;;) {
        const open = await openOf(logins);
        if (open.length === 0) return;
        // As long as something goes on, it is not stuck.
        if (open.join() !== last) deadline = performance.now() + SETTLED_WITHIN_MS;
        last = open.join();
        if (performance.now() > deadline) throw new Error(`It does not end: ${open.join('; ')}`);
        await sleep(100);
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};
