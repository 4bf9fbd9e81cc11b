import { dirname } from 'node:path';
import { sql } from 'kysely';
import { Secret } from '#shared/secret.ts';
import { localFirmStore } from '#simulator/store.ts';
import { packCredentials } from '#core/sign-in/sign-in.ts';
import type { CarrierFacts } from '#portal/portal.ts';
import { startFirm, type TestFirm } from '#test/support/firm.ts';
import { startBotApart } from './bot-apart.ts';
import type { LargeFirm } from './large-firm.ts';
import { startWorkerApart } from './worker-apart.ts';
import { ON_POSTGRES, ON_SQLITE, processNames, type Where } from '#test/support/where.ts';
import { OLIVIA } from '#test/support/people.ts';

export const ANA = 'UANARUIZ1';
export const TEAM = 'CTEAM0001';
const DAY = 86_400_000;

/** The large firm with its bot and workers in processes of their own; the local workspace and who types are in this one. */
export interface FirmAtWork extends AsyncDisposable {
  firm: TestFirm;
  /** Numbers of policies in Ana's own book, each at a login of hers. */
  numbers: readonly string[];
  /** When the read of this number began, as performance.now() says it. */
  readAt: (number: string) => number | undefined;
  /** How many workers `work` starts. */
  workers: number;
  /** Starts the workers, with so many slots each, at portals that take READ_MS for each policy. */
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

/** Who is in the local workspace stands for the people of the large firm: a bot ends the access of others. */
const people = async ({ db }: LargeFirm): Promise<void> => {
  await db.updateTable('person').set({ slack_user_id: null }).execute();
  for (const [id, slackId] of [
    ['advisor-000', ANA],
    ['advisor-001', OLIVIA],
  ] as const)
    await db.updateTable('person').set({ slack_user_id: slackId }).where('id', '=', id).execute();
};

/** Whoever is linked has a password that is kept, and the holder of each login is one of the two; no carrier is paused. */
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
  await db.updateTable('carrier').set({ paused_reason: null }).execute();
  await db
    .updateTable('carrier_pause')
    .set({ ended_at: now, ended_how: 'by-hand' })
    .where('ended_at', 'is', null)
    .execute();
  const credentials = packCredentials({ user: new Secret('u'), password: new Secret('p') });
  const store = localFirmStore(db);
  const linked = db.selectFrom('login_link').select('source_id as id').where('linked', '=', 1);
  for (const { id } of await linked.execute())
    await store.keepLinked(id, {
      password: await sealer.seal(credentials, id),
      at: now,
      endsAt: now + 30 * DAY,
    });
};

/** Its own database, which stays when the firm ends. */
const whereOf = ({ url }: LargeFirm): Where | undefined =>
  url === undefined
    ? undefined
    : {
        ...ON_POSTGRES,
        newDatabase: () => Promise.resolve({ url, [Symbol.asyncDispose]: () => Promise.resolve() }),
      };

export const startAtWork = async (large: LargeFirm): Promise<FirmAtWork> => {
  const began = performance.now();
  const clock = (): number => large.now + Math.round(performance.now() - began);
  const carriers = await large.db.selectFrom('carrier').select('id').execute();
  const facts = carriers.map(({ id }) => carrierFacts(id));
  await people(large);
  const where = whereOf(large);
  const { file, url } = large;
  const place = { file, ...(url !== undefined && { url }) };
  const firm = await startFirm({
    clock,
    databaseFile: large.file,
    facts,
    where,
    slots: 4,
    startBot: (options) => startBotApart(options, place),
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
  const begins = (number: string, at = performance.now()): void => void begun.set(number, at);
  const { workers } = where ?? ON_SQLITE;
  const working = new AsyncDisposableStack();
  const startWorkers = async (slots: number): Promise<AsyncDisposable> => {
    await using stack = new AsyncDisposableStack();
    const told = {
      slots,
      database: place,
      folder: dirname(firm.pictures),
      redis: firm.redis.url,
      aheadMs: clock() - Date.now(),
      facts,
    };
    for (const name of processNames('worker', workers))
      stack.use(await startWorkerApart({ ...told, name }, begins));
    return stack.move();
  };
  return {
    firm,
    workers,
    numbers: rows.map(({ number }) => number),
    readAt: (number) => begun.get(number),
    work: async (slots) => working.use(await startWorkers(slots)),
    [Symbol.asyncDispose]: async () => {
      await working.disposeAsync();
      await firm[Symbol.asyncDispose]();
    },
  };
};
