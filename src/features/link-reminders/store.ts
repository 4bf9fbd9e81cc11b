import { addNotification } from '#features/notifications/store.ts';
import type { Store } from '#database/store.ts';
import type { Warned, LinkFacts } from './rules.ts';
import { sql, type RawBuilder } from 'kysely';
import { locked } from '#database/dialect.ts';
import type { LinkItem } from '#features/notifications/notification.ts';
import { latestDay, type Today } from '#core/sessions/store/background-runs.ts';
import { signsInByItself } from '#core/logins/store/consent.ts';
import { markTold } from '#core/logins/store/link.ts';
import { HOUR } from '#shared/clock.ts';

export interface HeldLogin extends LinkFacts {
  id: string;
  name: string;
  carrierName: string;
  unlinkedReason: string | undefined;
  unlinkedAt: number;
  /** Account values behind the policies that wait, in minor units: what more depends on comes first. */
  value: number;
}

/** Older notifications are history: they are left as they were. */
const CHECKED_MS = 36 * HOUR;

interface Row {
  id: string;
  name: string;
  carrier: string;
  holder_id: string;
  linked: number;
  ends_at: number | null;
  automatic: number;
  trusted_until: number | null;
  password_ends: string | null;
  unlinked_reason: string | null;
  unlinked_at: number | null;
}

/**
 * Policies that wait for a login: of the day those it is the home of and that are not done, and
 * whatever is queued at it. What its holder sees on a card of their own is left out.
 */
const waitingFor = (
  { id, holder_id, unlinked_at }: Row,
  { startsAt, upTo }: Pick<Today, 'startsAt' | 'upTo'>,
): RawBuilder<unknown> => sql`
  select w.id from (
    select p.id from policy p join policy_report r on r.policy_id = p.id
      where p.home_source_id = ${id} and r.syncable = 1 and r.last_success_at not between ${startsAt} and ${upTo}
        and (r.last_attempt_at not between ${startsAt} and ${upTo} or r.last_status = 'needs-link')
    union
    select s.policy_id from sync s where s.source_id = ${id} and s.status = 'queued'
    union
    select s.policy_id from sync s where s.source_id = ${id} and s.status = 'needs-link'
      and s.finished_at >= ${unlinked_at ?? 0}
  ) w where w.id not in (
    select c.policy_id from sync c join request_sync rc on rc.sync_id = c.id
      join request q on q.id = rc.request_id
    where c.source_id = ${id} and c.status = 'needs-link'
      and c.finished_at >= ${unlinked_at ?? 0} and q.person_id = ${holder_id})`;

const logins = ({ db, clock }: Store) =>
  db
    .selectFrom('login_source as l')
    .innerJoin('carrier as c', 'c.id', 'l.carrier_id')
    .innerJoin('login_link as k', 'k.source_id', 'l.id')
    .leftJoin('login_consent as g', 'g.source_id', 'l.id')
    .select(['l.id', 'l.name', 'c.name as carrier', 'l.holder_id', 'k.linked'])
    .select(['k.ends_at', 'g.trusted_until', 'k.password_ends'])
    .select(['k.unlinked_reason', 'k.unlinked_at'])
    .select(signsInByItself(clock()).as('automatic'))
    .where('l.removed_at', 'is', null)
    .orderBy('l.id');

const toLogin = async (store: Store, row: Row): Promise<HeldLogin> => {
  const waiting = await countWaiting(store, row);
  return {
    id: row.id,
    name: row.name,
    carrierName: row.carrier,
    linked: row.linked === 1,
    linkEndsAt: row.ends_at ?? undefined,
    byItself: row.automatic === 1,
    trustedUntil: row.trusted_until ?? undefined,
    passwordEnds: row.password_ends ?? undefined,
    unlinkedReason: row.unlinked_reason ?? undefined,
    unlinkedAt: row.unlinked_at ?? 0,
    // What a portal or a failed link ended has its reason.
    ...(row.linked === 0 && row.unlinked_reason === null && row.unlinked_at !== null
      ? { endedOnPurpose: row.unlinked_at }
      : {}),
    ...waiting,
  };
};

