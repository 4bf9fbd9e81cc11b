import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { mentionsOf, withoutMentions } from '#core/policies/erasure.ts';
import { endOpen, eraseContact } from '#core/policies/store/erasure/erase.ts';
import { planErasure } from '#core/policies/store/erasure/plan.ts';
import { setAside } from '#core/policies/store/unconfirmed-values.ts';
import { verifyAudit } from '#database/audit-lines.ts';
import type { Database } from '#database/connection.ts';
import { isPostgres } from '#database/dialect.ts';
import { setNumber } from '#features/corrections/store.ts';
import { keepWish } from '#features/home/store.ts';
import { addMeeting } from '#features/meetings/store.ts';
import { keepEvents } from '#features/meetings/calendar/store/events.ts';
import { addNotification } from '#features/notifications/store.ts';
import { addReply, openCase } from '#features/support-cases/store/cases.ts';
import { openLinkFirm, FACTS, POLICY_FACTS, type LinkFirm } from '#test/support/link-firm.ts';

const NAME = 'Quillon Vandersloot';
const NUMBERS = { former: 'QV-771-0001', now: 'QV-771-0002' };

/** Every row of every table as JSON, by table; the index of SQLite's search has no columns of its own. */
const everyRow = async (db: Database): Promise<Map<string, string[]>> => {
  const { rows: tables } = await (
    isPostgres(db)
      ? sql<{ name: string }>`select tablename as name from pg_tables where schemaname = 'public'`
      : sql<{ name: string }>`select name from sqlite_master
          where type = 'table' and name not like 'policy_search%'
            and name not like 'contact_search%' and name <> 'contact_words'
            and name not like 'sqlite_%'`
  ).execute(db);
  const found = new Map<string, string[]>();
  for (const { name } of tables) {
    const { rows } = await sql<object>`select * from ${sql.table(name)}`.execute(db);
    found.set(
      name,
      rows.map((row) => JSON.stringify(row)),
    );
  }
  return found;
};

const tablesWith = (rows: Map<string, string[]>, words: readonly string[]): string[] =>
  [...rows]
    .filter(([, of]) => of.some((row) => words.some((word) => row.includes(word))))
    .map(([name]) => name)
    .sort();

const addSync = async (
  { db, clock }: LinkFirm,
  id: string,
  policyId: string,
  status: string,
  detail: object = {},
) => {
  await db
    .insertInto('sync')
    .values({
      id,
      policy_id: policyId,
      source_id: 'source',
      priority: 1,
      status,
      reason: status === 'queued' ? 'queued' : 'unchanged',
      detail: JSON.stringify(detail),
      created_at: clock(),
      finished_at: status === 'queued' ? null : clock(),
    })
    .execute();
};

const addRequest = async (
  { db, clock }: LinkFirm,
  id: string,
  of: { policyId?: string; contactId?: string },
  syncIds: string[],
) => {
  await db
    .insertInto('request')
    .values({
      id,
      person_id: 'dana',
      kind: of.policyId === undefined ? 'policies' : 'policy',
      policy_id: of.policyId ?? null,
      contact_id: of.contactId ?? null,
      asked_in: 'C1',
      channel: 'C1',
      created_at: clock(),
    })
    .execute();
  for (const sync_id of syncIds)
    await db.insertInto('request_sync').values({ request_id: id, sync_id }).execute();
  await db
    .insertInto('subject_message')
    .values({ subject_id: id, key: 'card', channel: 'C1', ts: `1.${syncIds.length}` })
    .execute();
};

const addValue = async ({ db, clock }: LinkFirm, id: string, policyId: string, minor: number) => {
  await db
    .insertInto('policy_value')
    .values({
      id,
      policy_id: policyId,
      sync_id: `sync-of-${policyId}`,
      name: 'Account Value',
      minor,
      currency: 'USD',
      as_of: '2026-11-18',
      observed_at: clock(),
    })
    .execute();
};

