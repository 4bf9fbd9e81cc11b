import type { LinkEnd } from '../rules.ts';
import type { Role } from '#shared/role.ts';
import type { Clock } from '#shared/clock.ts';
import type { Link, LinkStore } from '../link.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';

/** The rows behind the link page: links, and the browsers a person confirmed before. */
export const linkStore = (db: Database, clock: Clock): LinkStore => ({
  person: async (id) => {
    const row = await db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst();
    return row && { id: row.id, role: row.role as Role, active: row.deactivated_at === null };
  },

  source: async (id) => {
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
  },

  insertLink: (link) =>
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
    }),

  linkByToken: (tokenHash) => readLink(db, 'token_hash', tokenHash),
  linkById: (id) => readLink(db, 'id', id),

  tieBrowser: async (id, { browserHash, pairingNumber, confirmed }) => {
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
  },

  confirm: (id, rememberUntil) =>
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
          conflict
            .columns(['browser_hash', 'person_id'])
            .doUpdateSet({ expires_at: rememberUntil }),
        )
        .execute();
      await audit(tx, clock(), {
        personId: link.person_id,
        action: 'link.confirmed',
        sourceId: link.source_id,
      });
      return true;
    }),

  endLink: (id, reason) =>
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
    }),

  isRemembered: async (browserHash, personId) => {
    const row = await db
      .selectFrom('remembered_browser')
      .select('expires_at')
      .where('browser_hash', '=', browserHash)
      .where('person_id', '=', personId)
      .executeTakeFirst();
    return row !== undefined && row.expires_at > clock();
  },

  pairingsOf: async (personId) => {
    const rows = await linkRows(db)
      .where('link.person_id', '=', personId)
      .where('link.pairing_number', 'is not', null)
      .where('link.confirmed_at', 'is', null)
      .where('link.finished_at', 'is', null)
      .where('link.expires_at', '>', clock())
      .orderBy('link.id')
      .execute();
    return Promise.all(rows.map((row) => toLink(db, row)));
  },
});

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