/** Before the firm's first day nothing of a day waits. */
const NO_DAY = { startsAt: 0, upTo: Number.MAX_SAFE_INTEGER };

/** A login that is linked and needs nobody costs no look at its policies. */
const countWaiting = async (
  store: Store,
  row: Row,
): Promise<{ waiting: number; value: number }> => {
  if (row.linked === 1 && row.automatic === 1) return { waiting: 0, value: 0 };
  const today = (await latestDay(store)) ?? NO_DAY;
  const { rows } = await sql<{ n: number; value: number | null }>`
      select count(*) as n, sum((select v.minor from policy_value v
          where v.policy_id = w.id and v.name = 'Account Value' order by v.id desc limit 1)) as value
      from (${waitingFor(row, today)}) w`.execute(store.db);
  return { waiting: rows[0]?.n ?? 0, value: rows[0]?.value ?? 0 };
};

const all = async (store: Store, rows: readonly Row[]): Promise<HeldLogin[]> => {
  const found: HeldLogin[] = [];
  for (const row of rows) found.push(await toLogin(store, row));
  return found;
};

const holderRows = ({ db }: Store) =>
  db
    .selectFrom('person as p')
    .select(['p.id', 'p.slack_user_id'])
    .where('p.deactivated_at', 'is', null)
    .where('p.slack_user_id', 'is not', null)
    .orderBy('p.id');

/** People on Slack who hold logins, in order of id, after one of them. */
export const holdersAfter = async (
  store: Store,
  after: string,
  limit: number,
): Promise<readonly { id: string; slackId: string }[]> =>
  onSlack(
    await holderRows(store)
      .where('p.id', '>', after)
      .where((is) =>
        is.exists(
          is
            .selectFrom('login_source as l')
            .select('l.id')
            .whereRef('l.holder_id', '=', 'p.id')
            .where('l.removed_at', 'is', null),
        ),
      )
      .limit(limit)
      .execute(),
  );

export const heldLogins = async (store: Store, holderId: string): Promise<readonly HeldLogin[]> =>
  all(store, await logins(store).where('l.holder_id', '=', holderId).execute());

/** On how many days before this was told of a login. */
export const timesTold = async ({ db }: Store, sourceId: string, { why, until }: Warned) => {
  const { n } = await db
    .selectFrom('notification_source')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('source_id', '=', sourceId)
    .where('why', '=', why)
    .where('until', '=', until)
    .executeTakeFirstOrThrow();
  return n;
};

/** Made once of its kind and name; its unlinked logins count as told then. Its id when it was made now. */
export const addLinkNotification = (
  { db, clock }: Store,
  {
    items,
    ...of
  }: {
    kind: 'link-warning' | 'link-lost';
    name: string;
    channel: string;
    items: readonly LinkItem[];
  },
) =>
  db.transaction().execute(async (trx) => {
    const made = { ...of, about: { items }, logins: items };
    const id = await addNotification({ db: trx, clock }, made);
    const lost = items.filter(({ why }) => why === 'unlinked').map((item) => item.sourceId);
    if (id !== undefined) await markTold(trx, lost);
    return id;
  });

/** Holders of logins that were unlinked without a person, of which nobody was told yet. */
export const holdersUntold = async (
  store: Store,
  limit: number,
): Promise<readonly { id: string; slackId: string }[]> =>
  onSlack(
    await holderRows(store)
      .where('p.id', 'in', (of) =>
        of
          .selectFrom('login_link as k')
          .innerJoin('login_source as l', 'l.id', 'k.source_id')
          .select('l.holder_id')
          .where('k.unlinked_told', '=', 0),
      )
      .limit(limit)
      .execute(),
  );

export const untoldLogins = async (store: Store, holderId: string): Promise<readonly HeldLogin[]> =>
  all(
    store,
    await logins(store)
      .where('l.holder_id', '=', holderId)
      .where('k.unlinked_told', '=', 0)
      .where('k.linked', '=', 0)
      .execute(),
  );