/** All that can be held about one contact, beside Ines Ito of the firm, who stays. */
const plant = async (firm: LinkFirm) => {
  const { db, store } = firm;
  await db
    .insertInto('contact')
    .values({
      id: 'gone-contact',
      external_id: 'C-GONE',
      kind: 'individual',
      name: NAME,
      email: 'quillon@vandersloot.example',
      city: 'Zwolle',
      search: 'quillon vandersloot',
    })
    .execute();
  await db.insertInto('book').values({ contact_id: 'gone-contact', person_id: 'dana' }).execute();
  await db
    .insertInto('policy')
    .values({
      ...POLICY_FACTS,
      id: 'gone-policy',
      external_id: 'P-GONE',
      contact_id: 'gone-contact',
      number: NUMBERS.former,
      number_key: 'QV7710001',
    })
    .execute();
  await setNumber(store, {
    policyId: 'gone-policy',
    personId: 'dana',
    from: NUMBERS.former,
    to: NUMBERS.now,
  });
  await addSync(firm, 'gone-ended', 'gone-policy', 'success', { crmNumber: NUMBERS.now });
  await addSync(firm, 'gone-queued', 'gone-policy', 'queued');
  await addSync(firm, 'stays', 'policy', 'not-found', {
    closeNumbers: ['QV 771 0002', '00123-4568'],
  });
  await addRequest(firm, 'gone-request', { policyId: 'gone-policy' }, ['gone-ended']);
  await addRequest(firm, 'gone-family', { contactId: 'gone-contact' }, ['gone-queued']);
  await addRequest(firm, 'shared-request', {}, ['gone-ended', 'stays']);
  await addValue(firm, 'gone-value', 'gone-policy', 987_654_321);
  await addValue(firm, 'value', 'policy', 100_00);
  await db.transaction().execute((trx) =>
    setAside(trx, firm.clock(), {
      policyId: 'gone-policy',
      syncId: 'gone-ended',
      reading: { carrierStatus: NUMBERS.now, values: [], missing: [], doubts: [] },
    }),
  );
  for (const table of ['source_policy', 'named_policy', 'status_wait', 'webhook_event'] as const)
    await db
      .insertInto(table)
      .values(
        {
          source_policy: { source_id: 'source', policy_id: 'gone-policy' },
          named_policy: { person_id: 'dana', policy_id: 'gone-policy', until: 1 },
          status_wait: {
            policy_id: 'gone-policy',
            carrier_id: FACTS.id,
            key: 'x',
            sync_id: 'gone-ended',
          },
          webhook_event: {
            id: 'event',
            type: 'sync.finished',
            subject_id: 'gone-ended',
            policy_id: 'gone-policy',
            created_at: 1,
            body: `{"number":"${NUMBERS.now}"}`,
          },
        }[table] as never,
      )
      .execute();
  const opened = await openCase(store, {
    requestId: 'gone-request',
    syncId: 'gone-ended',
    policyId: 'gone-policy',
    personId: 'dana',
    note: `${NAME} asks again`,
    channel: 'C2',
  });
  await addReply(store, opened.id, 'dana', `I called ${NAME}`);
  const at = firm.clock() + 86_400_000;
  const times = { warnAt: at - 2, refreshAt: at - 1, cutoffAt: at, warned: true };
  const meeting = { personId: 'dana', contactId: 'gone-contact', at, zone: 'UTC', ...times };
  const meetingId = await addMeeting(store, meeting);
  await db
    .insertInto('meeting_request')
    .values({ meeting_id: meetingId, request_id: 'gone-family' })
    .execute();
  await keepEvents(store, 'dana', [
    {
      key: 'e1',
      series: 's1',
      at,
      title: `Lunch, ${NAME}`,
      contacts: ['gone-contact'],
      kind: 'sure',
    },
    {
      key: 'e2',
      series: 's2',
      at,
      title: `${NAME} or Ines`,
      contacts: ['gone-contact', 'contact'],
      kind: 'doubt',
    },
  ]);
  await db
    .insertInto('calendar_choice')
    .values({ person_id: 'dana', series: 's1', contact_id: 'gone-contact', at: 1 })
    .execute();
  const wish = { userId: 'U0DANA', state: '{"query":"quillon"}', at };
  await keepWish(store, wish);
  const told = { channel: 'U0DANA' };
  const about = { contactName: NAME, meetingId } as never;
  await addNotification(store, { ...told, kind: 'meeting', name: meetingId, about });
  const notice = { title: 'Values', text: `The values of ${NAME} look wrong.` };
  await addNotification(store, { ...told, kind: 'notice', name: 'n', about: notice });
  const moves = [
    { policyId: 'gone-policy', number: NUMBERS.now, contactName: NAME },
    { policyId: 'policy', number: '00123-4567', contactName: 'Ines Ito' },
  ];
  await addNotification(store, {
    ...told,
    kind: 'digest',
    name: '2026-11-18',
    about: { day: '2026-11-18', moves } as never,
  });
  return meetingId;
};

