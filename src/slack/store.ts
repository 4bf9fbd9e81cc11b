import { sql } from 'kysely';
import { isOpen } from '#database/dialect.ts';
import type { Store } from '#database/store.ts';
import type { Person, Role } from '#shared/access.ts';

/** What Slack is known to show of a request, one row for each message of it. */
export interface SentMessage {
  key: string;
  /** The channel that Slack answered with (a D-id for a person). */
  channel: string;
  ts: string | null;
  /** Of a file that is being sent: its id. */
  contentHash: string | null;
  /** What it shows was the end of it. */
  final: boolean;
  /** A post that was begun and not answered: look before posting again. */
  sendingAt: number | null;
  postedAt: number | null;
}

/** How many messages Slack shows of us, as far as is known, and in how many channels. */
export const messagesInSlack = ({ db }: Pick<Store, 'db'>) =>
  db
    .selectFrom('subject_message')
    .select(({ fn }) => [
      fn.countAll<number>().as('messages'),
      fn.count<number>('channel').distinct().as('channels'),
    ])
    .where('ts', 'is not', null)
    .executeTakeFirstOrThrow();

export const personOnSlack = (store: Store, slackUserId: string): Promise<Person | undefined> =>
  personWhere(store, 'slack_user_id', slackUserId);

export const personById = (store: Store, id: string): Promise<Person | undefined> =>
  personWhere(store, 'id', id);

const personWhere = async (
  { db }: Store,
  column: 'id' | 'slack_user_id',
  value: string,
): Promise<Person | undefined> => {
  const row = await db
    .selectFrom('person')
    .select(['id', 'name', 'role', 'deactivated_at'])
    .where(column, '=', value)
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      name: row.name,
      role: row.role as Role,
      active: row.deactivated_at === null,
    }
  );
};

/** Binds a Slack account to the person of this e-mail address, unless that one is bound already. */
export const bindByEmail = async (
  store: Store,
  email: string,
  slackUserId: string,
): Promise<Person | undefined> => {
  await store.db
    .updateTable('person')
    .set({ slack_user_id: slackUserId })
    .where('email', '=', email.toLowerCase())
    .where('slack_user_id', 'is', null)
    .execute();
  return personOnSlack(store, slackUserId);
};

/** Binds each of these accounts to the person of its e-mail address, where neither is bound yet. */
export const bindAllByEmail = async (
  store: Store,
  accounts: readonly { email: string; slackId: string }[],
): Promise<void> => {
  const slackIds = new Map(accounts.map(({ email, slackId }) => [email.toLowerCase(), slackId]));
  const unbound = await store.db
    .selectFrom('person')
    .select('email')
    .where('email', 'in', [...slackIds.keys()])
    .where('slack_user_id', 'is', null)
    .execute();
  for (const { email } of unbound) {
    const slackId = slackIds.get(email ?? '');
    if (email === null || slackId === undefined) continue;
    if ((await personOnSlack(store, slackId)) === undefined)
      await bindByEmail(store, email, slackId);
  }
};

/** The newest person who is on no Slack account yet; ids grow with time. */
export const newestUnbound = async ({ db }: Store): Promise<string | undefined> =>
  (
    await db
      .selectFrom('person')
      .select('id')
      .where('slack_user_id', 'is', null)
      .where('deactivated_at', 'is', null)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst()
  )?.id;

/** Whether the firm has people, and whether any of them is known by a Slack account. */
export const firmHas = async (
  { db }: Store,
  what: 'people' | 'people on Slack',
): Promise<boolean> => {
  let people = db.selectFrom('person').select('id').where('deactivated_at', 'is', null);
  if (what === 'people on Slack') people = people.where('slack_user_id', 'is not', null);
  return (await people.limit(1).executeTakeFirst()) !== undefined;
};

export const sentMessages = async ({ db }: Store, subjectId: string): Promise<SentMessage[]> => {
  const rows = await db
    .selectFrom('subject_message')
    .select([
      'key',
      'channel',
      'ts',
      'content_hash as contentHash',
      'final',
      'sending_at as sendingAt',
      'posted_at as postedAt',
    ])
    .where('subject_id', '=', subjectId)
    .execute();
  return rows.map((row) => ({ ...row, final: row.final === 1 }));
};

/** Written before a post, so that a crash in between is known. */
export const beginMessage = async (
  { db, clock }: Store,
  subjectId: string,
  key: string,
  channel: string,
) => {
  await db
    .insertInto('subject_message')
    .values({
      subject_id: subjectId,
      key,
      channel,
      ts: null,
      content_hash: null,
      final: 0,
      sending_at: clock(),
      posted_at: null,
    })
    .onConflict((on) =>
      on.columns(['subject_id', 'key']).doUpdateSet({
        // The first try counts: whatever was posted since is ours.
        sending_at: sql`coalesce(subject_message.sending_at, ${clock()})`,
      }),
    )
    .execute();
};

/** The conversation that a post to this person's id goes to, once Slack has named it. */
export const directChannel = async (
  { db }: Store,
  slackUserId: string,
): Promise<string | undefined> =>
  (
    await db
      .selectFrom('direct_channel')
      .select('channel')
      .where('slack_user_id', '=', slackUserId)
      .executeTakeFirst()
  )?.channel;

