import { encodeTime } from 'ulid';
import { SKEW } from '#shared/clock.ts';
import { REMEMBERED_LIFE } from '#web/cookies.ts';
import type { Store } from '#database/store.ts';
import type { Actor, Role } from '#shared/access.ts';
import type { LinkEnd, LinkSubject, LinkFacts } from '../rules.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';

export const requestOwner = (
  { db }: Store,
  requestId: string,
): Promise<{ personId: string } | undefined> =>
  db
    .selectFrom('request')
    .select('person_id as personId')
    .where('id', '=', requestId)
    .executeTakeFirst();

/** One link as the database has it, with the names that a page shows. */
export interface Link extends LinkFacts {
  id: string;
  person: Actor & { name: string };
  source: LinkSubject & { id: string; name: string; carrierId: string; holderName: string };
  requestId?: string;
  /** Of the policy whose sync waits for this link, as the firm writes it. */
  policyNumber?: string;
}

export interface NewLink {
  id: string;
  tokenHash: string;
  personId: string;
  sourceId: string;
  requestId?: string;
  expiresAt: number;
}

export interface BrowserTie {
  browserHash: string;
  pairingNumber: string;
  /** A browser remembered for this person needs no pairing. */
  confirmed: boolean;
}

export const linkPerson = async ({ db }: Store, id: string): Promise<Actor | undefined> => {
  const row = await db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst();
  return row && { id: row.id, role: row.role as Role, active: row.deactivated_at === null };
};

