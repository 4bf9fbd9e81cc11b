import { setImmediate as breathe } from 'node:timers/promises';
import type { z } from 'zod';
import { columnsOf, FILE_KINDS, recognizeFile, type FileKind } from '#domain/import-file.ts';
import {
  contactLine,
  personLine,
  policyLine,
  readLine,
  sourceLine,
  statusLine,
  type ContactLine,
  type Fields,
  type PersonLine,
  type PolicyLine,
  type SourceLine,
  type StatusLine,
} from '#domain/import-line.ts';
import type { Fault, Problem } from '#domain/import-problem.ts';
import { normalizeNumber } from '#domain/policy-number.ts';
import { readHeader, readLines, type CsvFile } from './csv.ts';

export type Saved = 'added' | 'changed' | 'unchanged';

/** Each `save` takes one chunk, writes it whole in one transaction, and answers row by row. */
export interface ImportStore {
  saveCarriers: (carriers: readonly ImportCarrier[]) => Promise<void>;
  /** E-mails of all people, the deactivated too. */
  people: () => Promise<string[]>;
  statuses: () => Promise<string[]>;
  /** Which of these contacts there are. */
  contacts: (externalIds: readonly string[]) => Promise<Set<string>>;
  /** The policies that have one of these numbers at that carrier. */
  numbers: (
    keys: readonly { carrier: string; key: string }[],
  ) => Promise<{ carrier: string; key: string; externalId: string }[]>;
  /** The carrier of each of these sources that exists. */
  sourceCarriers: (externalIds: readonly string[]) => Promise<Map<string, string>>;
  saveStatuses: (rows: readonly StatusLine[]) => Promise<Saved[]>;
  savePeople: (rows: readonly PersonLine[]) => Promise<Saved[]>;
  saveContacts: (rows: readonly ContactLine[]) => Promise<Saved[]>;
  saveSources: (rows: readonly SourceLine[]) => Promise<Saved[]>;
  savePolicies: (rows: readonly PolicyLine[]) => Promise<Saved[]>;
  /** Writes the audit record of an import that changed something. */
  record: (counts: readonly FileCount[]) => Promise<void>;
}

export interface ImportCarrier {
  id: string;
  name: string;
}

export interface FileCount {
  file: string;
  kind: FileKind | undefined;
  added: number;
  changed: number;
  unchanged: number;
  refused: number;
}

interface Placed<T> {
  row: T;
  line: number;
  fields: Fields;
}

/** What one kind of file needs: its schema, the key no two lines share, further checks, the write. */
interface Plan<T> {
  schema: z.ZodType<T>;
  key: { column: string; of: (row: T) => string };
  refuse?: (rows: readonly Placed<T>[]) => Promise<(Fault | undefined)[]>;
  save: (rows: readonly T[]) => Promise<Saved[]>;
}

/** Small enough that no statement holds the event loop for 50 ms. */
const CHUNK = 100;

type Note = (problem: Problem) => void;

/**
 * Loads a firm's files, in whatever order they are given. Repeating it changes nothing. Each bad
 * line is told through `note` and left out; the others go in.
 */
export const importFirm = async (
  { store, carriers }: { store: ImportStore; carriers: readonly ImportCarrier[] },
  files: readonly CsvFile[],
  note: Note,
): Promise<FileCount[]> => {
  await store.saveCarriers(carriers);
  const counts: FileCount[] = [];
  const known: { file: CsvFile; kind: FileKind; columns: string[]; delimiter: string }[] = [];
  for (const file of files) {
    const { columns, delimiter } = await readHeader(file);
    const recognized = recognizeFile(file.name, columns);
    if (recognized.kind === undefined) {
      const { kind: _, ...fault } = recognized;
      note({ file: file.name, line: 1, ...fault });
      counts.push({ ...emptyCount(file.name, undefined), refused: 1 });
    } else {
      known.push({ file, kind: recognized.kind, columns, delimiter });
    }
  }
  for (const kind of FILE_KINDS) {
    const ofKind = known.filter((file) => file.kind === kind);
    if (ofKind.length === 0) continue;
    const load = await loaderOf(kind, store, carriers);
    for (const { file, columns, delimiter } of ofKind) {
      counts.push(await load(file, columns, delimiter, note));
    }
  }
  if (counts.some(({ added, changed }) => added + changed > 0)) await store.record(counts);
  return counts;
};

const emptyCount = (file: string, kind: FileKind | undefined): FileCount => ({
  file,
  kind,
  added: 0,
  changed: 0,
  unchanged: 0,
  refused: 0,
});

type Load = (
  file: CsvFile,
  columns: readonly string[],
  delimiter: string,
  note: Note,
) => Promise<FileCount>;

