import { setTimeout as sleep } from 'node:timers/promises';
import { nameNow } from '#core/policies/store/named.ts';
import { may, type Action, type Actor, type Relation, type Role } from '#shared/access.ts';
import { askFor, isCardOf, startFirm, type TestFirm } from '#test/support/firm.ts';
import { forger } from '#test/support/forgery.ts';

/**
 * A firm in which everything that can be acted on is Ana's: her login (shared with Sam of support), her
 * policy, her request. No worker runs, so that every act on it could still do something.
 */
export const TEAM = 'CTEAM0001';
export const ANA = 'UANARUIZ1';
export const BEN = 'UBENCART1';
export const NUMBER = '00123-4567';

export interface Somebody {
  who: string;
  slackId: string;
  /** Undefined: no person of the firm, who may do nothing. */
  role?: Role;
  relation?: Relation;
  team?: string;
}

export const EVERYBODY: Somebody[] = [
  { who: 'an owner', slackId: 'UOLIVIA01', role: 'owner' },
  { who: 'a manager', slackId: 'UMARCUS01', role: 'manager' },
  {
    who: 'the advisor whose it is',
    slackId: ANA,
    role: 'advisor',
    relation: { holds: true, inBook: true, own: true },
  },
  { who: 'another advisor', slackId: BEN, role: 'advisor' },
  {
    who: 'support it is shared with',
    slackId: 'USAMOKAF1',
    role: 'support',
    relation: { shared: true, exactNumber: true },
  },
  { who: 'a guest', slackId: 'UGWENGST1' },
  { who: 'a deactivated person', slackId: 'UDANAFRM1' },
  { who: 'nobody Slack knows', slackId: 'UNOBODY01' },
  { who: 'her account in another workspace', slackId: ANA, team: 'TOTHER001' },
];

/** Everything that one of the acts could change. */
export type Standing = Awaited<ReturnType<typeof standingOf>>;

export interface AccessWorld extends AsyncDisposable {
  firm: TestFirm;
  forge: ReturnType<typeof forger>;
  source: string;
  policy: string;
  request: string;
  sync: string;
  before: Standing;
  standing: () => Promise<Standing>;
  restore: () => Promise<void>;
  /** What the person reads in answer: beneath the message, in the modal, or as the act itself gives it. */
  answered: (id: string, act: () => Promise<unknown>) => Promise<string>;
  /** The modal that this person has open once it says what it is about; closes it. */
  modalOf: (id: string) => Promise<string>;
  /** This person's Home once the act has drawn it anew; "nothing" where it does not. */
  homeAfter: (id: string, act: () => Promise<unknown>) => Promise<string>;
}

const standingOf = async ({ db }: TestFirm, policy: string) => ({
  sources: await db
    .selectFrom('login_source')
    .select(['id', 'name', 'holder_id', 'removed_at'])
    .orderBy('id')
    .execute(),
  links: await db.selectFrom('login_link').select(['source_id', 'linked']).execute(),
  holds: await db.selectFrom('login_hold').selectAll().execute(),
  shares: await db
    .selectFrom('source_share')
    .selectAll()
    .orderBy('source_id')
    .orderBy('person_id')
    .execute(),
  people: await db.selectFrom('person').select(['id', 'role']).orderBy('id').execute(),
  parts: await db.selectFrom('request_sync').selectAll().orderBy('sync_id').execute(),
  syncs: await db.selectFrom('sync').select(['id', 'status', 'reason']).orderBy('id').execute(),
  policy: await db
    .selectFrom('policy')
    .select(['status', 'number', 'number_key'])
    .where('id', '=', policy)
    .executeTakeFirstOrThrow(),
  cases: await db.selectFrom('support_case').select(['number', 'closed_at']).execute(),
  carriers: await db
    .selectFrom('carrier')
    .select(['id', 'paused_reason', 'paused_until'])
    .orderBy('id')
    .execute(),
  held: await db.selectFrom('held_value').select(['id', 'settled']).execute(),
});

const restoreTo = ({ db }: TestFirm, policy: string, before: Standing): Promise<void> =>
  db.transaction().execute(async (trx) => {
    const known = before.sources.map(({ id }) => id);
    await trx.deleteFrom('source_share').execute();
    await trx.deleteFrom('login_source').where('id', 'not in', known).execute();
    for (const { id, ...row } of before.sources)
      await trx.updateTable('login_source').set(row).where('id', '=', id).execute();
    for (const { source_id, linked } of before.links)
      await trx
        .updateTable('login_link')
        .set({ linked })
        .where('source_id', '=', source_id)
        .execute();
    await trx.deleteFrom('login_hold').execute();
    if (before.holds.length > 0) await trx.insertInto('login_hold').values(before.holds).execute();
    await trx.insertInto('source_share').values(before.shares).execute();
    for (const { id, role } of before.people)
      await trx.updateTable('person').set({ role }).where('id', '=', id).execute();
    for (const { id, ...row } of before.syncs)
      await trx.updateTable('sync').set(row).where('id', '=', id).execute();
    await trx.updateTable('policy').set(before.policy).where('id', '=', policy).execute();
    await trx.deleteFrom('support_case').execute();
    await trx.deleteFrom('pause_wait').execute();
    await trx.deleteFrom('carrier_pause').execute();
    await trx.updateTable('carrier').set({ paused_reason: null, paused_until: null }).execute();
    await trx.deleteFrom('held_sync').execute();
    await trx.deleteFrom('held_value').execute();
    await trx.deleteFrom('policy_value').where('policy_id', '=', policy).execute();
    await trx
      .deleteFrom('request_sync')
      .where(
        'request_id',
        'not in',
        before.parts.map(({ request_id }) => request_id),
      )
      .execute();
    for (const part of before.parts)
      await trx
        .updateTable('request_sync')
        .set({ cancelled_at: part.cancelled_at })
        .where('request_id', '=', part.request_id)
        .where('sync_id', '=', part.sync_id)
        .execute();
  });

