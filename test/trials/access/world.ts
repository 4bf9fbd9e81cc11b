import { setTimeout as sleep } from 'node:timers/promises';
import { startBot } from '#app/bot.ts';
import { nameNow } from '#core/policies/store/named.ts';
import { may, type Action, type Actor, type Relation, type Role } from '#shared/access.ts';
import { askFor, isCardOf, startFirm, type TestFirm } from '#test/support/firm.ts';
import { forger } from '#test/support/forgery.ts';
import { putBack, standingOf, type Standing } from './rows.ts';

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

export interface AccessWorld extends AsyncDisposable {
  firm: TestFirm;
  forge: ReturnType<typeof forger>;
  source: string;
  policy: string;
  request: string;
  sync: string;
  contact: string;
  /** Of her policy. */
  status: string;
  /** Her id as a person of the firm. */
  ana: string;
  /** What every table holds now. */
  standing: () => Promise<Standing>;
  /** Puts the tables back as they were when the world began, or then. */
  restore: (to?: Standing) => Promise<void>;
  /** What the person reads in answer: beneath the message, in the modal, or as the act itself gives it. */
  answered: (id: string, act: () => Promise<unknown>) => Promise<string>;
  /** The modal that this person has open once it says what it is about; closes it. */
  modalOf: (id: string) => Promise<string>;
  /** This person's Home once the act has drawn it anew; "nothing" where it does not. */
  homeAfter: (id: string, act: () => Promise<unknown>) => Promise<string>;
}

export const openAccessWorld = async (books: 'own' | 'open' = 'own'): Promise<AccessWorld> => {
  await using stack = new AsyncDisposableStack();
  // A sweep changes what no act did.
  const startStill: typeof startBot = (options) => startBot({ ...options, sweepMs: NEVER_MS });
  const firm = stack.use(await startFirm({ config: { books }, startBot: startStill }));
  const forge = forger(firm, TEAM);
  const source = await firm.sourceId('S-NB-ANA');
  await askFor(firm, ANA, TEAM, `/sync policy ${NUMBER}`, isCardOf(ANA, NUMBER));
  const hers = await firm.db
    .selectFrom('request_sync as rs')
    .innerJoin('sync as s', 's.id', 'rs.sync_id')
    .innerJoin('request as r', 'r.id', 'rs.request_id')
    .innerJoin('policy as p', 'p.id', 's.policy_id')
    .select(['r.id as request', 'r.person_id as ana', 's.id as sync'])
    .select(['p.id as policy', 'p.contact_id as contact', 'p.status'])
    .executeTakeFirstOrThrow();
  const { id: sam } = await firm.db
    .selectFrom('person')
    .select('id')
    .where('slack_user_id', '=', 'USAMOKAF1')
    .executeTakeFirstOrThrow();
  await firm.db.insertInto('source_share').values({ source_id: source, person_id: sam }).execute();
  // He has a case, and named the policy by its whole number.
  await nameNow({ db: firm.db, clock: Date.now }, sam, [hers.policy]);
  const before = await standingOf(firm.db);
  /** Undefined: Slack knows nobody of that id. */
  const seenBy = (id: string) => firm.client.state(id).catch(() => undefined);
  const owned = stack.move();
  return {
    firm,
    forge,
    source,
    ...hers,
    standing: () => standingOf(firm.db),
    restore: (to = before) => putBack(firm.db, to),
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

/** The longest that a timer takes. */
const NEVER_MS = 2 ** 31 - 1;
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
