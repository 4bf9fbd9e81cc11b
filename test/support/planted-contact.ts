import { sql } from 'kysely';
import { setAside } from '#core/policies/store/unconfirmed-values.ts';
import type { Database } from '#database/connection.ts';
import { isPostgres } from '#database/dialect.ts';
import { setNumber } from '#features/corrections/store.ts';
import { keepWish } from '#features/home/store.ts';
import { addMeeting } from '#features/meetings/store.ts';
import { keepEvents } from '#features/meetings/calendar/store/events.ts';
import { addNotification } from '#features/notifications/store.ts';
import { addReply, openCase } from '#features/support-cases/store/cases.ts';
import { notificationSubject } from '#shared/subject.ts';
import { FACTS, POLICY_FACTS, type LinkFirm } from './link-firm.ts';

/** What the pause of its carrier names, and nothing else. */
export const EVIDENCE = { picture: 'gone-page.png', trace: 'gone-page.txt' };

/** Of a workflow, at a request that stays. */
const STEP = { request_id: 'shared-request', created_at: 1, completed_at: null };

export const NAME = 'Quillon Vandersloot';
export const NUMBERS = { former: 'QV-771-0001', now: 'QV-771-0002' };

/** Every row of every table as JSON, by table; the index of SQLite's search has no columns of its own. */
export const everyRow = async (db: Database): Promise<Map<string, string[]>> => {
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

export const tablesWith = (rows: Map<string, string[]>, words: readonly string[]): string[] =>
  [...rows]
    .filter(([, of]) => of.some((row) => words.some((word) => row.includes(word))))
    .map(([name]) => name)
    .sort();

export const addSync = async (
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

export const addRequest = async (
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
export const plant = async (firm: LinkFirm) => {
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
  // Its carrier was paused for what it met, and it went back to the queue.
  await db
    .updateTable('sync')
    .set({ tries: 1, detail: null })
    .where('id', '=', 'gone-queued')
    .execute();
  const pause = { carrier_id: FACTS.id, reason: 'portal-changed', began_at: firm.clock() };
  await db
    .insertInto('carrier_pause')
    .values([
      { ...pause, id: 'pause', ...EVIDENCE, note: 'No gone-table was found' },
      { ...pause, id: 'earlier', began_at: 1, ended_at: 2, picture: 'other.png' },
    ])
    .execute();
  await addSync(firm, 'stays', 'policy', 'not-found', {
    closeNumbers: ['QV 771 0002', '00123-4568'],
  });
  await addRequest(firm, 'gone-request', { policyId: 'gone-policy' }, ['gone-ended']);
  await addRequest(firm, 'gone-family', { contactId: 'gone-contact' }, ['gone-queued']);
  await addRequest(firm, 'shared-request', {}, ['gone-ended', 'stays']);
  await db
    .insertInto('workflow_step')
    .values([
      { execution_id: 'gone-step', policy_id: 'gone-policy', ...STEP },
      { execution_id: 'step', policy_id: 'policy', ...STEP },
    ])
    .execute();
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
  await addRequest(firm, 'own-request', { policyId: 'policy' }, ['stays']);
  const others = await openCase(store, {
    requestId: 'own-request',
    syncId: 'stays',
    policyId: 'policy',
    personId: 'dana',
    note: 'Not found',
    channel: 'C2',
  });
  await addReply(store, others.id, 'mona', `Is it the one of ${NAME.toLowerCase()}?`);
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
      title: `VANDERSLOOT, quillon or Ines`,
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
  const sent = async (key: string, notificationId: string | undefined) => {
    const subject_id = notificationSubject(notificationId ?? '');
    await db
      .insertInto('subject_message')
      .values({ subject_id, key: 'card', channel: 'D0DANA', ts: key })
      .execute();
  };
  const meetingNote = { ...told, kind: 'meeting', name: meetingId, about } as const;
  await sent('2.1', await addNotification(store, meetingNote));
  const notice = { title: 'Values', text: `The values of ${NAME} look wrong.` };
  await addNotification(store, { ...told, kind: 'notice', name: 'n', about: notice });
  const moves = [
    { policyId: 'gone-policy', number: NUMBERS.now, contactName: NAME },
    { policyId: 'policy', number: '00123-4567', contactName: 'Ines Ito' },
  ];
  const digest = await addNotification(store, {
    ...told,
    kind: 'digest',
    name: '2026-11-18',
    about: { day: '2026-11-18', moves } as never,
  });
  await sent('2.2', digest);
  return meetingId;
};