const loaderOf = async (
  kind: FileKind,
  store: ImportStore,
  carriers: readonly ImportCarrier[],
): Promise<Load> => {
  const carrierIds = carriers.map(({ id }) => id);
  switch (kind) {
    case 'statuses':
      return loader<StatusLine>(kind, {
        schema: statusLine,
        key: { column: 'status', of: (row) => row.status },
        save: store.saveStatuses,
      });
    case 'people':
      return loader<PersonLine>(kind, {
        schema: personLine,
        key: { column: 'email', of: (row) => row.email },
        save: store.savePeople,
      });
    case 'contacts':
      return loader<ContactLine>(kind, {
        schema: contactLine(await store.people()),
        key: { column: 'contact_id', of: (row) => row.contact_id },
        save: store.saveContacts,
      });
    case 'sources':
      return loader<SourceLine>(kind, {
        schema: sourceLine(await store.people(), carrierIds),
        key: { column: 'source_id', of: (row) => row.source_id },
        refuse: (rows) => refuseMovedSources(store, rows),
        save: store.saveSources,
      });
    case 'policies':
      return loader<PolicyLine>(kind, {
        schema: policyLine(carrierIds, await store.statuses()),
        key: { column: 'policy_id', of: (row) => row.policy_id },
        refuse: (rows) => refuseStrayPolicies(store, rows),
        save: store.savePolicies,
      });
  }
};

const refuseMovedSources = async (
  store: ImportStore,
  rows: readonly Placed<SourceLine>[],
): Promise<(Fault | undefined)[]> => {
  const carrierOf = await store.sourceCarriers(rows.map(({ row }) => row.source_id));
  return rows.map(({ row }) => {
    const carrier = carrierOf.get(row.source_id);
    if (carrier === undefined || carrier === row.carrier) return undefined;
    return {
      column: 'carrier',
      value: row.carrier,
      wrong: `the login source ${row.source_id} belongs to ${carrier}`,
      todo: 'A login at another carrier is another source: give it a source_id of its own.',
    };
  });
};

const numberKey = (row: PolicyLine): string => `${row.carrier} ${normalizeNumber(row.number)}`;

const refuseStrayPolicies = async (
  store: ImportStore,
  rows: readonly Placed<PolicyLine>[],
): Promise<(Fault | undefined)[]> => {
  const contacts = await store.contacts(rows.map(({ row }) => row.contact_id));
  const taken = await store.numbers(
    rows.map(({ row }) => ({ carrier: row.carrier, key: normalizeNumber(row.number) })),
  );
  const owners = new Map(taken.map((one) => [`${one.carrier} ${one.key}`, one.externalId]));
  return rows.map(({ row }) => {
    if (!contacts.has(row.contact_id)) {
      return {
        column: 'contact_id',
        value: row.contact_id,
        wrong: 'there is no contact with this id',
        todo: 'Add it to the contacts file, or correct the id.',
      };
    }
    const owner = owners.get(numberKey(row));
    if (owner !== undefined && owner !== row.policy_id) {
      return {
        column: 'number',
        value: row.number,
        wrong: `the policy ${owner} already has this number at ${row.carrier}`,
        todo: 'Remove one of the two, or correct its number.',
      };
    }
    owners.set(numberKey(row), row.policy_id);
    return undefined;
  });
};

/** Ids are remembered over all files of one kind, so that a line cannot silently undo another. */
const loader = <T>(kind: FileKind, plan: Plan<T>): Load => {
  const seen = new Map<string, string>();
  return async (file, columns, delimiter, note) => {
    const count = emptyCount(file.name, kind);
    const refuse = (line: number, faults: readonly Fault[]): void => {
      count.refused += 1;
      for (const fault of faults) note({ file: file.name, line, ...fault });
    };
    let chunk: Placed<T>[] = [];
    const flush = async (): Promise<void> => {
      if (chunk.length === 0) return;
      const faults = (await plan.refuse?.(chunk)) ?? [];
      const good = chunk.filter(({ line }, index) => {
        const fault = faults[index];
        if (fault !== undefined) refuse(line, [fault]);
        return fault === undefined;
      });
      if (good.length > 0) {
        for (const saved of await plan.save(good.map(({ row }) => row))) count[saved] += 1;
      }
      chunk = [];
      await breathe();
    };
    for await (const read of readLines(file, delimiter)) {
      if ('broken' in read) {
        refuse(read.line, [{ wrong: read.broken, todo: 'Close or double the quotation mark.' }]);
        continue;
      }
      const { line, values } = read;
      if (values.length !== columns.length) {
        refuse(line, [wrongCount(values.length, columns.length, delimiter)]);
        continue;
      }
      const fields = fieldsOf(kind, columns, values);
      const result = readLine(plan.schema, fields);
      if ('faults' in result) {
        refuse(line, result.faults);
        continue;
      }
      const key = plan.key.of(result.row);
      const earlier = seen.get(key);
      if (earlier !== undefined) {
        refuse(line, [
          {
            column: plan.key.column,
            value: fields[plan.key.column] ?? '',
            wrong: `stands on ${earlier} already`,
            todo: 'Keep one of the two lines.',
          },
        ]);
        continue;
      }
      seen.set(key, `${file.name}:${line}`);
      chunk.push({ row: result.row, line, fields });
      if (chunk.length === CHUNK) await flush();
    }
    await flush();
    return count;
  };
};

const wrongCount = (found: number, expected: number, delimiter: string): Fault => ({
  wrong: `has ${found} columns, and the header has ${expected}`,
  todo: `Put values that contain ${delimiter === '\t' ? 'a tab' : `"${delimiter}"`} in quotation marks.`,
});

const fieldsOf = (
  kind: FileKind,
  columns: readonly string[],
  values: readonly string[],
): Fields => {
  const fields: Fields = Object.fromEntries(columnsOf(kind).map((column) => [column, '']));
  columns.forEach((column, index) => {
    if (column in fields) fields[column] = values[index] ?? '';
  });
  return fields;
};
