import type { Store } from '#database/store.ts';
import type { Show } from '#queue/messages.ts';
import type { StateKeeper } from '#core/sign-in/store/kept-state.ts';
import { randomBytes } from 'node:crypto';
import { Secret } from '#shared/secret.ts';
import type { Database } from '#database/connection.ts';
import { openTestDatabase, openTestFile } from './database.ts';
import { linkById, type Link } from '#core/sign-in/store/links.ts';
import { createOpener, createSealer, generateKey } from '#database/sealing.ts';
import type { Pairing } from '#core/sign-in/link.ts';
import type { CarrierFacts, PortalSession, SignInHooks, SignInResult } from '#portal/portal.ts';
import type { Opener, Sealer } from '#database/sealed.ts';
import type { SignInRunner, SignInSession } from '#core/sign-in/sign-in-run.ts';

export const FACTS: CarrierFacts = {
  id: 'northbridge',
  name: 'Northbridge Life',
  portalUrl: 'https://portal.northbridge.example/',
  unlockSteps: 'Call Northbridge at 555-0100 and ask for a reset.',
  sessionMinutes: 60,
  automaticSignInsPerDay: 2,
  codes: 'never',
  codePattern: /^\d{6}$/,
  fields: [
    { name: 'user', label: 'User ID', secret: false, autocomplete: 'username' },
    { name: 'password', label: 'Password', secret: true, autocomplete: 'current-password' },
  ],
};

export const TYPED = { user: new Secret('dana.w'), password: new Secret('correct horse battery') };

/** A small firm on a real database, with a clock of its own and the deps of every verb. */
export interface LinkFirm extends AsyncDisposable {
  db: Database;
  /** Epoch ms, to be moved by the test. */
  time: { now: number };
  clock: () => number;
  store: Store;
  sealer: Sealer;
  opener: Opener;
  runner: SignInRunner & StateKeeper & { show: Show };
  facts: CarrierFacts;
  carrier: (id: string) => CarrierFacts | undefined;
  pairings: Pairing[];
  woken: string[];
  random: (bytes: number) => Uint8Array;
  pairingWanted: (pairing: Pairing) => Promise<void>;
  wake: (sourceId: string) => Promise<void>;
  changed: (sourceId: string) => Promise<void>;
}

export const openLinkFirm = async (
  options: {
    facts?: Partial<CarrierFacts>;
    realTime?: boolean;
    file?: string;
    db?: Database;
  } = {},
): Promise<LinkFirm> => {
  const { file } = options;
  const db = options.db ?? (await (file === undefined ? openTestDatabase() : openTestFile(file)));
  const time = { now: Date.parse('2026-11-20T15:00:00Z') };
  const clock = options.realTime === true ? Date.now : () => time.now;
  await seed(db);
  const key = await generateKey();
  const facts = { ...FACTS, ...options.facts };
  const pairings: Pairing[] = [];
  const woken: string[] = [];
  const changed = (): Promise<void> => Promise.resolve();
  const opener = createOpener([key]);
  const sealer = createSealer([key]);
  const store = { db, clock };
  return {
    db,
    time,
    clock,
    store,
    sealer,
    opener,
    runner: { store, sealer, opener, clock, changed, show: () => Promise.resolve() },
    facts,
    carrier: (id) => (id === facts.id ? facts : undefined),
    pairings,
    woken,
    random: (bytes) => randomBytes(bytes),
    pairingWanted: (pairing) => {
      pairings.push(pairing);
      return Promise.resolve();
    },
    wake: (sourceId) => {
      woken.push(sourceId);
      return Promise.resolve();
    },
    changed,
    [Symbol.asyncDispose]: () => db.destroy(),
  };
};

/** What every policy of that firm is. */
export const POLICY_FACTS = {
  carrier_id: FACTS.id,
  product_name: 'Horizon VA',
  product_type: 'Annuity',
  plan_type: 'IRA',
  product_class: 'variable',
  status: 'In Force',
  updated_at: 0,
};