/** Holders who left or are not on Slack: nothing is told of their logins. */
export const markUntellable = async ({ db }: Store): Promise<void> => {
  const rows = await db
    .selectFrom('login_link as k')
    .innerJoin('login_source as l', 'l.id', 'k.source_id')
    .innerJoin('person as p', 'p.id', 'l.holder_id')
    .select('l.id')
    .where('k.unlinked_told', '=', 0)
    .where((is) =>
      is.or([
        is('l.removed_at', 'is not', null),
        is('p.deactivated_at', 'is not', null),
        is('p.slack_user_id', 'is', null),
      ]),
    )
    .execute();
  await markTold(
    db,
    rows.map(({ id }) => id),
  );
};

/**
 * Notifications that tell of this login and show it otherwise than it is now, rewritten. One tells of
 * several logins: what is done of another one in the same moment is written down first.
 */
export const checkOff = ({ db, clock }: Store, sourceId: string): Promise<readonly string[]> =>
  db.transaction().execute(async (trx) => {
    const notifications = await trx
      .selectFrom('notification as e')
      .select(['e.id', 'e.about', 'e.created_at'])
      .where('e.id', 'in', (of) =>
        of
          .selectFrom('notification_source')
          .select('notification_id')
          .where('source_id', '=', sourceId),
      )
      .where('e.created_at', '>', clock() - CHECKED_MS)
      .orderBy('e.id')
      .modifyEnd(locked('e'))
      .execute();
    const source = await trx
      .selectFrom('login_source as l')
      .innerJoin('login_link as k', 'k.source_id', 'l.id')
      .leftJoin('login_consent as g', 'g.source_id', 'l.id')
      .select(['k.linked', 'k.linked_at', 'g.trusted_until', 'k.password_ends', 'l.removed_at'])
      .where('l.id', '=', sourceId)
      .executeTakeFirstOrThrow();
    const changed: string[] = [];
    for (const { id, about, created_at } of notifications) {
      const told = JSON.parse(about) as { items: LinkItem[] };
      const { items } = told;
      const now = items.map((item) =>
        item.sourceId === sourceId ? { ...item, done: doneOf(item, source, created_at) } : item,
      );
      if (JSON.stringify(now) === JSON.stringify(items)) continue;
      await trx
        .updateTable('notification')
        .set((of) => ({
          about: JSON.stringify({ ...told, items: now }),
          version: of('version', '+', 1),
        }))
        .where('id', '=', id)
        .execute();
      changed.push(id);
    }
    return changed;
  });

/** How many warnings of a day each person got: more than one would be too many. */
export const warningsShown = async ({
  db,
}: Store): Promise<readonly { channel: string; day: string; messages: number }[]> => {
  const { rows } = await sql<{ channel: string; name: string; messages: number }>`
        select e.channel, e.name, count(m.posted_at) as messages from notification e
        left join subject_message m on m.subject_id = 'notification:' || e.id
        where e.kind = 'link-warning' group by e.channel, e.name order by e.name`.execute(db);
  return rows.map(({ channel, name, messages }) => ({
    channel,
    day: name.slice(name.lastIndexOf(':') + 1),
    messages,
  }));
};

const onSlack = (
  rows: readonly { id: string; slack_user_id: string | null }[],
): { id: string; slackId: string }[] =>
  rows.flatMap(({ id, slack_user_id: slackId }) => (slackId === null ? [] : [{ id, slackId }]));

const doneOf = (
  { why, until }: LinkItem,
  source: {
    linked: number;
    linked_at: number | null;
    trusted_until: number | null;
    password_ends: string | null;
    removed_at: number | null;
  },
  toldAt: number,
): LinkItem['done'] => {
  if (source.removed_at !== null) return 'removed';
  const linkedSince = source.linked === 1 && (source.linked_at ?? 0) >= toldAt;
  switch (why) {
    case 'unlinked':
    case 'ends-today':
      return linkedSince ? 'linked' : null;
    case 'trust-ends':
      return linkedSince && (source.trusted_until ?? 0) > Number(until) ? 'linked' : null;
    case 'password-ends':
      return linkedSince && source.password_ends !== until ? 'linked' : null;
  }
};
