import { expect, it } from 'vitest';
import { beginPause } from '#core/sessions/store/pauses.ts';
import { pauseCarrier, resumeCarrier } from '#features/carrier-pauses/store/notices.ts';
import { atOnce } from '#test/support/at-once.ts';
import { FACTS, openLinkFirm } from '#test/support/link-firm.ts';

/** A pause begins and ends once, whoever says so in the same moment. */

const CHANGED = { carrierId: FACTS.id, reason: 'portal-changed' } as const;

it('a pause that begins while a person pauses the carrier is not taken for theirs', async () => {
  await using firm = await openLinkFirm();
  const { db, store } = firm;
  const until = firm.time.now + 1;
  const results = await atOnce(
    db,
    'carrier_pause',
    () => db.transaction().execute((trx) => beginPause(trx, firm.time.now, { ...CHANGED, until })),
    () => pauseCarrier(store, FACTS.id, 'mona'),
  );
  expect(results).toMatchObject([{ value: [] }, { value: undefined }]);
  const carrier = await db.selectFrom('carrier').selectAll().executeTakeFirstOrThrow();
  expect(carrier).toMatchObject({ paused_reason: 'portal-changed', paused_until: until });
});

it('a pause that two people end in the same moment is ended by one of them', async () => {
  await using firm = await openLinkFirm();
  const { db, store } = firm;
  await pauseCarrier(store, FACTS.id, 'mona');
  const { id } = await db.selectFrom('carrier_pause').select('id').executeTakeFirstOrThrow();
  const resume = (personId: string) => () => resumeCarrier(store, id, personId);
  const results = await atOnce(db, 'carrier_pause', resume('mona'), resume('omar'));
  expect(results).toMatchObject([{ value: [] }, { value: undefined }]);
  const by = await db.selectFrom('carrier_pause').select('ended_by').execute();
  expect(by).toEqual([{ ended_by: 'mona' }]);
});
