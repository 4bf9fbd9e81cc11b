import { addEnded, KEPT } from '#test/support/kept.ts';
import { expect, it } from 'vitest';
import { tidy } from '#app/tidy.ts';
import { addRequest } from '#core/requests/store/requests.ts';
import { addNotification } from '#features/notifications/store.ts';
import { addWaitingSync, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';

const DAY = 86_400_000;

const ids = async (firm: LinkFirm, table: 'sync' | 'request' | 'notification') =>
  (await firm.db.selectFrom(table).select('id').orderBy('id').execute()).map(({ id }) => id);

it('what was synced and told longer than 90 days ago is forgotten, the newest of a policy never', async () => {
  await using firm = await openLinkFirm();
  await addEnded(firm, '01', 200, true);
  await addEnded(firm, '02', 120, false);
  await addEnded(firm, '03', 100, true);
  await tidy(firm, KEPT);
  expect(await ids(firm, 'request')).toEqual([]);
  expect(await ids(firm, 'sync')).toEqual(['03']);
});

it('an old sync that is asked for anew keeps nothing behind it from being forgotten', async () => {
  await using firm = await openLinkFirm();
  await addEnded(firm, '000', 300, false);
  const waits = { status: 'queued', reason: 'waiting-for-link', priority: 100, finished_at: null };
  await firm.db.updateTable('sync').set(waits).execute();
  for (let n = 1; n < 250; n += 1)
    await addEnded(firm, String(n).padStart(3, '0'), 299 - n / 10, false);
  await addEnded(firm, '999', 1, false);
  const asked = await addRequest(firm.store, {
    personId: 'dana',
    origin: { askedIn: 'C1', channel: 'C1' },
    dedupeKey: 'anew',
    items: [{ policyId: 'policy', sourceId: 'source' }],
    mostForced: 9,
  });
  expect(asked).toMatchObject({ already: false });
  await tidy(firm, KEPT);
  expect(await ids(firm, 'sync')).toEqual(['000', '999']);
});

it('what is younger or open stays, and so does a value whose sync goes', async () => {
  await using firm = await openLinkFirm();
  await addEnded(firm, '01', 200, false);
  await addEnded(firm, '02', 100, false);
  await addEnded(firm, '03', 10, true);
  await firm.db
    .insertInto('policy_value')
    .values({
      id: 'v',
      policy_id: 'policy',
      sync_id: '01',
      name: 'Account Value',
      minor: 100,
      currency: 'USD',
      as_of: '2026-05-01',
      observed_at: 0,
    })
    .execute();
  await addWaitingSync(firm);
  await tidy(firm, KEPT);
  expect(await ids(firm, 'sync')).toEqual(['03', 'sync']);
  const values = await firm.db.selectFrom('policy_value').select(['id', 'sync_id']).execute();
  expect(values).toEqual([{ id: 'v', sync_id: '01' }]);
  expect(await ids(firm, 'request')).toEqual(['r-03', 'request']);
});

it('a notification is forgotten after 90 days, one that Slack never took too', async () => {
  await using firm = await openLinkFirm();
  const about = { title: 'A notice', text: 'of old' };
  const tell = (name: string) =>
    addNotification(firm.store, { kind: 'notice', name, channel: 'C1', about });
  await tell('shown');
  await tell('never shown');
  await firm.db
    .updateTable('notification')
    .set((of) => ({ shown_version: of.ref('version') }))
    .where('name', '=', 'shown')
    .execute();
  await tidy(firm, KEPT);
  expect(await ids(firm, 'notification')).toHaveLength(2);
  firm.time.now += 91 * DAY;
  await tell('young');
  await tidy(firm, KEPT);
  const left = await firm.db.selectFrom('notification').select('name').execute();
  expect(left).toEqual([{ name: 'young' }]);
});

it('whom an event of a calendar means is forgotten after a good year, read or not', async () => {
  await using firm = await openLinkFirm();
  const choose = (series: string, days: number) =>
    firm.db
      .insertInto('calendar_choice')
      .values({ person_id: 'dana', series, contact_id: null, at: firm.time.now - days * DAY })
      .execute();
  await choose('long ago', 401);
  await choose('a year ago', 366);
  await tidy(firm, KEPT);
  const left = await firm.db.selectFrom('calendar_choice').select('series').execute();
  expect(left).toEqual([{ series: 'a year ago' }]);
});

it('events of a calendar that cannot be read go 90 days after they were over', async () => {
  await using firm = await openLinkFirm();
  const add = (key: string, days: number, state: string) =>
    firm.db
      .insertInto('calendar_event')
      .values({
        person_id: 'dana',
        key,
        series: key,
        at: firm.time.now - days * DAY,
        title: 'Maria Santos',
        contacts: '[]',
        state,
        meeting_id: null,
      })
      .execute();
  await add('long over', 91, 'asked');
  await add('to be cancelled', 91, 'gone');
  await add('over', 89, 'asked');
  await tidy(firm, KEPT);
  const left = await firm.db.selectFrom('calendar_event').select('key').orderBy('key').execute();
  expect(left).toEqual([{ key: 'over' }, { key: 'to be cancelled' }]);
});

it('sign-ins and links go, and a refused password stays until a person’s own was accepted', async () => {
  await using firm = await openLinkFirm();
  const old = firm.time.now - 100 * DAY;
  await firm.db
    .insertInto('sign_in')
    .values({
      id: 'signed',
      source_id: 'source',
      link_id: 'link',
      person_id: 'dana',
      state: 'linked',
      store_password: 0,
      created_at: old,
      finished_at: old,
    })
    .execute();
  await firm.db
    .insertInto('link')
    .values({
      id: 'link',
      token_hash: 'hash',
      person_id: 'dana',
      source_id: 'source',
      created_at: old,
      expires_at: old,
    })
    .execute();
  const tried = (id: string, automatic: number, outcome: string | null, at: number) =>
    firm.db
      .insertInto('sign_in_try')
      .values({ id, source_id: 'source', automatic, outcome, submitted_at: at })
      .execute();
  await tried('1', 0, 'bad-credentials', old);
  await tried('2', 0, 'signed-in', old + 1);
  await tried('3', 1, 'signed-in', old + 2);
  await tried('4', 1, null, old + 3);
  await tried('5', 1, 'bad-credentials', firm.time.now);
  const tries = async () =>
    (await firm.db.selectFrom('sign_in_try').select('id').orderBy('id').execute()).map(
      ({ id }) => id,
    );
  await tidy(firm, KEPT);
  expect(await tries()).toEqual(['2', '4', '5']);
  expect(await firm.db.selectFrom('sign_in').select('id').execute()).toEqual([]);
  expect(await firm.db.selectFrom('link').select('id').execute()).toEqual([]);
  // By a clock that was set back: it has followed all the same.
  await tried('6', 0, 'signed-in', old + 2);
  await tidy(firm, KEPT);
  expect(await tries()).toEqual(['5', '6']);
});

it('a firm that keeps syncs for longer still has them', async () => {
  await using firm = await openLinkFirm();
  await addEnded(firm, '01', 200, true);
  await addEnded(firm, '02', 170, true);
  await addEnded(firm, '03', 100, true);
  await tidy(firm, { ...KEPT, syncs: 180 });
  expect(await ids(firm, 'request')).toEqual(['r-02', 'r-03']);
});
