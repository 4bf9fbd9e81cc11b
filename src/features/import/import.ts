import { statusKey } from '#shared/status.ts';
import type { ColumnMap } from './columns.ts';
import { FILE_KINDS, type FileKind } from './file-kinds.ts';
import {
  contactLine,
  nothingRefused,
  personLine,
  policyLine,
  sourceLine,
  statusLine,
  wordLine,
  type ContactLine,
  type PersonLine,
  type PolicyLine,
  type SourceLine,
  type Refused,
  type StatusLine,
  type WordLine,
} from './line.ts';
import { recognizeFile } from './recognized.ts';
import { readHeader, type CsvFile } from './csv.ts';
import { refuseMovedSources, refuseStrayPolicies, refuseTakenSlackUsers } from './checks.ts';
import { emptyCount, loader, type Load, type Note } from './lines.ts';
import type { FileCount, ImportCarrier, ImportStore } from './saving.ts';

export interface ImportDeps {
  store: ImportStore;
  carriers: readonly ImportCarrier[];
  /** What the files call our columns, where they call them otherwise. */
  columns?: ColumnMap;
  /** Told of bytes as they are read. */
  read?: (bytes: number) => void;
}

const counted = (file: CsvFile, read: (bytes: number) => void = () => undefined): CsvFile => ({
  name: file.name,
  open: async function* () {
    for await (const bytes of file.open()) {
      read(bytes.length);
      yield bytes;
    }
  },
});

/**
 * Loads a firm's files, in whatever order they are given. Repeating it changes nothing. Each bad
 * line is told through `note` and left out; the others go in.
 */
export const importFirm = async (
  { store, carriers, columns: map, read }: ImportDeps,
  files: readonly CsvFile[],
  note: Note,
): Promise<FileCount[]> => {
  await store.saveCarriers(carriers);
  const counts: FileCount[] = [];
  const refused = nothingRefused();
  const known: { file: CsvFile; kind: FileKind; columns: string[]; delimiter: string }[] = [];
  for (const file of files) {
    const { columns, delimiter } = await readHeader(file);
    const recognized = recognizeFile(file.name, columns, map);
    if (recognized.kind === undefined) {
      const { kind: _, meant, ...fault } = recognized;
      if (meant !== undefined) refused[meant].file(file.name);
      note({ file: file.name, line: 1, ...fault });
      counts.push({ ...emptyCount(file.name, undefined), refused: 1 });
    } else {
      known.push({ file: counted(file, read), ...recognized, delimiter });
    }
  }
  for (const kind of FILE_KINDS) {
    const ofKind = known.filter((file) => file.kind === kind);
    if (ofKind.length === 0) continue;
    const load = await loaderOf(kind, store, carriers, refused);
    for (const { file, columns, delimiter } of ofKind) {
      counts.push(await load(file, columns, delimiter, note));
    }
  }
  if (counts.some(({ added, changed }) => added + changed > 0)) await store.record(counts);
  return counts;
};

const loaderOf = async (
  kind: FileKind,
  store: ImportStore,
  carriers: readonly ImportCarrier[],
  refused: Refused,
): Promise<Load> => {
  const carrierIds = carriers.map(({ id }) => id);
  switch (kind) {
    case 'statuses':
      return loader<StatusLine>(kind, {
        refused: refused[kind],
        schema: statusLine,
        key: { column: 'status', of: (row) => row.status },
        save: store.saveStatuses,
      });
    case 'words':
      return loader<WordLine>(kind, {
        refused: refused[kind],
        schema: wordLine(carrierIds),
        key: {
          column: 'carrier_word',
          of: ({ carrier, carrier_word: word }) =>
            carrier === undefined || word === undefined
              ? undefined
              : `${carrier} ${statusKey(word)}`,
        },
        save: store.saveWords,
      });
    case 'people': {
      const stood = new Set<string>();
      return loader<PersonLine>(kind, {
        refused: refused[kind],
        schema: personLine(store.now),
        key: { column: 'email', of: (row) => row.email },
        refuse: (rows) => refuseTakenSlackUsers(store, rows, stood),
        save: store.savePeople,
      });
    }
    case 'contacts':
      return loader<ContactLine>(kind, {
        refused: refused[kind],
        schema: contactLine(await store.people(), refused),
        key: { column: 'contact_id', of: (row) => row.contact_id },
        save: store.saveContacts,
      });
    case 'sources':
      return loader<SourceLine>(kind, {
        refused: refused[kind],
        schema: sourceLine(await store.people(), carrierIds, refused, store.now),
        key: { column: 'source_id', of: (row) => row.source_id },
        refuse: (rows) => refuseMovedSources(store, rows),
        save: store.saveSources,
      });
    case 'policies':
      return loader<PolicyLine>(kind, {
        refused: refused[kind],
        schema: policyLine(carrierIds, await store.statuses(), refused, store.now),
        key: { column: 'policy_id', of: (row) => row.policy_id },
        refuse: (rows) => refuseStrayPolicies(store, rows, refused.contacts),
        save: store.savePolicies,
      });
  }
};