export const linkSource = async ({ db }: Store, id: string): Promise<LinkSubject | undefined> => {
  const row = await db
    .selectFrom('login_source')
    .select(['holder_id', 'removed_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  return (
    row && {
      holderId: row.holder_id,
      sharedWith: await sharedWith(db, id),
      removed: row.removed_at !== null,
    }
  );
};

export const insertLink = ({ db, clock }: Store, link: NewLink): Promise<void> =>
  db.transaction().execute(async (tx) => {
    const { id, personId, sourceId, requestId } = link;
    await tx
      .insertInto('link')
      .values({
        id,
        token_hash: link.tokenHash,
        person_id: personId,
        source_id: sourceId,
        request_id: requestId ?? null,
        created_at: clock(),
        expires_at: link.expiresAt,
      })
      .execute();
    await audit(tx, clock(), { personId, action: 'link.issued', sourceId });
  });

export const linkByToken = ({ db }: Store, tokenHash: string): Promise<Link | undefined> =>
  readLink(db, 'token_hash', tokenHash);

export const linkById = ({ db }: Store, id: string): Promise<Link | undefined> =>
  readLink(db, 'id', id);

/** Only while no browser is tied. */
export const tieBrowser = async (
  { db, clock }: Store,
  id: string,
  { browserHash, pairingNumber, confirmed }: BrowserTie,
) => {
  const { numUpdatedRows } = await db
    .updateTable('link')
    .set({
      browser_hash: browserHash,
      pairing_number: pairingNumber,
      confirmed_at: confirmed ? clock() : null,
    })
    .where('id', '=', id)
    .where('browser_hash', 'is', null)
    .where('finished_at', 'is', null)
    .where('expires_at', '>', clock())
    .executeTakeFirst();
  return numUpdatedRows > 0;
};

/** Only while unconfirmed and not ended; remembers the tied browser until `rememberUntil`. */
export const confirm = ({ db, clock }: Store, id: string, rememberUntil: number) =>
  db.transaction().execute(async (tx) => {
    const link = await tx
      .updateTable('link')
      .set({ confirmed_at: clock() })
      .where('id', '=', id)
      .where('confirmed_at', 'is', null)
      .where('finished_at', 'is', null)
      .where('browser_hash', 'is not', null)
      .returning(['browser_hash', 'person_id', 'source_id'])
      .executeTakeFirst();
    if (link === undefined || link.browser_hash === null) return false;
    await tx
      .insertInto('remembered_browser')
      .values({
        browser_hash: link.browser_hash,
        person_id: link.person_id,
        expires_at: rememberUntil,
      })
      .onConflict((conflict) =>
        conflict.columns(['browser_hash', 'person_id']).doUpdateSet({ expires_at: rememberUntil }),
      )
      .execute();
    await audit(tx, clock(), {
      personId: link.person_id,
      action: 'link.confirmed',
      sourceId: link.source_id,
    });
    return true;
  });

export const endLink = ({ db, clock }: Store, id: string, reason: LinkEnd): Promise<boolean> =>
  db.transaction().execute(async (tx) => {
    const link = await tx
      .updateTable('link')
      .set({ finished_at: clock(), ended_reason: reason })
      .where('id', '=', id)
      .where('finished_at', 'is', null)
      .returning(['person_id', 'source_id'])
      .executeTakeFirst();
    if (link === undefined) return false;
    await audit(tx, clock(), {
      personId: link.person_id,
      action: `link.${reason}`,
      sourceId: link.source_id,
    });
    return true;
  });

/** No right clock gave more time than this. */
const isRight = (expiresAt: number, now: number): boolean =>
  expiresAt > now && expiresAt <= now + REMEMBERED_LIFE + SKEW;

export const isRemembered = async ({ db, clock }: Store, browserHash: string, personId: string) => {
  const row = await db
    .selectFrom('remembered_browser')
    .select('expires_at')
    .where('browser_hash', '=', browserHash)
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return row !== undefined && isRight(row.expires_at, clock());
};

/** A clock that has been set back makes many of them at once, and each of those may wait. */
const AHEAD_A_SWEEP = 100;

/** Ends those that a clock made which stood ahead: they would be good for as long as it was wrong. */
export const expireLinksAhead = async ({ db, clock }: Store, ahead: number): Promise<void> => {
  await db
    .updateTable('link')
    .set({ expires_at: clock() })
    // Ids begin with their time.
    .where('id', 'in', (made) =>
      made
        .selectFrom('link')
        .select('id')
        .where('id', '>', encodeTime(ahead + 1))
        .where('expires_at', '>', clock())
        .limit(AHEAD_A_SWEEP),
    )
    .execute();
};

/** Links of this person that show a number and wait for it to be picked in Slack. */
export const pairingsOf = async ({ db, clock }: Store, personId: string): Promise<Link[]> => {
  const rows = await linkRows(db)
    .where('link.person_id', '=', personId)
    .where('link.pairing_number', 'is not', null)
    .where('link.confirmed_at', 'is', null)
    .where('link.finished_at', 'is', null)
    .where('link.expires_at', '>', clock())
    .orderBy('link.id')
    .execute();
  return Promise.all(rows.map((row) => toLink(db, row)));
};

const linkRows = (db: Database) =>
  db
    .selectFrom('link')
    .innerJoin('person', 'person.id', 'link.person_id')
    .innerJoin('login_source', 'login_source.id', 'link.source_id')
    .innerJoin('person as holder', 'holder.id', 'login_source.holder_id')
    .leftJoin('request', 'request.id', 'link.request_id')
    .leftJoin('policy', 'policy.id', 'request.policy_id')
    .selectAll('link')
    .select([
      'person.name as person_name',
      'person.role as person_role',
      'person.deactivated_at',
      'login_source.name as source_name',
      'login_source.carrier_id',
      'login_source.holder_id',
      'login_source.removed_at',
      'holder.name as holder_name',
      'policy.number as policy_number',
    ]);

type LinkRow = Awaited<ReturnType<ReturnType<typeof linkRows>['executeTakeFirstOrThrow']>>;

const readLink = async (
  db: Database,
  column: 'id' | 'token_hash',
  value: string,
): Promise<Link | undefined> => {
  const row = await linkRows(db).where(`link.${column}`, '=', value).executeTakeFirst();
  return row && toLink(db, row);
};

const toLink = async (db: Database, row: LinkRow): Promise<Link> => ({
  id: row.id,
  expiresAt: row.expires_at,
  ...(row.request_id === null ? {} : { requestId: row.request_id }),
  ...(row.policy_number === null ? {} : { policyNumber: row.policy_number }),
  ...(row.browser_hash === null ? {} : { browserHash: row.browser_hash }),
  ...(row.pairing_number === null ? {} : { pairingNumber: row.pairing_number }),
  ...(row.confirmed_at === null ? {} : { confirmedAt: row.confirmed_at }),
  ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
  ...(row.ended_reason === null ? {} : { endedReason: row.ended_reason as LinkEnd }),
  person: {
    id: row.person_id,
    name: row.person_name,
    role: row.person_role as Role,
    active: row.deactivated_at === null,
  },
  source: {
    id: row.source_id,
    name: row.source_name,
    carrierId: row.carrier_id,
    holderId: row.holder_id,
    holderName: row.holder_name,
    sharedWith: await sharedWith(db, row.source_id),
    removed: row.removed_at !== null,
  },
});

const sharedWith = async (db: Database, sourceId: string): Promise<string[]> => {
  const rows = await db
    .selectFrom('source_share')
    .select('person_id')
    .where('source_id', '=', sourceId)
    .execute();
  return rows.map(({ person_id }) => person_id);
};

/** Of these links those that have ended, and whether by a sign-in that the portal accepted. */
export const endedAmong = async (
  { db }: Store,
  linkIds: readonly string[],
): Promise<readonly { id: string; sourceName: string; linked: boolean }[]> => {
  if (linkIds.length === 0) return [];
  const rows = await db
    .selectFrom('link')
    .innerJoin('login_source as l', 'l.id', 'link.source_id')
    .select(['link.id', 'link.ended_reason', 'l.name'])
    .where('link.id', 'in', linkIds)
    .where('link.finished_at', 'is not', null)
    .execute();
  return rows.map(({ id, ended_reason, name }) => ({
    id,
    sourceName: name,
    linked: ended_reason === ('linked' satisfies LinkEnd),
  }));
};
