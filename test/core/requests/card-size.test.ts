import { afterAll, beforeAll, expect, it } from 'vitest';
import { addRequest } from '#core/requests/store/requests.ts';
import { requestView } from '#core/requests/store/views.ts';
import type { Store } from '#database/store.ts';
import { largeFirm, type LargeFirm } from '#test/bench/large-firm.ts';

let firm: LargeFirm;
let store: Store;

beforeAll(async () => {
  firm = await largeFirm({ policies: 2000, logins: 40, days: 1, requests: 10 });
  // Of one at an unlinked login, it is looked for a sign-in as well.
  await firm.db.updateTable('login_link').set({ linked: 1 }).execute();
  store = { db: firm.db, clock: () => firm.now };
});
afterAll(() => firm[Symbol.asyncDispose]());

/** How many statements the card of a new request of so many policies is drawn from. */
const drawn = async (count: number): Promise<number> => {
  const items = await firm.db
    .selectFrom('policy')
    .select(['policy.id as policyId', 'policy.home_source_id as sourceId'])
    .where('policy.home_source_id', 'is not', null)
    .where('policy.status', '=', 'Active')
    .orderBy('policy.id', 'desc')
    .limit(count)
    .execute();
  const added = await addRequest(store, {
    personId: 'advisor-000',
    origin: { askedIn: 'CTEAM0001', channel: 'CTEAM0001' },
    dedupeKey: `a card of ${count}`,
    items: items.map(({ policyId, sourceId }) => ({ policyId, sourceId: sourceId ?? '' })),
    mostForced: 1000,
  });
  if (!('requestId' in added)) throw new Error(`They were not asked for: ${JSON.stringify(added)}`);
  firm.statements.length = 0;
  const view = await requestView(store, added.requestId);
  expect(view?.items).toHaveLength(count);
  return firm.statements.length;
};

it('is drawn anew at each change, so a policy more is one statement more', async () => {
  const few = await drawn(40);
  expect(await drawn(80)).toBeLessThanOrEqual(few + 40);
});
