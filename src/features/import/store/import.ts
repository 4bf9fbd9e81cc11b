import type { ImportStore } from '../saving.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { idMaker } from '#database/ids.ts';
import { lockImports } from '#database/locks.ts';
import { saveContacts } from './contacts.ts';
import { savePeople } from './people.ts';
import { savePolicies } from './policies.ts';
import { saveStatuses, saveWords, type Writing } from './rows.ts';
import { saveSources } from './sources.ts';

/**
 * The side of an import that writes; every chunk is one transaction. `now` is in epoch ms. With
 * `crmWins` the file's word stands against what people changed here.
 */
export const createImportStore = (
  db: Database,
  { now, crmWins = false }: { now: () => number; crmWins?: boolean },
): ImportStore => {
  const nextId = idMaker(now);
  const inOne =
    <Row, Result>(save: (trx: Database, rows: readonly Row[], how: Writing) => Promise<Result>) =>
    (rows: readonly Row[]): Promise<Result> =>
      db.transaction().execute(async (trx) => {
        await lockImports(trx);
        return save(trx, rows, { at: now(), nextId });
      });

  return {
    now,
    saveCarriers: async (carriers) => {
      if (carriers.length === 0) return;
      await db
        .insertInto('carrier')
        .values(carriers.map(({ id, name }) => ({ id, name })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      // One that is called as before is left alone: whoever pauses it would wait for a rehearsal.
      for (const { id, name } of carriers)
        await db
          .updateTable('carrier')
          .set({ name })
          .where('id', '=', id)
          .where('name', '<>', name)
          .execute();
    },
    people: async () => {
      const rows = await db.selectFrom('person').select('email').orderBy('email').execute();
      return rows.flatMap(({ email }) => (email === null ? [] : [email]));
    },
    slackUsers: async (ids) => {
      const rows = await db
        .selectFrom('person')
        .select(['slack_user_id', 'email', 'name'])
        .where('slack_user_id', 'in', ['', ...ids])
        .execute();
      return new Map(rows.map(({ slack_user_id: id, ...owner }) => [id ?? '', owner]));
    },
    statuses: async () => {
      const rows = await db.selectFrom('product_status').select('name').orderBy('name').execute();
      return rows.map(({ name }) => name);
    },
    contacts: async (externalIds) => {
      const rows = await db
        .selectFrom('contact')
        .select('external_id')
        .where('external_id', 'in', externalIds)
        .execute();
      return new Set(rows.map(({ external_id }) => external_id));
    },
    numbers: async (wanted) => {
      const keys = wanted.map(({ key }) => key);
      const rows = await db
        .selectFrom('policy')
        .select(['carrier_id', 'number_key', 'external_id'])
        .where('number_key', 'in', keys)
        .execute();
      return rows.map(({ carrier_id, number_key, external_id }) => ({
        carrier: carrier_id,
        key: number_key,
        externalId: external_id,
      }));
    },
    sourceCarriers: async (externalIds) => {
      const rows = await db
        .selectFrom('login_source')
        .select(['external_id', 'carrier_id'])
        .where('external_id', 'in', externalIds)
        .execute();
      return new Map(rows.map((row) => [row.external_id ?? '', row.carrier_id]));
    },
    saveStatuses: inOne(saveStatuses),
    saveWords: inOne(saveWords),
    savePeople: inOne(savePeople(crmWins)),
    saveContacts: inOne(saveContacts),
    saveSources: inOne(saveSources(crmWins)),
    savePolicies: inOne(savePolicies(crmWins)),
    record: (counts) =>
      audit(db, now(), {
        personId: undefined,
        action: 'import',
        subject: ['firm', 'firm'],
        detail: counts,
      }),
  };
};