export const learnDirectChannel = async ({ db }: Store, slackUserId: string, channel: string) => {
  await db
    .insertInto('direct_channel')
    .values({ slack_user_id: slackUserId, channel })
    .onConflict((on) =>
      on
        .column('slack_user_id')
        .doUpdateSet({ channel })
        .where('direct_channel.channel', '<>', channel),
    )
    .execute();
};

/** Forgets conversations with accounts of nobody who works here; Slack names them again to who writes. */
export const forgetChannels = async ({ db }: Store): Promise<void> => {
  await db
    .deleteFrom('direct_channel')
    .where('slack_user_id', 'not in', (of) =>
      of
        .selectFrom('person')
        .select((is) => is.ref('slack_user_id').$notNull().as('id'))
        .where('slack_user_id', 'is not', null)
        .where('deactivated_at', 'is', null),
    )
    .execute();
};

/** The file that is sent for a message, before it is shown. */
export const noteFile = async ({ db }: Store, subjectId: string, key: string, fileId: string) => {
  await db
    .updateTable('subject_message')
    .set({ content_hash: fileId })
    .where('subject_id', '=', subjectId)
    .where('key', '=', key)
    .execute();
};

/**
 * What Slack shows now of what was `known` before. False where another process has shown something else
 * meanwhile: of two that wrote, nobody knows who came last.
 */
export const recordMessage = async (
  { db, clock }: Store,
  subjectId: string,
  {
    key,
    channel,
    ts,
    contentHash,
    final,
  }: { key: string; channel: string; ts: string; contentHash: string; final: boolean },
  known: Pick<SentMessage, 'ts' | 'contentHash'> | undefined,
): Promise<boolean> => {
  const { numUpdatedRows } = await db
    .updateTable('subject_message')
    .set({
      channel,
      ts,
      content_hash: contentHash,
      final: final ? 1 : 0,
      sending_at: null,
      posted_at: clock(),
    })
    .where('subject_id', '=', subjectId)
    .where('key', '=', key)
    .where((is) => {
      const same = is.and([is('ts', '=', ts), is('content_hash', '=', contentHash)]);
      if (known?.ts == null) return is.or([is('ts', 'is', null), same]);
      const before =
        known.contentHash === null
          ? is('content_hash', 'is', null)
          : is('content_hash', '=', known.contentHash);
      return is.or([is.and([is('ts', '=', known.ts), before]), same]);
    })
    .executeTakeFirst();
  return numUpdatedRows === 1n;
};

/** Where a message stands, as far as is known; whatever it shows is shown anew by the next pass. */
export const forgetContent = async (
  { db }: Store,
  subjectId: string,
  key: string,
): Promise<string | undefined> =>
  (
    await db
      .updateTable('subject_message')
      .set({ content_hash: null })
      .where('subject_id', '=', subjectId)
      .where('key', '=', key)
      .where('ts', 'is not', null)
      .returning('ts')
      .executeTakeFirst()
  )?.ts ?? undefined;

/** Slack shows this version, unless a newer one came meanwhile. */
export const markShown = async ({ db }: Store, requestId: string, version: number) => {
  await db
    .updateTable('request')
    .set({ shown_version: version })
    .where('id', '=', requestId)
    .where('shown_version', '<', version)
    .execute();
};

/** The card has no place there any more: it goes to the person instead, with the reason. */
export const redirect = async ({ db }: Store, requestId: string, channel: string, note: string) => {
  await db
    .updateTable('request')
    .set((of) => ({ channel, thread_ts: null, channel_note: note, version: of('version', '+', 1) }))
    .where('id', '=', requestId)
    .execute();
};

/** They are gone, or in a place that was left; what is desired of them is posted anew. */
export const forgetMessages = async (
  { db }: Store,
  subjectId: string,
  keys: readonly string[],
): Promise<void> => {
  await db
    .deleteFrom('subject_message')
    .where('subject_id', '=', subjectId)
    .where('key', 'in', keys)
    .execute();
};

/** A post that was begun and, as is known now, not made. */
export const forgetUnsent = async ({ db }: Store, subjectId: string, key: string) => {
  await db
    .deleteFrom('subject_message')
    .where('subject_id', '=', subjectId)
    .where('key', '=', key)
    .where('ts', 'is', null)
    .execute();
};

/** Requests whose cards move: those of logins in session. What waits for a link or a carrier stands still. */
export const movingRequests = async ({ db, clock }: Store): Promise<number> => {
  const { moving } = await db
    .selectFrom('login_lease as l')
    .innerJoin('sync as s', 's.source_id', 'l.source_id')
    .innerJoin('request_sync as r', 'r.sync_id', 's.id')
    .select(({ fn }) => fn.count<number>('r.request_id').distinct().as('moving'))
    .where('l.expires_at', '>', clock())
    .where(isOpen('s'))
    .where('s.priority', '=', 1)
    .executeTakeFirstOrThrow();
  return moving;
};
