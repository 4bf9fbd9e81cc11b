import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { nameNow } from '#core/policies/store/named.ts';
import { may, type Action, type Actor, type Relation, type Role } from '#shared/access.ts';
import { askFor, isCardOf, startFirm, type TestFirm } from '#test/support/firm.ts';
import { forger } from '#test/support/forgery.ts';

/**
 * Every role at every entry, with values that no page of ours would send: what takes place is what
 * the table of access says, and nothing else. The subject is Ana's: her login (shared with Sam of
 * support), her policy, her request.
 */
const TEAM = 'CTEAM0001';
const ANA = 'UANARUIZ1';
const BEN = 'UBENCART1';
const NUMBER = '00123-4567';

interface Somebody {
  who: string;
  slackId: string;
  /** Undefined: no person of the firm, who may do nothing. */
  role?: Role;
  relation?: Relation;
  team?: string;
}

const EVERYBODY: Somebody[] = [
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

let firm: TestFirm;
let forge: ReturnType<typeof forger>;
let source: string;
let policy: string;
let request: string;
let sync: string;

/** Everything that one of these acts could change. */
const standing = async () => ({
  sources: await firm.db
    .selectFrom('login_source')
    .select(['id', 'name', 'holder_id', 'linked', 'held_until', 'held_by', 'removed_at'])
    .orderBy('id')
    .execute(),
  shares: await firm.db
    .selectFrom('source_share')
    .selectAll()
    .orderBy('source_id')
    .orderBy('person_id')
    .execute(),
  people: await firm.db.selectFrom('person').select(['id', 'role']).orderBy('id').execute(),
  parts: await firm.db.selectFrom('request_sync').selectAll().orderBy('sync_id').execute(),
  syncs: await firm.db
    .selectFrom('sync')
    .select(['id', 'status', 'reason'])
    .orderBy('id')
    .execute(),
  policy: await firm.db
    .selectFrom('policy')
    .select(['status', 'number', 'number_key'])
    .where('id', '=', policy)
    .executeTakeFirstOrThrow(),
  cases: await firm.db.selectFrom('support_case').select(['number', 'closed_at']).execute(),
  carriers: await firm.db
    .selectFrom('carrier')
    .select(['id', 'paused_reason', 'paused_until'])
    .orderBy('id')
    .execute(),
  held: await firm.db.selectFrom('held_value').select(['id', 'settled']).execute(),
});

let before: Awaited<ReturnType<typeof standing>>;

const restore = (): Promise<void> =>
  firm.db.transaction().execute(async (trx) => {
    const known = before.sources.map(({ id }) => id);
    await trx.deleteFrom('source_share').execute();
    await trx.deleteFrom('login_source').where('id', 'not in', known).execute();
    for (const { id, ...row } of before.sources)
      await trx.updateTable('login_source').set(row).where('id', '=', id).execute();
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

beforeAll(async () => {
  firm = await startFirm();
  forge = forger(firm, TEAM);
  source = await firm.sourceId('S-NB-ANA');
  await askFor(firm, ANA, TEAM, `/sync policy ${NUMBER}`, isCardOf(ANA, NUMBER));
  ({ policy, request, sync } = await firm.db
    .selectFrom('request_sync as rs')
    .innerJoin('sync as s', 's.id', 'rs.sync_id')
    .select(['rs.request_id as request', 's.policy_id as policy', 's.id as sync'])
    .executeTakeFirstOrThrow());
  const { id: sam } = await firm.db
    .selectFrom('person')
    .select('id')
    .where('slack_user_id', '=', 'USAMOKAF1')
    .executeTakeFirstOrThrow();
  await firm.db.insertInto('source_share').values({ source_id: source, person_id: sam }).execute();
  // He has a case, and named the policy by its whole number.
  await nameNow({ db: firm.db, clock: Date.now }, sam, [policy]);
  before = await standing();
});
afterEach(restore);
afterAll(() => firm[Symbol.asyncDispose]());

interface Entry {
  action: Action;
  /** What it needs to be possible at all. */
  first?: () => Promise<unknown>;
  act: (person: Somebody) => Promise<unknown>;
  /** A change of the firm's rows, or words that only who may see them reads. */
  passes: 'changes' | RegExp;
  /** The relation that counts, where it is not the one to Ana's. */
  relation?: Relation;
}

const click =
  (actionId: string, value: () => object | string) =>
  ({ slackId, team }: Somebody): Promise<unknown> => {
    const given = value();
    const text = typeof given === 'string' ? given : JSON.stringify(given);
    return forge.click(slackId, actionId, text, team);
  };

const submit =
  (callbackId: string, values: Record<string, Record<string, object>> = {}) =>
  ({ slackId, team }: Somebody): Promise<unknown> =>
    forge.submit(slackId, callbackId, JSON.stringify({ source }), values, team);

const hold = (): Promise<unknown> =>
  firm.db
    .updateTable('login_source')
    .set({ held_until: Date.now() + 600_000 })
    .where('id', '=', source)
    .execute();

/** The sync did not find the number, and saw a close one. */
const notFound = (): Promise<unknown> =>
  firm.db
    .updateTable('sync')
    .set({ detail: JSON.stringify({ crmNumber: NUMBER, closeNumbers: ['00123-4599'] }) })
    .where('id', '=', sync)
    .execute();

/** A case of Ana's, as she would have opened it. */
const openCase = async (): Promise<void> => {
  const { id: ana } = await firm.db
    .selectFrom('person')
    .select('id')
    .where('slack_user_id', '=', ANA)
    .executeTakeFirstOrThrow();
  await firm.db
    .insertInto('support_case')
    .values({
      id: 'CASE1',
      number: 1,
      request_id: request,
      sync_id: sync,
      policy_id: policy,
      asked_by: ana,
      channel: 'CSUPPORT1',
      opened_at: Date.now(),
    })
    .execute();
};

const PAUSE = 'PAUSE1';

/** Its pages are not understood; nothing tries again for an hour. */
const pauseCarrier = async (): Promise<void> => {
  const began = Date.now();
  await firm.db
    .insertInto('carrier_pause')
    .values({
      id: PAUSE,
      carrier_id: 'northbridge-life',
      reason: 'portal-changed',
      began_at: began,
      failures: 5,
      policies: 2,
    })
    .execute();
  await firm.db
    .updateTable('carrier')
    .set({ paused_reason: 'portal-changed', paused_until: began + 3_600_000 })
    .where('id', '=', 'northbridge-life')
    .execute();
};

const HELD = { held: 'HELD1', version: 1 };

/** What Ana's sync read and nobody believed. */
const holdValue = async (): Promise<void> => {
  const amount = (minor: number) => ({ minor, currency: 'USD' });
  const value = { name: 'Account Value', amount: amount(412_812), asOf: '2026-11-20' };
  const doubt = { kind: 'zero', name: 'Account Value', from: amount(41_281_200), to: amount(0) };
  const reading = { carrierStatus: 'In Force', values: [value], missing: [], doubts: [doubt] };
  const row = { id: 'HELD1', policy_id: policy, sync_id: sync, held_at: Date.now() };
  await firm.db
    .insertInto('held_value')
    .values({ ...row, reading: JSON.stringify(reading) })
    .execute();
  await firm.db.insertInto('held_sync').values({ sync_id: sync, held_id: 'HELD1' }).execute();
};

const SURRENDERED = { status: { status: { selected_option: { value: 'Surrendered' } } } };
const WORDS = { words: { words: { value: 'Forged words' } } };

const newLogin = (holder?: string) => ({
  carrier: { carrier: { type: 'static_select', selected_option: { value: 'northbridge-life' } } },
  name: { name: { type: 'plain_text_input', value: 'A forged login' } },
  ...(holder === undefined
    ? {}
    : { holder: { holder: { type: 'users_select', selected_user: holder } } }),
});

const ENTRIES: Record<string, Entry> = {
  'the button of a hold': {
    action: 'source.hold',
    act: click('hold:0', () => ({ source, minutes: 30 })),
    passes: 'changes',
  },
  'the menu, holding': {
    action: 'source.hold',
    act: click('source-menu:0', () => ({ click: 'source-hold', source })),
    passes: 'changes',
  },
  "the button I'm done": {
    action: 'source.hold',
    first: hold,
    act: click('hold-end', () => ({ source })),
    passes: 'changes',
  },
  'the menu, ending a hold': {
    action: 'source.hold',
    first: hold,
    act: click('source-menu:7', () => ({ click: 'source-end-hold', source })),
    passes: 'changes',
  },
  'the modal that renames': {
    action: 'source.manage',
    act: submit('change-source:rename', {
      name: { name: { type: 'plain_text_input', value: 'Forged' } },
    }),
    passes: 'changes',
  },
  'the modal that shares': {
    action: 'source.manage',
    act: submit('change-source:share', {
      people: { people: { type: 'multi_users_select', selected_users: [BEN] } },
    }),
    passes: 'changes',
  },
  'the modal that unlinks': {
    action: 'source.manage',
    act: submit('change-source:unlink'),
    passes: 'changes',
  },
  'the modal that removes': {
    action: 'source.manage',
    act: submit('change-source:remove'),
    passes: 'changes',
  },
  'the modal that adds, for somebody else': {
    action: 'source.add',
    relation: {},
    act: submit('add-source', newLogin('UOLIVIA01')),
    passes: 'changes',
  },
  'the modal that adds, for oneself': {
    action: 'source.add',
    relation: { holds: true },
    act: submit('add-source', newLogin()),
    passes: 'changes',
  },
  'the list of the whole firm': {
    action: 'source.manage',
    relation: {},
    act: click('source-list:firm', () => 'firm:0'),
    passes: /S[a-z]+ desk – Meridian.*Ben – Meridian|Ben – Meridian.*S[a-z]+ desk – Meridian/s,
  },
  'the modal that changes a role': {
    action: 'team.change',
    act: submit('change-role', {
      person: { person: { type: 'users_select', selected_user: 'USAMOKAF1' } },
      role: { role: { type: 'radio_buttons', selected_option: { value: 'owner' } } },
    }),
    passes: 'changes',
  },
  'the command history': {
    action: 'policy.view',
    act: ({ slackId, team }) => forge.command(slackId, `history ${NUMBER}`, team),
    passes: /Margaret Chen/,
  },
  'the button of a history': {
    action: 'policy.view',
    act: click('history-of:3', () => ({ policy })),
    passes: /Margaret Chen/,
  },
  'the button that sets a status': {
    action: 'policy.correct',
    act: click('set-status', () => ({
      policy,
      from: before.policy.status,
      to: 'Surrendered',
    })),
    passes: 'changes',
  },
  'the modal that sets a status': {
    action: 'policy.correct',
    act: ({ slackId, team }) => {
      const state = { policy, from: before.policy.status, channel: TEAM };
      return forge.submit(slackId, 'choose-status', JSON.stringify(state), SURRENDERED, team);
    },
    passes: 'changes',
  },
  'the button that corrects a number': {
    action: 'policy.correct',
    first: notFound,
    act: click('fix-number:0', () => ({ sync, close: 0 })),
    passes: 'changes',
  },
  'the modal that asks support': {
    action: 'policy.correct',
    act: ({ slackId, team }) => {
      const state = { request, sync, channel: TEAM };
      return forge.submit(slackId, 'ask-support', JSON.stringify(state), WORDS, team);
    },
    passes: 'changes',
  },
  'the command that shows a case': {
    action: 'case.answer',
    first: openCase,
    act: ({ slackId, team }) => forge.command(slackId, 'show case 1', team),
    passes: /Margaret Chen/,
  },
  'the button that closes a case': {
    action: 'case.answer',
    first: openCase,
    act: click('case-close', () => ({ case: 'CASE1' })),
    passes: 'changes',
  },
  'the button that tries a paused carrier': {
    action: 'carrier.pause',
    first: pauseCarrier,
    act: click('carrier-probe', () => ({ pause: PAUSE })),
    passes: 'changes',
  },
  'the button that lets a carrier go on': {
    action: 'carrier.pause',
    first: pauseCarrier,
    act: click('carrier-resume', () => ({ pause: PAUSE })),
    passes: 'changes',
  },
  'the button that pauses a carrier': {
    action: 'carrier.pause',
    act: click('carrier-pause', () => ({ carrier: 'northbridge-life' })),
    passes: 'changes',
  },
  'the button that says values are right': {
    action: 'policy.correct',
    first: holdValue,
    act: click('held-accept', () => HELD),
    passes: 'changes',
  },
  'the button that says values are not right': {
    action: 'policy.correct',
    first: holdValue,
    act: click('held-reject', () => HELD),
    passes: 'changes',
  },
  'the button that looks at values in doubt': {
    action: 'policy.correct',
    first: holdValue,
    act: click('held-look', () => HELD),
    passes: /412,812|4,128/,
  },
  'Cancel in the status': {
    action: 'request.cancel',
    act: click('status-cancel', () => ({ request })),
    passes: 'changes',
  },
};

/** What the person reads in answer: beneath the message, or in the modal. */
const answered = async (id: string, act: () => Promise<unknown>): Promise<string> => {
  const count = forge.told(id).length;
  const inModal = JSON.stringify(await act());
  if (inModal.includes('response_action')) return inModal;
  await expect
    .poll(() => forge.told(id).length, { timeout: 10_000, interval: 10 })
    .toBeGreaterThan(count);
  return JSON.stringify(forge.told(id).at(-1));
};

const isAllowed = (person: Somebody, entry: Entry): boolean => {
  if (person.role === undefined) return false;
  const actor: Actor = { id: person.slackId, role: person.role, active: true };
  return may(actor, entry.action, entry.relation ?? person.relation ?? {});
};

describe.each(Object.entries(ENTRIES))('%s', (_name, entry) => {
  it.each(
    EVERYBODY.map((person) => {
      const allowed = isAllowed(person, entry);
      return [`${allowed ? 'serves' : 'refuses'} ${person.who}`, person, allowed] as const;
    }),
  )('%s', async (_what, person, allowed) => {
    await entry.first?.();
    const was = await standing();
    const answer = await answered(person.slackId, () => entry.act(person));
    const changed = !isDeepStrictEqual(await standing(), was);
    const isChange = entry.passes === 'changes';
    const passed = entry.passes === 'changes' ? changed : entry.passes.test(answer);
    expect({ passed, changed }).toEqual({ passed: allowed, changed: allowed && isChange });
  });
});
