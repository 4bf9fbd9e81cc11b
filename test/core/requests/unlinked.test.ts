import { setLinked } from '#test/support/logins.ts';
import { expect, it } from 'vitest';
import { reflectSource } from '#core/logins/store/source-changes.ts';
import { addRequest } from '#core/requests/store/requests.ts';
import { requestView } from '#core/requests/store/views.ts';
import { repairLinkWaits } from '#core/sessions/store/sweeps.ts';
import { addWaitingSync, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';

const ask = async (firm: LinkFirm, key: string): Promise<string> => {
  const added = await addRequest(firm.store, {
    personId: 'dana',
    origin: { askedIn: key, channel: key },
    dedupeKey: key,
    items: [{ policyId: 'policy', sourceId: 'source' }],
    mostForced: 100,
  });
  return 'requestId' in added ? added.requestId : '';
};

const syncs = (firm: LinkFirm) =>
  firm.db.selectFrom('sync').select(['id', 'status', 'reason']).orderBy('id').execute();
const link = (firm: LinkFirm, linked: 0 | 1) => setLinked(firm.db, linked === 1);

it('what is asked for at a login that has just lost its link waits for the link', async () => {
  await using firm = await openLinkFirm();
  await firm.db
    .updateTable('person')
    .set({ slack_user_id: 'U0DANA' })
    .where('id', '=', 'dana')
    .execute();
  const requestId = await ask(firm, 'C1');
  expect(await syncs(firm)).toMatchObject([{ status: 'queued', reason: 'waiting-for-link' }]);
  expect((await requestView(firm.store, requestId))?.items).toMatchObject([
    { reason: 'waiting-for-link', source: { linked: false } },
  ]);
});

it('what was put back while its login was unlinked says so, and the sweep repairs it', async () => {
  await using firm = await openLinkFirm();
  await firm.db
    .updateTable('person')
    .set({ slack_user_id: 'U0DANA' })
    .where('id', '=', 'dana')
    .execute();
  await link(firm, 1);
  const requestId = await ask(firm, 'C1');
  await link(firm, 0);
  expect((await requestView(firm.store, requestId))?.items[0]?.reason).toBe('waiting-for-link');
  expect(await repairLinkWaits(firm.store)).toEqual([requestId]);
  expect(await syncs(firm)).toMatchObject([{ status: 'queued', reason: 'waiting-for-link' }]);
  expect(await repairLinkWaits(firm.store)).toEqual([]);
});

it('two syncs of one policy that wait for one link become one when it comes', async () => {
  await using firm = await openLinkFirm();
  await addWaitingSync(firm);
  await firm.db
    .updateTable('sync')
    .set({ status: 'needs-link', reason: 'bad-credentials' })
    .execute();
  const { id: _, ...first } = await firm.db
    .selectFrom('sync')
    .selectAll()
    .executeTakeFirstOrThrow();
  await firm.db
    .insertInto('sync')
    .values({ ...first, id: 'later', reason: 'session-ended' })
    .execute();
  const request = await firm.db.selectFrom('request').selectAll().executeTakeFirstOrThrow();
  await firm.db
    .insertInto('request')
    .values({ ...request, id: 'another' })
    .execute();
  await firm.db
    .insertInto('request_sync')
    .values({ request_id: 'another', sync_id: 'later' })
    .execute();
  await link(firm, 1);
  expect(await syncs(firm)).toHaveLength(2);
  await reflectSource(firm.store, 'source');
  const states = (await syncs(firm)).map(({ status }) => status);
  expect(states.toSorted()).toEqual(['cancelled', 'queued']);
  const shown = await firm.db.selectFrom('request_sync').select('sync_id').distinct().execute();
  expect(shown).toHaveLength(1);
});
