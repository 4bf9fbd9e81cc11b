import { Readable } from 'node:stream';
import { parse, type CsvError } from 'csv-parse';
import { columnName, delimiterOf } from './file-kinds.ts';

/** A file that can be read more than once, from its start each time. */
export interface CsvFile {
  name: string;
  open: () => AsyncIterable<Uint8Array>;
}

export type CsvLine =
  /** `line` is where the record begins, as an editor counts; a quoted value may hold line breaks. */
  { line: number; values: string[] } | { line: number; broken: string };

const LONGEST_HEADER = 64 * 1024;

/** The columns of the first line, and the delimiter they show. */
export const readHeader = async (
  file: CsvFile,
): Promise<{ columns: string[]; delimiter: ',' | ';' | '\t' }> => {
  let head = '';
  const decoder = new TextDecoder();
  for await (const bytes of file.open()) {
    head += decoder.decode(bytes, { stream: true });
    if (/[\r\n]./.test(head) || head.length > LONGEST_HEADER) break;
  }
  const [first = ''] = head.replace(/^[\ufeff\s]+/, '').split(/[\r\n]/);
  const delimiter = delimiterOf(first);
  const columns = first.split(delimiter).map((name) => columnName(name.replace(/^"|"$/g, '')));
  return { columns, delimiter };
};

const CR = 0x0d;
const LF = 0x0a;

/** One kind of line end, so that lines are counted alike inside and outside of quotes. */
async function* withPlainLineEnds(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held = false;
  for await (const chunk of chunks) {
    const bytes: Uint8Array = held ? Buffer.concat([Uint8Array.of(CR), chunk]) : chunk;
    held = bytes.at(-1) === CR;
    const ready = held ? bytes.subarray(0, -1) : bytes;
    yield ready.filter((byte, at) => byte !== CR || ready[at + 1] !== LF);
  }
}

const lineBreaks = (values: readonly string[]): number =>
  values.reduce((sum, value) => sum + (value.match(/\n/g)?.length ?? 0), 0);

const FAILURE: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED:
    'a quotation mark opens here and never closes; the lines behind it are lost',
  CSV_MAX_RECORD_SIZE: 'this line never ends; the lines behind it are lost',
};

/** The lines below the header, one at a time; empty lines are left out but counted. */
export async function* readLines(file: CsvFile, delimiter: string): AsyncGenerator<CsvLine> {
  // A parser that throws drops the good records it still holds, so it is told to skip and report.
  let broken: CsvError | undefined;
  const parser = Readable.from(withPlainLineEnds(file.open())).pipe(
    parse({
      bom: true,
      delimiter,
      info: true,
      record_delimiter: '\n',
      relax_column_count: true,
      relax_quotes: true,
      skip_records_with_empty_values: true,
      skip_records_with_error: true,
      on_skip: (error) => {
        broken ??= error;
        return undefined;
      },
    }),
  );
  let last = 0;
  for await (const { record, info } of parser as AsyncIterable<{
    record: string[];
    info: { lines: number };
  }>) {
    const isHeader = last === 0;
    last = info.lines;
    if (!isHeader) yield { line: info.lines - lineBreaks(record), values: record };
  }
  if (broken !== undefined)
    yield { line: last + 1, broken: FAILURE[broken.code] ?? broken.message };
}
