import { beforeEach, expect, it } from 'vitest';
import { addRequest } from '#core/requests/store/requests.ts';
import { setLinked } from '#test/support/logins.ts';
import { forger } from '#test/support/forgery.ts';
import { ANA, BEN, MARCUS, TEAM } from '#test/support/people.ts';
import { useFirm } from '#test/support/use-firm.ts';

/** Buttons of a card that ask through a login: the one of before, or one that is named. */

const firm = useFirm({ each: true });

let forge: ReturnType<typeof forger>;
let agency: string;
let hers: string;
/** Ana's policies at Northbridge, as they are on her card, with their syncs. */
let card: { request: string; syncs: string[]; policies: string[] };

const personOf = async (slackId: string): Promise<string> =>
  (
    await firm.db
      .selectFrom('person')
      .select('id')
      .where('slack_user_id', '=', slackId)
      .executeTakeFirstOrThrow()
  ).id;

const ask = async (policies: readonly string[], sourceId: string, key: string) => {
  const added = await addRequest(
    { db: firm.db, clock: firm.clock },
    {
      personId: await personOf(ANA),
      origin: { askedIn: TEAM, channel: TEAM },
      dedupeKey: key,
      items: policies.map((policyId) => ({ policyId, sourceId })),
      mostForced: 100,
    },
  );
  if (!('requestId' in added)) throw new Error('There were too many.');
  return added.requestId;
};

const syncsOf = (request: string) =>
  firm.db
    .selectFrom('request_sync as rs')
    .innerJoin('sync as s', 's.id', 'rs.sync_id')
    .select(['s.id', 's.policy_id', 's.source_id', 's.status', 'rs.cancelled_at'])
    .where('rs.request_id', '=', request)
    .orderBy('s.id')
    .execute();

const end = async (id: string | undefined, status: string, reason: string): Promise<void> => {
  await firm.db
    .updateTable('sync')
    .set({ status, reason, finished_at: firm.clock() })
    .where('id', '=', id ?? '')
    .execute();
};

beforeEach(async () => {
  forge = forger(firm, TEAM);
  agency = await firm.sourceId('S-NB-AGENCY');
  hers = await firm.sourceId('S-NB-ANA');
  // So that what waits for its link does so until a test has looked.
  await setLinked(firm.db, false, hers);
  await firm.db
    .insertInto('source_share')
    .values({ source_id: agency, person_id: await personOf(ANA) })
    .execute();
  const found = await firm.db
    .selectFrom('policy as p')
    .innerJoin('book as b', 'b.contact_id', 'p.contact_id')
    .innerJoin('product_status as st', 'st.name', 'p.status')
    .select('p.id')
    .where('b.person_id', '=', await personOf(ANA))
    .where('p.carrier_id', '=', 'northbridge-life')
    .where('st.indicator', '=', 'open')
    .orderBy('p.id')
    .limit(3)
    .execute();
  const policies = found.map(({ id }) => id);
  const request = await ask(policies, hers, 'a card of three');
  card = { request, policies, syncs: (await syncsOf(request)).map(({ id }) => id) };
  const [first, ...others] = card.syncs;
  await end(first, 'not-found', 'other-login');
  for (const id of others) await end(id, 'needs-link', 'session-ended');
});

const press = (who: string, action: string, nth: number, source?: string): Promise<unknown> =>
  forge.click(
    who,
    action,
    JSON.stringify({ request: card.request, sync: card.syncs[nth], ...(source && { source }) }),
  );

const requestsOf = async (slackId: string): Promise<string[]> =>
  (
    await firm.db
      .selectFrom('request')
      .select('id')
      .where('person_id', '=', await personOf(slackId))
      .where('id', '<>', card.request)
      .orderBy('id')
      .execute()
  ).map(({ id }) => id);

/** The request that a person has beside the card of three. */
const begun = async (slackId: string) => {
  await expect.poll(() => requestsOf(slackId)).toHaveLength(1);
  const [request = ''] = await requestsOf(slackId);
  return syncsOf(request);
};

const told = async (who: string): Promise<string> => {
  await expect.poll(() => forge.told(who).length).toBeGreaterThan(0);
  return JSON.stringify(forge.told(who).at(-1));
};

it('another login takes over the policy that it was pressed for, and the others still wait', async () => {
  await press(ANA, `use-source:${agency}`, 1, agency);
  expect(await begun(ANA)).toMatchObject([{ policy_id: card.policies[1], source_id: agency }]);
  await told(ANA);
  expect(await syncsOf(card.request)).toMatchObject([
    { status: 'not-found', cancelled_at: null },
    { status: 'cancelled', cancelled_at: expect.any(Number) as number },
    { status: 'needs-link', cancelled_at: null },
  ]);
});

