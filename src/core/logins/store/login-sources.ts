import type { Store } from '#database/store.ts';
import { lockLogins, lockPeople } from '#database/locks.ts';
import { sql, type RawBuilder } from 'kysely';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { isQueued } from '#database/dialect.ts';
import { nextId } from '#database/ids.ts';
import { endLostConsents } from './people-ends.ts';
import { closeSource } from './source-ends.ts';
import { signsInByItself } from './consent.ts';
import { withEdit } from '#database/edits.ts';
import type { LinkState } from '../standing.ts';

export const sourceName = (
  { db }: Store,
  sourceId: string,
): Promise<{ id: string; name: string } | undefined> =>
  db
    .selectFrom('login_source')
    .select(['id', 'name'])
    .where('id', '=', sourceId)
    .where('removed_at', 'is', null)
    .executeTakeFirst();

/** How the link of a login stands. */
export const linkStateOf = async ({ db, clock }: Store, sourceId: string): Promise<LinkState> => {
  const row = await db
    .selectFrom('login_source as l')
    .innerJoin('login_link as k', 'k.source_id', 'l.id')
    .select(['k.linked', 'k.ends_at as linkEndsAt', signsInByItself(clock()).as('automatic')])
    .where('l.id', '=', sourceId)
    .executeTakeFirstOrThrow();
  return { ...row, linked: row.linked === 1, automatic: row.automatic === 1 };
};

/** Login `l` is one that this person holds or that is shared with them; what they may do with it is not said. */
export const isOwn = (personId: RawBuilder<unknown>): RawBuilder<boolean> => sql<boolean>`
  l.removed_at is null and (l.holder_id = ${personId}
    or l.id in (select source_id from source_share where person_id = ${personId}))`;

/** A login source with everything that its list tells of it. */
export interface LoginSource {
  id: string;
  name: string;
  carrierName: string;
  holderId: string;
  holderName: string;
  holderSlackId: string | null;
  sharedWith: SharedWith[];
  linked: boolean;
  /** Epoch ms; null while unlinked or when the carrier sets no end. */
  linkEndsAt: number | null;
  unlinkedReason: string | null;
  /** Epoch ms; 0: not on hold. */
  heldUntil: number;
  heldByName: string | null;
  /** The worker signs in again by itself when the link ends. */
  automatic: boolean;
  /** Its holder, or who linked it, lets the password be kept. */
  passwordKept: boolean;
  /** Forced syncs that wait for it. */
  waiting: number;
}

export interface SharedWith {
  id: string;
  name: string;
  slackId: string | null;
}

const sourceRows = (db: Database, now: number) =>
  db
    .selectFrom('login_source as l')
    .innerJoin('carrier as c', 'c.id', 'l.carrier_id')
    .innerJoin('person as h', 'h.id', 'l.holder_id')
    .innerJoin('login_link as k', 'k.source_id', 'l.id')
    .leftJoin('login_consent as g', 'g.source_id', 'l.id')
    .leftJoin('login_hold as o', 'o.source_id', 'l.id')
    .leftJoin('person as by', 'by.id', 'o.person_id')
    .select([
      'l.id',
      'l.name',
      'c.name as carrierName',
      'l.holder_id as holderId',
      'h.name as holderName',
      'h.slack_user_id as holderSlackId',
      'k.linked',
      'k.ends_at as linkEndsAt',
      'k.unlinked_reason as unlinkedReason',
      'by.name as heldByName',
      'g.at as consentAt',
    ])
    .select((of) => [
      of
        .selectFrom('sync as s')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .whereRef('s.source_id', '=', 'l.id')
        .where('s.priority', '=', 1)
        .where(isQueued('s'))
        .as('waiting'),
    ])
    .select(signsInByItself(now).as('automatic'))
    .select(sql<number>`case when o.until > ${now} then o.until else 0 end`.as('held'))
    .where('l.removed_at', 'is', null)
    .orderBy('k.linked')
    .orderBy('l.name')
    .orderBy('l.id');

type Row = Awaited<ReturnType<ReturnType<typeof sourceRows>['executeTakeFirstOrThrow']>>;

const withShares = async (db: Database, rows: readonly Row[]): Promise<LoginSource[]> => {
  if (rows.length === 0) return [];
  const shares = await db
    .selectFrom('source_share as sh')
    .innerJoin('person as p', 'p.id', 'sh.person_id')
    .select(['sh.source_id', 'p.id', 'p.name', 'p.slack_user_id as slackId'])
    .where(
      'sh.source_id',
      'in',
      rows.map(({ id }) => id),
    )
    .where('p.deactivated_at', 'is', null)
    .orderBy('p.name')
    .execute();
  const sharesOf = Map.groupBy(shares, ({ source_id }) => source_id);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    carrierName: row.carrierName,
    holderId: row.holderId,
    holderName: row.holderName,
    holderSlackId: row.holderSlackId,
    sharedWith: (sharesOf.get(row.id) ?? []).map(({ id, name, slackId }): SharedWith => ({
      id,
      name,
      slackId,
    })),
    linked: row.linked === 1,
    linkEndsAt: row.linkEndsAt,
    unlinkedReason: row.unlinkedReason,
    heldUntil: row.held,
    heldByName: row.heldByName,
    automatic: row.automatic === 1,
    passwordKept: row.consentAt !== null,
    waiting: row.waiting ?? 0,
  }));
};

/**
 * The login that is called so already: two of one holder at one carrier with the same name could not be
 * told apart. The caller has locked the holder.
 */
export const namesake = (
  trx: Database,
  { carrierId, holderId, name }: { carrierId: string; holderId: string; name: string },
  exceptId: string,
) =>
  trx
    .selectFrom('login_source')
    .selectAll()
    .where('carrier_id', '=', carrierId)
    .where('holder_id', '=', holderId)
    .where(sql<string>`lower(name)`, '=', name.toLowerCase())
    .where('removed_at', 'is', null)
    .where('id', '<>', exceptId)
    .executeTakeFirst();