it('takes every trace of a contact out of every table, and leaves the others as they are', async () => {
  await using firm = await openLinkFirm();
  const { db, store } = firm;
  const meetingId = await plant(firm);
  const words = [
    NAME,
    'quillon',
    'vandersloot',
    'Zwolle',
    'C-GONE',
    'P-GONE',
    '987654321',
    'gone-',
    meetingId,
    'QV-771-0001',
    'QV-771-0002',
    'QV 771 0002',
    'QV7710001',
    'QV7710002',
    'qv7710002',
  ];
  // Nothing is looked for in vain.
  expect(tablesWith(await everyRow(db), words)).toEqual([
    'audit',
    'book',
    'calendar_choice',
    'calendar_event',
    'contact',
    'held_sync',
    'held_value',
    'home_wish',
    'meeting',
    'meeting_request',
    'named_policy',
    'notification',
    'policy',
    'policy_report',
    'policy_value',
    'request',
    'request_sync',
    'source_policy',
    'status_wait',
    'subject_message',
    'support_case',
    'support_reply',
    'sync',
    'webhook_event',
  ]);

  const plan = await planErasure(store, 'C-GONE');
  if (plan === undefined) throw new Error('There is no such contact.');
  expect(plan.counts).toEqual({
    policies: 1,
    values: 1,
    syncs: 2,
    requests: 3,
    cases: 1,
    meetings: 1,
  });
  expect(plan.messages).toEqual([{ channel: 'C1', n: 3 }]);
  expect(plan.auditNumbers).toBe(1);
  expect(await endOpen(store, plan)).toEqual({ ended: 1, running: 0 });
  expect(await endOpen(store, plan)).toEqual({ ended: 0, running: 0 });
  await eraseContact(store, plan);

  const after = await everyRow(db);
  expect(tablesWith(after, words)).toEqual(['audit']);
  const audit = after.get('audit') ?? [];
  const numbers = audit.filter((row) => row.includes('QV-771'));
  expect(numbers).toEqual([expect.stringContaining('policy.number-corrected')]);
  expect(audit.filter((row) => row.includes(NAME))).toEqual([]);
  expect(audit.at(-1)).toContain('contact.erased');
  expect(await verifyAudit(db)).toMatchObject({ kind: 'whole' });

  expect(after.get('contact')).toHaveLength(1);
  expect(after.get('policy_value')).toHaveLength(1);
  const { rows: tallied } = await sql<{ n: number }>`
    select n from report_tally where kind = 'all'`.execute(db);
  expect(tallied).toEqual([{ n: 1 }]);
  const one = (table: string): unknown => JSON.parse(after.get(table)?.[0] ?? 'null');
  expect(one('sync')).toMatchObject({ id: 'stays', detail: '{"closeNumbers":["00123-4568"]}' });
  expect(one('request_sync')).toMatchObject({ request_id: 'shared-request', sync_id: 'stays' });
  expect(one('request')).toMatchObject({ id: 'shared-request', version: 2, shown_version: 0 });
  expect(one('calendar_event')).toMatchObject({ contacts: '["contact"]', title: '(erased)' });
  const told = (after.get('notification') ?? []).map((row) => JSON.parse(row) as { about: string });
  expect(told.map(({ about }) => JSON.parse(about) as unknown)).toEqual([
    { title: 'Values', text: '(erased)' },
    {
      day: '2026-11-18',
      moves: [{ policyId: 'policy', number: '00123-4567', contactName: 'Ines Ito' }],
    },
  ]);
  expect(await planErasure(store, 'C-GONE')).toBeUndefined();
});

it('leaves what is told of a namesake', async () => {
  await using firm = await openLinkFirm();
  const namesake = { kind: 'individual', name: 'Ines Ito', search: 'ines ito' };
  await firm.db
    .insertInto('contact')
    .values({ id: 'namesake', external_id: 'c2', ...namesake })
    .execute();
  const about = { meetingId: 'm', contactId: 'contact', contactName: 'Ines Ito' } as never;
  await addNotification(firm.store, { kind: 'meeting', name: 'm', channel: 'U0DANA', about });
  const moves = [{ policyId: 'policy', number: '00123-4567', contactName: 'Ines Ito' }];
  const digest = { day: '2026-11-18', moves } as never;
  await addNotification(firm.store, { kind: 'digest', name: 'd', channel: 'C1', about: digest });
  const before = await everyRow(firm.db);
  const plan = await planErasure(firm.store, 'c2');
  if (plan === undefined) throw new Error('There is no such contact.');
  await eraseContact(firm.store, plan);
  const after = await everyRow(firm.db);
  for (const rows of [before, after]) for (const own of ['audit', 'deletion']) rows.delete(own);
  expect(after.get('contact')).toEqual(before.get('contact')?.filter((row) => !row.includes('c2')));
  before.delete('contact');
  after.delete('contact');
  expect(after).toEqual(before);
});

it('waits for a sync that is running, and lets one go that was only waiting', async () => {
  await using firm = await openLinkFirm();
  await addSync(firm, 'running', 'policy', 'in-progress');
  const plan = await planErasure(firm.store, 'c1');
  if (plan === undefined) throw new Error('There is no such contact.');
  expect(await endOpen(firm.store, plan)).toEqual({ ended: 0, running: 1 });
});

it.each([
  ['Al Chen', 'Ask Al Chen.', true],
  ['Al Chen', 'Ask Val Chen.', false],
  ['QV-1', 'qv 1', true],
  ['QV-1', 'QV-12', false],
  ['A.B (C)', 'of A.B (C)', true],
  ['A.B', 'AxB', false],
  ['', 'anything', false],
  ['-', ' - ', false],
])('whether "%s" is in "%s"', (word, text, is) => {
  expect(mentionsOf([word])(text)).toBe(is);
});

it('takes an entry out of a list, and looks into lists of lists', () => {
  const mentions = mentionsOf(['Al Chen']);
  const told = { by: 'Al Chen', groups: [{ name: 'A', of: [{ who: 'Al Chen' }, { who: 'Bo' }] }] };
  expect(withoutMentions(told, mentions)).toEqual({
    by: '(erased)',
    groups: [{ name: 'A', of: [{ who: 'Bo' }] }],
  });
});