it('a login that is tried for what was not found leaves all that waits', async () => {
  await press(ANA, `use-source:${agency}`, 0, agency);
  expect(await begun(ANA)).toMatchObject([{ policy_id: card.policies[0], source_id: agency }]);
  await told(ANA);
  const states = (await syncsOf(card.request)).map(({ status }) => status);
  expect(states).toEqual(['not-found', 'needs-link', 'needs-link']);
});

it('a manager who uses another login on the card of somebody ends nothing of theirs', async () => {
  await press(MARCUS, `use-source:${agency}`, 1, agency);
  expect(await begun(MARCUS)).toMatchObject([{ policy_id: card.policies[1], source_id: agency }]);
  await told(MARCUS);
  const parts = await syncsOf(card.request);
  expect(parts.map(({ cancelled_at }) => cancelled_at)).toEqual([null, null, null]);
  expect(parts[1]).toMatchObject({ status: 'needs-link' });
});

/** Another advisor of the same clients. */
const shareBook = async (slackId: string): Promise<void> => {
  const person_id = await personOf(slackId);
  const contacts = await firm.db
    .selectFrom('policy')
    .select('contact_id')
    .distinct()
    .where('id', 'in', card.policies)
    .execute();
  await firm.db
    .insertInto('book')
    .values(contacts.map(({ contact_id }) => ({ contact_id, person_id })))
    .onConflict((on) => on.doNothing())
    .execute();
};

/** Who has these logins of the carrier to use, and no other. */
const only = async (slackId: string, ...kept: string[]): Promise<void> => {
  await firm.db
    .deleteFrom('source_share')
    .where('person_id', '=', await personOf(slackId))
    .where('source_id', 'not in', ['', ...kept])
    .execute();
};

it('"Sync again" goes through the login of who presses it, where that of before is not theirs', async () => {
  await shareBook(BEN);
  await only(BEN);
  await press(BEN, 're-run', 0);
  const own = await firm.sourceId('S-NB-BEN');
  expect(await begun(BEN)).toMatchObject([{ policy_id: card.policies[0], source_id: own }]);
});

it('"Sync again" asks which login, where that of before is not theirs and they have several', async () => {
  await shareBook(BEN);
  await press(BEN, 're-run', 0);
  const picker = await firm.client.waitForModal(BEN);
  expect(JSON.stringify(picker.blocks)).toContain('Ben – Northbridge');
  expect(JSON.stringify(picker.blocks)).not.toContain('Ana – Northbridge');
});

const withoutLogins = async (slackId: string): Promise<void> => {
  await only(slackId);
  await firm.db
    .updateTable('login_source')
    .set({ holder_id: await personOf(MARCUS) })
    .where('holder_id', '=', await personOf(slackId))
    .execute();
};

it('"Sync again" names whom to ask for a login, where a share of the only one was ended', async () => {
  await shareBook(BEN);
  await withoutLogins(BEN);
  await press(BEN, 're-run', 0);
  const said = await told(BEN);
  expect(said).toContain('is shared with you');
  expect(said).toContain('Marcus Webb');
});

it('a login that is named and is not theirs is taken by nobody, and another one is offered', async () => {
  await shareBook(BEN);
  await press(BEN, `use-source:${hers}`, 0, hers);
  const said = await told(BEN);
  expect(said).toContain('That login is not yours to use');
  expect(said).toContain('sync-policy');
  expect(await requestsOf(BEN)).toEqual([]);
});

const pick = (who: string, source: string) =>
  forge.submit(
    who,
    'pick-source',
    JSON.stringify({ origin: { askedIn: TEAM, channel: TEAM }, policy: card.policies[0] }),
    { source: { source: { type: 'radio_buttons', selected_option: { value: source } } } },
  );

it('a login that went while the picker was open is asked for anew among those left', async () => {
  await only(ANA);
  const ack = JSON.stringify(await pick(ANA, agency));
  expect(ack).toContain('Ana – Northbridge');
  expect(ack).not.toContain('Harbor Agency');
});

it('where it was the last one, the picker says whom to ask', async () => {
  await shareBook(BEN);
  await withoutLogins(BEN);
  expect(JSON.stringify(await pick(BEN, agency))).toContain('is shared with you');
});
