import { expect, it } from 'vitest';
import { sourceChoices } from '#core/logins/choices.ts';
import { endAccess } from '#core/logins/store/access.ts';
import { giveConsent } from '#core/logins/store/consent.ts';
import { giveCalendar } from '#features/meetings/calendar/store/calendars.ts';
import { addNotification } from '#features/notifications/store.ts';
import { addMeeting } from '#features/meetings/store.ts';
import { DAY, HOUR } from '#shared/clock.ts';
import { askFor } from '#test/support/firm.ts';
import { ANA, BEN, MARCUS, TEAM } from '#test/support/people.ts';
import { setLinked } from '#test/support/logins.ts';
import { useFirm } from '#test/support/use-firm.ts';

/** Ana leaves by the CRM's word: she is still in Slack, and nothing of the firm is hers any more. */

let now = Date.parse('2026-11-20T15:00:00Z');
const firm = useFirm({ clock: () => now });

const homeOf = async (as: string): Promise<string> =>
  JSON.stringify((await firm.client.state(as)).home?.blocks ?? '');

const actions = async (personId: string): Promise<string[]> =>
  (
    await firm.db
      .selectFrom('audit')
      .select('action')
      .where((is) => is.or([is('person_id', '=', personId), is('subject_id', '=', personId)]))
      .orderBy('seq')
      .execute()
  ).map(({ action }) => action);

it('ends what she has in Slack, at carriers, in her calendar and in the days to come', async () => {
  const { db } = firm;
  const store = { db, clock: firm.clock };
  const { id: ana } = await db
    .selectFrom('person')
    .select('id')
    .where('email', '=', 'ana.ruiz@harborpoint.example')
    .executeTakeFirstOrThrow();
  const own = await firm.sourceId('S-NB-ANA');
  await setLinked(db, true, own);
  await giveConsent(db, own, { personId: ana, at: now, automatic: true });
  await giveCalendar(store, ana, { zone: 'America/New_York', sealed: { keyId: 'k', sealed: 's' } });
  const hers = async (): Promise<string[]> =>
    (
      await db
        .selectFrom('sealed_secret')
        .select('owner_id')
        .where('owner_id', 'in', [own, `calendar:${ana}`])
        .orderBy('owner_id')
        .execute()
    ).map(({ owner_id }) => owner_id);
  expect(new Set(await hers())).toEqual(new Set([own, `calendar:${ana}`]));
  const { contact_id: contactId } = await db
    .selectFrom('book')
    .select('contact_id')
    .where('person_id', '=', ana)
    .executeTakeFirstOrThrow();
  const soon = now + 2 * DAY;
  const times = { at: soon, warnAt: now + DAY, refreshAt: soon - HOUR, cutoffAt: soon };
  const meeting = { personId: ana, contactId, zone: 'America/New_York', warned: false, ...times };
  const meetingId = await addMeeting(store, meeting);
  await firm.client.openHome('ana');
  await expect.poll(() => homeOf('ana')).toContain('Your book');
  const card = await askFor(firm, ANA, TEAM, '/sync policy 00123-4567');
  // Slack says nothing of her going on, and her Home is closed on her screen by then.
  now += HOUR;

  await db.transaction().execute((trx) => endAccess(trx, now, ana, { by: 'crm' }));
  expect(await hers()).toEqual([]);
  await firm.bot.sweep();
  await expect.poll(() => homeOf('ana')).toContain('Your access has ended');
  expect(await homeOf('ana')).not.toContain('Your book');
  // Nothing waits for her, and nobody is sent to her any more.
  await firm.client.waitForMessage({
    as: MARCUS,
    channel: TEAM,
    what: 'the card of her sync',
    that: ({ ts, text }) => ts === card.ts && text.includes('Ana Ruiz has no access any more'),
  });

  now += HOUR;
  await firm.readCalendars();
  expect(await db.selectFrom('calendar').select('person_id').execute()).toEqual([]);
  now += DAY;
  await firm.bot.sweep();
  const met = await db
    .selectFrom('meeting')
    .select('ended_why')
    .where('id', '=', meetingId)
    .executeTakeFirstOrThrow();
  expect(met.ended_why).toBe('no-access');
  const link = await db
    .selectFrom('login_link as k')
    .leftJoin('login_consent as c', 'c.source_id', 'k.source_id')
    .select(['k.linked', 'c.person_id'])
    .where('k.source_id', '=', own)
    .executeTakeFirstOrThrow();
  expect(link).toEqual({ linked: 0, person_id: null });
  expect(await actions(ana)).toEqual(
    expect.arrayContaining(['team.access-ended', 'calendar.removed']),
  );
  const removed = await db
    .selectFrom('audit')
    .select('person_id')
    .where('action', '=', 'calendar.removed')
    .executeTakeFirstOrThrow();
  expect(removed.person_id).toBeNull();
});

it('leaves a manager to ask for a carrier of which she alone held a login', async () => {
  const { db } = firm;
  const { carrier_id: carrierId, holder_id: holderId } = await db
    .selectFrom('login_source as l')
    .innerJoin('person as h', 'h.id', 'l.holder_id')
    .select(['l.carrier_id', 'l.holder_id'])
    .where('l.id', '=', await firm.sourceId('S-NB-ANA'))
    .executeTakeFirstOrThrow();
  const others = db.selectFrom('login_source').select('id').where('carrier_id', '=', carrierId);
  for (const { id } of await others.where('holder_id', '<>', holderId).execute())
    await db.updateTable('login_source').set({ removed_at: now }).where('id', '=', id).execute();
  const policy = await db
    .selectFrom('policy as p')
    .innerJoin('product_status as s', 's.name', 'p.status')
    .select('p.id')
    .where('p.carrier_id', '=', carrierId)
    .where('s.indicator', '=', 'open')
    .executeTakeFirstOrThrow();
  const ben = await db
    .selectFrom('person')
    .select(['id'])
    .where('slack_user_id', '=', 'UBENCART1')
    .executeTakeFirstOrThrow();
  const choices = await sourceChoices(
    { store: { db, clock: firm.clock }, openBooks: true },
    { id: ben.id, role: 'advisor', active: true },
    policy.id,
  );
  expect(choices).toMatchObject({ kind: 'no-source', holders: ['a manager'] });
});

it('ends the access of whoever no message reaches any more, where Slack did not say that they left', async () => {
  const store = { db: firm.db, clock: firm.clock };
  firm.local.workspace.workspace.changePerson(BEN, { deleted: true }, { eventLost: true });
  const about = { title: 'A notice', text: 'Something for Ben.' };
  await addNotification(store, { kind: 'notice', name: 'for-ben', channel: BEN, about });
  await firm.bot.sweep();
  const ended = async () =>
    (
      await firm.db
        .selectFrom('person')
        .select('ended_by')
        .where('slack_user_id', '=', BEN)
        .executeTakeFirstOrThrow()
    ).ended_by;
  await expect.poll(ended, { timeout: 20_000 }).toBe('slack');
});
