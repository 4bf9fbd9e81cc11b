import { DAY, HOUR } from '#shared/clock.ts';
import { NUMBER, type AccessWorld } from './world.ts';

/** What there may be of Ana's besides her login, her policy and her request. */

export const hold = ({ firm, source }: AccessWorld): Promise<unknown> =>
  firm.db
    .insertInto('login_hold')
    .values({ source_id: source, until: Date.now() + 600_000 })
    .execute();

/** The sync did not find the number, and saw a close one. */
export const notFound = ({ firm, sync }: AccessWorld): Promise<unknown> =>
  firm.db
    .updateTable('sync')
    .set({ detail: JSON.stringify({ crmNumber: NUMBER, closeNumbers: ['00123-4599'] }) })
    .where('id', '=', sync)
    .execute();

/** A case of Ana's, as she would have opened it. */
export const openCase = async ({
  firm,
  ana,
  policy,
  request,
  sync,
}: AccessWorld): Promise<void> => {
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

export const PAUSE = 'PAUSE1';

/** Its pages are not understood; nothing tries again for an hour. */
export const pauseCarrier = async ({ firm }: AccessWorld): Promise<void> => {
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

export const HELD = { held: 'HELD1', version: 1 };

/** What Ana's sync read and nobody believed. */
export const holdValue = async ({ firm, policy, sync }: AccessWorld): Promise<void> => {
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

export const LINK = 'LINK1';
/** The number that her browser shows. */
export const PAIRING = '42';
/** Sign-ins of hers, at either of her logins: one waits for a code, one for the way it comes. */
export const SIGN_INS = { code: 'SIGNIN1', way: 'SIGNIN2' } as const;
export const WAY = 'sms';
export const MEETING = 'MEETING1';
export const EVENT = 'EVENT1';

const signIns = async ({ firm, ana, source }: AccessWorld): Promise<void> => {
  const [other, now] = [await firm.sourceId('S-MA-ANA'), Date.now()];
  const open = { person_id: ana, created_at: now, expires_at: now + DAY };
  await firm.db
    .insertInto('link')
    .values([
      {
        ...open,
        id: LINK,
        source_id: source,
        token_hash: 'h1',
        browser_hash: 'b1',
        pairing_number: PAIRING,
      },
      { ...open, id: 'LINK2', source_id: other, token_hash: 'h2', browser_hash: 'b2' },
    ])
    .execute();
  const channels = JSON.stringify([WAY, 'email'].map((id) => ({ id, label: id })));
  const asked = {
    person_id: ana,
    store_password: 0,
    channels,
    code_wanted_at: now,
    created_at: now,
  };
  await firm.db
    .insertInto('sign_in')
    .values([
      { ...asked, id: SIGN_INS.code, link_id: LINK, source_id: source, state: 'code-wanted' },
      { ...asked, id: SIGN_INS.way, link_id: 'LINK2', source_id: other, state: 'channel-wanted' },
    ])
    .execute();
};

const meeting = async ({ firm, ana, contact }: AccessWorld): Promise<void> => {
  const [now, at] = [Date.now(), Date.now() + 3 * DAY];
  const zone = 'America/New_York';
  const steps = { warn_at: at - DAY, refresh_at: at - 2 * HOUR, cutoff_at: at, next_at: at - DAY };
  const whom = { person_id: ana, contact_id: contact, at, zone };
  await firm.db
    .insertInto('meeting')
    .values({ ...whom, ...steps, id: MEETING, created_at: now })
    .execute();
  await firm.db
    .insertInto('calendar')
    .values({ person_id: ana, zone, added_at: now, next_at: now + DAY })
    .execute();
  const event = {
    key: EVENT,
    series: EVENT,
    at,
    title: 'Margaret',
    contacts: JSON.stringify([contact]),
  };
  await firm.db
    .insertInto('calendar_event')
    .values({ ...event, person_id: ana, state: 'asked' })
    .execute();
};

/** All of it at once. */
export const everything = async (world: AccessWorld): Promise<void> => {
  for (const there of [hold, notFound, openCase, pauseCarrier, holdValue, signIns, meeting])
    await there(world);
};
