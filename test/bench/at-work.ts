import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Secret } from '#shared/secret.ts';
import { localFirmStore } from '#simulator/store.ts';
import { packCredentials } from '#core/sign-in/sign-in.ts';
import type { CarrierFacts, Portals } from '#portal/portal.ts';
import { startFirm, type TestFirm } from '#test/support/firm.ts';
import { found } from '#test/support/scripted-portals.ts';
import { startBotApart } from './bot-apart.ts';
import type { LargeFirm } from './large-firm.ts';
import { OLIVIA } from '#test/support/people.ts';

export const ANA = 'UANARUIZ1';
export const TEAM = 'CTEAM0001';
/** How long a portal takes to read one policy. */
export const READ_MS = 200;
const DAY = 86_400_000;

/** The large firm with its bot in a process of its own; the local workspace and who types are in this one. */
export interface FirmAtWork extends AsyncDisposable {
  firm: TestFirm;
  /** Numbers of policies in Ana's own book, each at a login of hers. */
  numbers: readonly string[];
  /** When the read of this number began, as performance.now() says it. */
  readAt: (number: string) => number | undefined;
  /** Starts a worker whose portals take READ_MS for each policy. */
  work: (slots: number) => Promise<AsyncDisposable>;
}

const carrierFacts = (id: string): CarrierFacts => ({
  id,
  name: id.replace('carrier-', 'Carrier '),
  portalUrl: 'http://127.0.0.1:1',
  unlockSteps: 'Call the carrier.',
  sessionMinutes: 30,
  automaticSignInsPerDay: 1000,
  codes: 'never',
  fields: [
    { name: 'user', label: 'User name', secret: false, autocomplete: 'username' },
    { name: 'password', label: 'Password', secret: true, autocomplete: 'current-password' },
  ],
});

const portalsOf = (facts: readonly CarrierFacts[], begun: Map<string, number>): Portals => ({
  carrier: (id) => facts.find((carrier) => carrier.id === id),
  open: (_source, _kept, signal) =>
    Promise.resolve({
      resume: () => Promise.resolve({ kind: 'alive' }),
      signIn: async (_credentials, hooks) => {
        await hooks.beforeSubmit();
        return { kind: 'signed-in' };
      },
      read: async (number) => {
        begun.set(number, performance.now());
        await sleep(READ_MS, undefined, { signal });
        return found(number, 41_281_200, '2026-11-17');
      },
      keep: () => Promise.resolve(new Secret('a session')),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
});

/** Who is in the local workspace stands for the people of the large firm: a bot ends the access of others. */
const people = async ({ db }: LargeFirm): Promise<void> => {
  await db.updateTable('person').set({ slack_user_id: null }).execute();
  for (const [id, slackId] of [
    ['advisor-000', ANA],
    ['advisor-001', OLIVIA],
  ] as const)
    await db.updateTable('person').set({ slack_user_id: slackId }).where('id', '=', id).execute();
};

/** Every login is linked, and its holder is one of the two. */
const link = async ({ db, sealer }: TestFirm, now: number): Promise<void> => {
  await db
    .updateTable('login_source')
    .set((row) => ({
      holder_id: row
        .case()
        .when('id', '<', 'source-00005')
        .then('advisor-000')
        .else('advisor-001')
        .end(),
    }))
    .execute();
  const credentials = packCredentials({ user: new Secret('u'), password: new Secret('p') });
  const store = localFirmStore(db);
  for (const { id } of await db.selectFrom('login_source').select('id').execute())
    await store.keepLinked(id, {
      password: await sealer.seal(credentials, id),
      at: now,
      endsAt: now + 30 * DAY,
    });
};

export const startAtWork = async (large: LargeFirm): Promise<FirmAtWork> => {
  const began = performance.now();
  const clock = (): number => large.now + Math.round(performance.now() - began);
  const carriers = await large.db.selectFrom('carrier').select('id').execute();
  const facts = carriers.map(({ id }) => carrierFacts(id));
  await people(large);
  const firm = await startFirm({
    clock,
    databaseFile: large.file,
    facts,
    slots: 4,
    startBot: (options) => startBotApart(options, large.file),
  });
  await link(firm, large.now);
  // Whatever is at her logins is in her book as well.
  const mine = firm.db
    .selectFrom('policy')
    .innerJoin('login_source', 'login_source.id', 'policy.home_source_id')
    .where('login_source.holder_id', '=', 'advisor-000');
  await firm.db
    .insertInto('book')
    .columns(['contact_id', 'person_id'])
    .expression(
      mine.select(['policy.contact_id', sql.lit('advisor-000').as('person_id')]).distinct(),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const rows = await mine
    .select('policy.number')
    .where('policy.status', '=', 'Active')
    .orderBy('policy.id')
    .execute();
  const begun = new Map<string, number>();
  return {
    firm,
    numbers: rows.map(({ number }) => number),
    readAt: (number) => begun.get(number),
    work: (slots) => firm.work(portalsOf(facts, begun), { slots }),
    [Symbol.asyncDispose]: () => firm[Symbol.asyncDispose](),
  };
};