export const openAccessWorld = async (books: 'own' | 'open' = 'own'): Promise<AccessWorld> => {
  await using stack = new AsyncDisposableStack();
  const firm = stack.use(await startFirm({ config: { books } }));
  const forge = forger(firm, TEAM);
  const source = await firm.sourceId('S-NB-ANA');
  await askFor(firm, ANA, TEAM, `/sync policy ${NUMBER}`, isCardOf(ANA, NUMBER));
  const { policy, request, sync } = await firm.db
    .selectFrom('request_sync as rs')
    .innerJoin('sync as s', 's.id', 'rs.sync_id')
    .select(['rs.request_id as request', 's.policy_id as policy', 's.id as sync'])
    .executeTakeFirstOrThrow();
  const { id: sam } = await firm.db
    .selectFrom('person')
    .select('id')
    .where('slack_user_id', '=', 'USAMOKAF1')
    .executeTakeFirstOrThrow();
  await firm.db.insertInto('source_share').values({ source_id: source, person_id: sam }).execute();
  // He has a case, and named the policy by its whole number.
  await nameNow({ db: firm.db, clock: Date.now }, sam, [policy]);
  const before = await standingOf(firm, policy);
  /** Undefined: Slack knows nobody of that id. */
  const seenBy = (id: string) => firm.client.state(id).catch(() => undefined);
  const owned = stack.move();
  return {
    firm,
    forge,
    source,
    policy,
    request,
    sync,
    before,
    standing: () => standingOf(firm, policy),
    restore: () => restoreTo(firm, policy, before),
    modalOf: async (id) => {
      const deadline = performance.now() + ANSWERED_WITHIN_MS;
      for (;;) {
        const sees = await seenBy(id);
        if (sees === undefined) return 'nothing';
        const text = JSON.stringify(sees.modals.at(-1)?.blocks ?? []);
        if (text !== '[]' && !text.includes('Looking for')) {
          await firm.client.closeModal(id);
          return text;
        }
        if (performance.now() > deadline) throw new Error(`${id} was shown no modal.`);
        await sleep(10);
      }
    },
    homeAfter: async (id, act) => {
      const drawn = async () => JSON.stringify((await seenBy(id))?.home ?? 'nothing');
      const before = await drawn();
      await act();
      const deadline = performance.now() + DRAWN_WITHIN_MS;
      while (performance.now() < deadline) {
        const now = await drawn();
        if (now !== before) return now;
        await sleep(20);
      }
      return 'nothing';
    },
    answered: async (id, act) => {
      const count = forge.told(id).length;
      const said = await act();
      if (typeof said === 'string') return said;
      const inModal = JSON.stringify(said);
      if (inModal.includes('response_action')) return inModal;
      const deadline = performance.now() + ANSWERED_WITHIN_MS;
      while (forge.told(id).length === count) {
        if (performance.now() > deadline) throw new Error(`${id} was told nothing.`);
        await sleep(10);
      }
      return JSON.stringify(forge.told(id).at(-1));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

const ANSWERED_WITHIN_MS = 30_000;
const DRAWN_WITHIN_MS = 3000;

/** An act, and what shows that it took place. */
export interface Entry {
  action: Action;
  /** What it needs to be possible at all. */
  first?: (world: AccessWorld) => Promise<unknown>;
  act: (world: AccessWorld, person: Somebody) => Promise<unknown>;
  /** A change of the firm's rows, or words that only who may see them reads. */
  passes: 'changes' | RegExp;
  /** The relation that counts, where it is not the one to Ana's. */
  relation?: Relation;
}

/** As the table of access has it; `openBooks` puts every contact in everybody's book. */
export const isAllowed = (person: Somebody, entry: Entry, openBooks = false): boolean => {
  if (person.role === undefined) return false;
  const actor: Actor = { id: person.slackId, role: person.role, active: true };
  const relation = entry.relation ?? person.relation ?? {};
  return may(actor, entry.action, openBooks ? { ...relation, inBook: true } : relation);
};
