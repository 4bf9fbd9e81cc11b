import { editsOf } from '#database/edits.ts';
import { casesNaming, type CaseNaming } from './cases-naming.ts';
import { notificationsOf } from './notifications.ts';
import { mentionsOf, type NamedBy } from '#core/policies/erasure.ts';
import type { Database } from '#database/connection.ts';
import { caseSubject } from '#shared/subject.ts';
import type { Store } from '#database/store.ts';

/** Whom an erasure is of, and what tells of them elsewhere. */
export interface Erased extends NamedBy {
  id: string;
  policyIds: readonly string[];
}

interface InChannel {
  channel: string;
  n: number;
}

/** What an erasure takes away, and what it cannot. */
export interface ErasurePlan extends Erased {
  counts: { policies: number; values: number; syncs: number; requests: number } & {
    cases: number;
    meetings: number;
    /** Requests that hold policies of others as well: they stay, without theirs. */
    shared: number;
  };
  /** Messages in Slack of what is erased, by channel; they stay there, and are not known afterwards. */
  messages: readonly InChannel[];
  /** Messages of what tells of others as well, and stays known. */
  sharedMessages: readonly InChannel[];
  /** Rows of the audit that hold a number of a policy. */
  auditNumbers: number;
  /** Others' cases in which people wrote of them. */
  namedInCases: readonly CaseNaming[];
  /** Whether another system was told of them. */
  toldByWebhook: boolean;
}

/** Parameters of one statement. */
const CHUNK = 500;

/** In pieces that a statement holds. */
export const chunksOf = <T>(all: readonly T[], size = CHUNK): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) =>
    all.slice(n * size, (n + 1) * size),
  );

/** Requests that hold a sync of these policies, or are of this contact. */
export const requestsOf = async (
  db: Database,
  { id, policyIds }: Pick<Erased, 'id' | 'policyIds'>,
): Promise<string[]> => {
  const found = await db.selectFrom('request').select('id').where('contact_id', '=', id).execute();
  for (const some of chunksOf(policyIds)) {
    const held = await db
      .selectFrom('request_sync as rs')
      .innerJoin('sync as s', 's.id', 'rs.sync_id')
      .select('rs.request_id as id')
      .where('s.policy_id', 'in', some)
      .execute();
    const own = await db
      .selectFrom('request')
      .select('id')
      .where('policy_id', 'in', some)
      .execute();
    found.push(...held, ...own);
  }
  return [...new Set(found.map((row) => row.id))].sort();
};

/** Which of these requests hold policies of another contact. */
const sharedOf = async (db: Database, id: string, requestIds: readonly string[]) => {
  const found: string[] = [];
  for (const some of chunksOf(requestIds)) {
    const rows = await db
      .selectFrom('request_sync as rs')
      .innerJoin('sync as s', 's.id', 'rs.sync_id')
      .innerJoin('policy as p', 'p.id', 's.policy_id')
      .select('rs.request_id as id')
      .distinct()
      .where('rs.request_id', 'in', some)
      .where('p.contact_id', '<>', id)
      .execute();
    found.push(...rows.map((row) => row.id));
  }
  return new Set(found);
};

export const casesOf = async (db: Database, policyIds: readonly string[]): Promise<string[]> => {
  const found: { id: string }[] = [];
  for (const some of chunksOf(policyIds))
    found.push(
      ...(await db
        .selectFrom('support_case')
        .select('id')
        .where('policy_id', 'in', some)
        .execute()),
    );
  return found.map(({ id }) => id);
};

/** Numbers that the policies had before somebody corrected them, as the audit holds them. */
const correctionsOf = async (db: Database, policyIds: readonly string[]): Promise<string[]> => {
  const details: string[] = [];
  for (const some of chunksOf(policyIds)) {
    const rows = await db
      .selectFrom('audit')
      .select('detail')
      .where('subject_type', '=', 'policy')
      .where('subject_id', 'in', some)
      .where('action', '=', 'policy.number-corrected')
      .execute();
    details.push(...rows.flatMap(({ detail }) => detail ?? []));
  }
  return details;
};

const countIn = async (
  db: Database,
  table: 'policy_value' | 'sync' | 'webhook_event',
  policyIds: readonly string[],
): Promise<number> => {
  let n = 0;
  for (const some of chunksOf(policyIds)) {
    const row = await db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where('policy_id', 'in', some)
      .executeTakeFirstOrThrow();
    n += row.n;
  }
  return n;
};

const byChannel = (one: InChannel, other: InChannel): number =>
  one.channel < other.channel ? -1 : 1;

const messagesOf = async (db: Database, subjects: readonly string[]): Promise<InChannel[]> => {
  const channels = new Map<string, number>();
  for (const some of chunksOf(subjects)) {
    const rows = await db
      .selectFrom('subject_message')
      .select('channel')
      .where('subject_id', 'in', some)
      .where('ts', 'is not', null)
      .execute();
    for (const { channel } of rows) channels.set(channel, (channels.get(channel) ?? 0) + 1);
  }
  return [...channels].map(([channel, n]) => ({ channel, n })).toSorted(byChannel);
};

/** The contact of this id of the CRM, and what an erasure does; undefined when there is none. */
export const planErasure = async (
  { db }: Store,
  externalId: string,
): Promise<ErasurePlan | undefined> => {
  const contact = await db
    .selectFrom('contact')
    .select(['id', 'name', 'email'])
    .where('external_id', '=', externalId)
    .executeTakeFirst();
  if (contact === undefined) return undefined;
  const { id, name, email } = contact;
  const policies = await db
    .selectFrom('policy')
    .select(['id', 'number', 'edits'])
    .where('contact_id', '=', id)
    .orderBy('id')
    .execute();
  const policyIds = policies.map((policy) => policy.id);
  const corrections = await correctionsOf(db, policyIds);
  const numbers = [
    ...policies.flatMap(({ number, edits }) => [
      number,
      editsOf<'number'>(edits).number?.crm ?? '',
    ]),
    ...corrections.flatMap((detail) => {
      const { from, to } = JSON.parse(detail) as { from: string; to: string };
      return [from, to];
    }),
  ];
  const requests = await requestsOf(db, { id, policyIds });
  const shared = await sharedOf(db, id, requests);
  const alone = requests.filter((request) => !shared.has(request));
  const cases = await casesOf(db, policyIds);
  const meetings = await db
    .selectFrom('meeting')
    .select('id')
    .where('contact_id', '=', id)
    .execute();
  const target = await db.selectFrom('webhook_target').select('id').executeTakeFirst();
  const ids = [id, ...policyIds, ...meetings.map((meeting) => meeting.id)];
  const mentions = mentionsOf({ ids, numbers, names: [name, email ?? ''] });
  const names = {
    byId: mentionsOf({ ids }),
    byNumber: mentionsOf({ ids, numbers }),
    mentions,
  };
  const notifications = await notificationsOf(db, names);
  return {
    id,
    policyIds,
    ...names,
    counts: {
      policies: policies.length,
      values: await countIn(db, 'policy_value', policyIds),
      syncs: await countIn(db, 'sync', policyIds),
      requests: alone.length,
      shared: shared.size,
      cases: cases.length,
      meetings: meetings.length,
    },
    messages: await messagesOf(db, [...alone, ...cases.map(caseSubject), ...notifications.whole]),
    sharedMessages: await messagesOf(db, [...shared, ...notifications.shared]),
    auditNumbers: corrections.length,
    namedInCases: await casesNaming(db, { policyIds, mentions }),
    toldByWebhook: target !== undefined || (await countIn(db, 'webhook_event', policyIds)) > 0,
  };
};