/** Held by the person or shared with them; unlinked ones first, then by name. */
export const sourcesOf = async ({ db, clock }: Store, personId: string): Promise<LoginSource[]> =>
  withShares(
    db,
    await sourceRows(db, clock())
      .where(isOwn(sql`${personId}`))
      .execute(),
  );

/** Every login of the firm in the same order. */
export const sourcesOfFirm = async (
  { db, clock }: Store,
  limit: number,
  offset: number,
): Promise<{ sources: LoginSource[]; total: number }> => {
  const { total } = await db
    .selectFrom('login_source')
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .where('removed_at', 'is', null)
    .executeTakeFirstOrThrow();
  const rows = await sourceRows(db, clock()).limit(limit).offset(offset).execute();
  return { sources: await withShares(db, rows), total };
};

/** Undefined once it is removed. */
export const loginSource = async (
  { db, clock }: Store,
  id: string,
): Promise<LoginSource | undefined> =>
  (await withShares(db, await sourceRows(db, clock()).where('l.id', '=', id).execute()))[0];

/** Active people of the firm among these Slack accounts. */
export const peopleOnSlack = async (
  { db }: Store,
  slackIds: readonly string[],
): Promise<SharedWith[]> =>
  slackIds.length === 0
    ? []
    : db
        .selectFrom('person')
        .select(['id', 'name', 'slack_user_id as slackId'])
        .where('slack_user_id', 'in', [...slackIds])
        .where('deactivated_at', 'is', null)
        .execute();

export const insertSource = (
  { db, clock }: Store,
  {
    carrierId,
    name,
    holderId,
    byId,
  }: {
    carrierId: string;
    name: string;
    holderId: string;
    byId: string;
  },
): Promise<{ id: string } | 'name-taken' | 'no-carrier'> =>
  db.transaction().execute(async (trx) => {
    const carrier = await trx
      .selectFrom('carrier')
      .select('id')
      .where('id', '=', carrierId)
      .executeTakeFirst();
    if (carrier === undefined) return 'no-carrier';
    await lockPeople(trx, [holderId]);
    if ((await namesake(trx, { carrierId, holderId, name }, '')) !== undefined) return 'name-taken';
    const id = nextId(clock);
    await trx
      .insertInto('login_source')
      .values({ id, carrier_id: carrierId, name, holder_id: holderId })
      .execute();
    await audit(trx, clock(), {
      personId: byId,
      action: 'source.added',
      sourceId: id,
      detail: { name, carrierId, holderId },
    });
    return { id };
  });

/** A file that says an older name does not undo it. */
export const renameSource = ({ db, clock }: Store, id: string, name: string, byId: string) =>
  db.transaction().execute(async (trx) => {
    const read = () =>
      trx.selectFrom('login_source').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    await lockPeople(trx, [(await read()).holder_id]);
    await lockLogins(trx, [id]);
    const { name: from, ...row } = await read();
    const taken = { carrierId: row.carrier_id, holderId: row.holder_id, name };
    if ((await namesake(trx, taken, id)) !== undefined) return false;
    const edits = await withEdit(trx, row.edits, 'name', { from, at: clock(), personId: byId });
    await trx.updateTable('login_source').set({ name, edits }).where('id', '=', id).execute();
    await audit(trx, clock(), {
      personId: byId,
      action: 'source.renamed',
      sourceId: id,
      detail: { from, to: name },
    });
    return true;
  });

/** The same text for the same people, in whatever order they are. */
export const listed = (personIds: Iterable<string>): string => [...personIds].toSorted().join(';');

/** Writes with whom a login is shared; with whom it was. The caller has locked it. */
export const setShares = async (
  trx: Database,
  id: string,
  personIds: ReadonlySet<string>,
): Promise<string[]> => {
  const before = await trx
    .deleteFrom('source_share')
    .where('source_id', '=', id)
    .returning('person_id')
    .execute();
  for (const personId of personIds)
    await trx.insertInto('source_share').values({ source_id: id, person_id: personId }).execute();
  return before.map((row) => row.person_id);
};

/**
 * The requests to show it to: with whom it is shared no more, a consent of theirs ends. A file that says
 * others does not undo it.
 */
export const shareSource = (
  { db, clock }: Store,
  id: string,
  personIds: readonly string[],
  byId: string,
): Promise<string[]> =>
  db.transaction().execute(async (trx) => {
    const now = clock();
    await lockLogins(trx, [id]);
    const users = new Set(personIds);
    const before = await setShares(trx, id, users);
    if (listed(before) !== listed(users)) {
      const { edits } = await trx
        .selectFrom('login_source')
        .select('edits')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      const edit = { from: listed(before), at: now, personId: byId };
      await trx
        .updateTable('login_source')
        .set({ edits: await withEdit(trx, edits, 'shared_with', edit) })
        .where('id', '=', id)
        .execute();
    }
    await audit(trx, now, {
      personId: byId,
      action: 'source.shared',
      sourceId: id,
      detail: { with: [...users] },
    });
    return endLostConsents(trx, now, { sourceId: id });
  });

/** Ends session, lease, cookies and stored password; the requests to show it to. */
export const unlinkSource = ({ db, clock }: Store, id: string, byId: string) =>
  db.transaction().execute((trx) => closeSource(trx, clock(), id, byId, 'unlink'));

/** The same for good; what waited for it is cancelled and says so. */
export const removeSource = ({ db, clock }: Store, id: string, byId: string) =>
  db.transaction().execute((trx) => closeSource(trx, clock(), id, byId, 'remove'));
