import { join } from 'node:path';
import { sql } from 'kysely';
import { Secret } from '#shared/secret.ts';
import { loadOrCreateKeys } from '#database/keys.ts';
import { serveFrom } from '#database/place.ts';
import { createSealer } from '#database/sealing.ts';
import { claimDatabase } from '#database/serving.ts';
import { factsOf, loadCarriers } from '#portal/carriers.ts';
import { seedLocalFirm } from '#simulator/firm.ts';

/** The firm of a trial, made by the release whose tree this file lies in. */
interface MadeFirm {
  databaseUrl: string;
  folder: string;
  teamId: string;
  addresses: Record<string, string>;
}

/** Contacts beside those of the firm, so that an index of them takes its time. */
const MORE_CONTACTS = 20_000;

const firm = JSON.parse(process.env['FIRM'] ?? '') as MadeFirm;
await using store = await serveFrom({
  databaseFile: '',
  databaseUrl: new Secret(firm.databaseUrl),
});
const carriers = await loadCarriers({
  folders: [join(import.meta.dirname, '../../../carriers')],
  addresses: firm.addresses,
  allowDemo: true,
});
await claimDatabase(store.db, { teamId: firm.teamId, local: true });
await seedLocalFirm({
  ...store,
  sealer: createSealer(await loadOrCreateKeys(join(firm.folder, 'keys'))),
  carriers: carriers.map(factsOf),
});
await sql`insert into contact (id, external_id, name, kind, search)
  select 'more-' || n, 'MORE-' || n, 'Person ' || md5(n::text), 'individual', 'person ' || md5(n::text)
  from generate_series(1, ${MORE_CONTACTS}::int) n`.execute(store.db);
