import { setImmediate as breathe } from 'node:timers/promises';
import { columnsOf, type FileKind } from './file-kinds.ts';
import { readLine, type Fields, type LineSchema, type ReadLine } from './line.ts';
import type { Fault, Problem } from './problem.ts';
import { readLines, type CsvFile } from './csv.ts';
import type { FileCount, SavedLine } from './saving.ts';
import type { Refusals } from './unknown.ts';

export interface Placed<T> extends ReadLine<T> {
  line: number;
}

/** What one kind of file needs: its schema, the key no two lines share, further checks, the write. */
interface Plan<T> {
  schema: LineSchema<T>;
  key: { column: string; of: (row: Partial<T>) => string | undefined };
  refuse?: (rows: readonly Placed<T>[]) => Promise<Fault[][]>;
  /** Told of each line that does not go in, for the files that build on this one. */
  refused: Refusals;
  save: (rows: readonly T[]) => Promise<SavedLine[]>;
}

/** Small enough that no statement holds the event loop for 50 ms. */
const CHUNK = 100;
const MOST_UNTOLD = 1000;

export type Note = (problem: Problem) => void;

export const emptyCount = (file: string, kind: FileKind | undefined): FileCount => ({
  file,
  kind,
  added: 0,
  changed: 0,
  unchanged: 0,
  refused: 0,
  kept: 0,
});

export type Load = (
  file: CsvFile,
  columns: readonly string[],
  delimiter: string,
  note: Note,
) => Promise<FileCount>;

/** Ids are remembered over all files of one kind, so that a line cannot silently undo another. */
export const loader = <T>(kind: FileKind, plan: Plan<T>): Load => {
  const seen = new Map<string, string>();
  return async (file, columns, delimiter, note) => {
    const count = emptyCount(file.name, kind);
    // Some faults show only when a chunk is written; all are told in the order of the lines.
    const untold: Problem[] = [];
    const tell = (line: number, faults: readonly Fault[]): void => {
      for (const fault of faults) untold.push({ file: file.name, line, ...fault });
    };
    const refuse = (line: number, faults: readonly Fault[], key?: string): void => {
      count.refused += 1;
      if (key !== undefined) plan.refused.line(key, `${file.name}:${line}`);
      tell(line, faults);
    };
    let chunk: Placed<T>[] = [];
    const absent = absentFields(kind, plan.schema);
    const flush = async (): Promise<void> => {
      const found = chunk.length === 0 ? [] : ((await plan.refuse?.(chunk)) ?? []);
      const good = chunk.flatMap(({ row, whole, line, faults }, index) => {
        const all = [...faults, ...(found[index] ?? [])];
        if (whole !== undefined && all.length === 0) return [{ row: whole, line }];
        refuse(line, inOrder(kind, all), plan.key.of(row));
        return [];
      });
      if (good.length > 0) {
        const outcomes = await plan.save(good.map(({ row }) => row));
        outcomes.forEach(({ saved, kept = [] }, index) => {
          const { line, row } = good[index] ?? { line: 0 };
          if (saved === 'refused') {
            refuse(line, kept, row && plan.key.of(row));
            return;
          }
          count[saved] += 1;
          if (kept.length > 0) count.kept += 1;
          tell(line, kept);
        });
      }
      chunk = [];
      for (const problem of untold.toSorted((a, b) => a.line - b.line)) note(problem);
      untold.length = 0;
      await breathe();
    };
    for await (const found of readLines(file, delimiter)) {
      if (untold.length >= MOST_UNTOLD) await flush();
      if ('broken' in found) {
        refuse(found.line, [{ wrong: found.broken, todo: 'Close or double the quotation mark.' }]);
        continue;
      }
      const { line, values } = found;
      if (values.length !== columns.length) {
        refuse(line, [wrongCount(values.length, columns.length, delimiter)]);
        continue;
      }
      const fields = fieldsOf(kind, absent, columns, values);
      const read = readLine(plan.schema, fields);
      const key = plan.key.of(read.row);
      const earlier = key === undefined ? undefined : seen.get(key);
      if (earlier !== undefined) {
        refuse(line, [
          {
            column: plan.key.column,
            value: fields[plan.key.column] ?? '',
            wrong: `stands on ${earlier} already`,
            todo: 'Keep one of the two lines.',
          },
          ...read.faults,
        ]);
        continue;
      }
      if (key !== undefined && read.whole !== undefined) seen.set(key, `${file.name}:${line}`);
      chunk.push({ ...read, line });
      if (chunk.length === CHUNK) await flush();
    }
    await flush();
    return count;
  };
};

/** As the columns stand in docs and templates, whichever check found the fault. */
const inOrder = (kind: FileKind, faults: readonly Fault[]): Fault[] => {
  const columns = columnsOf(kind);
  const at = ({ column }: Fault): number => columns.indexOf(column ?? '');
  return faults.toSorted((a, b) => at(a) - at(b));
};

const wrongCount = (found: number, expected: number, delimiter: string): Fault => ({
  wrong: `has ${found} columns, and the header has ${expected}`,
  todo: `Put values that contain ${delimiter === '\t' ? 'a tab' : `"${delimiter}"`} in quotation marks.`,
});

/** What a file says of columns it lacks: an empty one, unless that would say something else. */
const absentFields = <T>(kind: FileKind, { shape }: LineSchema<T>): Fields =>
  Object.fromEntries(
    columnsOf(kind).flatMap((column) =>
      shape[column]?.safeParse(undefined).success ? [] : [[column, '']],
    ),
  );

const fieldsOf = (
  kind: FileKind,
  absent: Fields,
  columns: readonly string[],
  values: readonly string[],
): Fields => {
  const known = columnsOf(kind);
  const fields = { ...absent };
  columns.forEach((column, index) => {
    if (known.includes(column)) fields[column] = values[index] ?? '';
  });
  return fields;
};