const seed = async (db: Database): Promise<void> => {
  const people = [
    { id: 'dana', name: 'Dana Whitfield', role: 'advisor' },
    { id: 'omar', name: 'Omar Reyes', role: 'advisor' },
    { id: 'mona', name: 'Mona Lindqvist', role: 'manager' },
  ];
  await db.insertInto('person').values(people).execute();
  await db.insertInto('carrier').values({ id: FACTS.id, name: FACTS.name }).execute();
  await db
    .insertInto('login_source')
    .values({
      id: 'source',
      carrier_id: FACTS.id,
      name: 'Dana at Northbridge',
      holder_id: 'dana',
    })
    .execute();
  await db.updateTable('login_lease').set({ fence: 1 }).execute();
  await db.insertInto('product_status').values({ name: 'In Force', indicator: 'open' }).execute();
  await db
    .insertInto('contact')
    .values({
      id: 'contact',
      external_id: 'c1',
      kind: 'individual',
      name: 'Ines Ito',
      search: 'ines ito',
    })
    .execute();
  await db
    .insertInto('policy')
    .values({
      id: 'policy',
      external_id: 'p1',
      contact_id: 'contact',
      number: '00123-4567',
      number_key: '001234567',
      ...POLICY_FACTS,
    })
    .execute();
};

/** Another policy of the same contact. */
export const addSecondPolicy = async (db: Database): Promise<void> => {
  await db
    .insertInto('policy')
    .values({
      id: 'policy-2',
      external_id: 'p2',
      contact_id: 'contact',
      number: '2',
      number_key: '2',
      ...POLICY_FACTS,
    })
    .execute();
};

/** A request of Dana's whose sync waits for the link. */
export const addWaitingSync = async ({ db, clock }: LinkFirm): Promise<void> => {
  await db
    .insertInto('request')
    .values({
      id: 'request',
      person_id: 'dana',
      kind: 'policy',
      policy_id: 'policy',
      asked_in: 'C1',
      channel: 'C1',
      created_at: clock(),
    })
    .execute();
  await db
    .insertInto('sync')
    .values({
      id: 'sync',
      policy_id: 'policy',
      source_id: 'source',
      priority: 1,
      status: 'queued',
      reason: 'waiting-for-link',
      created_at: clock(),
    })
    .execute();
  await db.insertInto('request_sync').values({ request_id: 'request', sync_id: 'sync' }).execute();
};

/** A session at a portal that answers as told; `submitted` counts the passwords it was given. */
export const portalThat = (
  answer: (hooks: SignInHooks, submit: () => Promise<void>) => Promise<SignInResult>,
): PortalSession & { submitted: string[] } => {
  const submitted: string[] = [];
  return {
    submitted,
    signIn: (credentials, hooks) =>
      answer(hooks, async () => {
        await hooks.beforeSubmit();
        submitted.push(credentials['password']?.reveal() ?? '');
      }),
    resume: () => Promise.resolve({ kind: 'ended' }),
    read: () => Promise.resolve({ kind: 'absent', closeNumbers: [] }),
    keep: () => Promise.resolve(new Secret('{}')),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
};

export const accepts = () =>
  portalThat(async (_hooks, submit) => {
    await submit();
    return { kind: 'signed-in' };
  });

export const rejects = (
  reason: 'bad-credentials' | 'locked' | 'carrier-down' = 'bad-credentials',
) =>
  portalThat(async (_hooks, submit) => {
    await submit();
    return { kind: 'failure', reason };
  });

export const sessionOf = (firm: LinkFirm, portal: PortalSession, fence = 1): SignInSession => ({
  portal,
  facts: firm.facts,
  fence,
  signal: new AbortController().signal,
});

export const linkOf = async (firm: LinkFirm, id: string): Promise<Link> => {
  const link = await linkById(firm.store, id);
  if (link === undefined) throw new Error('There is no such link.');
  return link;
};
