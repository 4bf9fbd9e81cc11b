import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import {
  cosmetic,
  harmful,
  inEuros,
  inGerman,
  INTERSTITIAL,
  mute,
  withCommas,
  type Changed,
} from './mutation.ts';

/** A report: lines above the headers, the headers, the rows, and lines after them. */
interface Report {
  before: string[][];
  head: string[];
  rows: string[][];
  after: string[][];
}

const reportOf = (csv: string): Report => {
  const lines = parse(csv, {
    relaxColumnCount: true,
    skipEmptyLines: false,
    bom: true,
  });
  const widest = Math.max(...lines.map((line) => line.length));
  const head = lines.findIndex((line) => line.length === widest);
  const rows = lines
    .slice(head + 1)
    .filter((line) => line.length === widest && line.slice(1).some(Boolean));
  return {
    before: lines.slice(0, head),
    head: lines[head] ?? [],
    rows,
    after: lines.slice(head + 1).filter((line) => !rows.includes(line)),
  };
};

const written = ({ before, head, rows, after }: Report, options: object = {}): string =>
  stringify([...before, head, ...rows, ...after], options);

const moved = <T>(list: readonly T[]): T[] => [...list.slice(-1), ...list.slice(0, -1)];

export const cosmeticCsv = (csv: string): Changed<string>[] => {
  const report = reportOf(csv);
  const { head, rows, before, after } = report;
  return [
    [
      cosmetic('columns in another order'),
      written({ ...report, head: moved(head), rows: rows.map(moved) }),
    ],
    [
      cosmetic('columns backwards'),
      written({ ...report, head: head.toReversed(), rows: rows.map((row) => row.toReversed()) }),
    ],
    [
      cosmetic('an extra column at the end'),
      written({ ...report, head: [...head, 'Branch'], rows: rows.map((row) => [...row, '12']) }),
    ],
    [
      cosmetic('an extra column in front'),
      written({
        ...report,
        head: ['Line', ...head],
        rows: rows.map((row, index) => [String(index + 1), ...row]),
      }),
    ],
    [cosmetic('rows in another order'), written({ ...report, rows: rows.toReversed() })],
    [cosmetic('semicolons'), written(report, { delimiter: ';' })],
    [cosmetic('tabs'), written(report, { delimiter: '\t' })],
    [cosmetic('everything quoted'), written(report, { quoted: true })],
    [cosmetic('a byte order mark'), `\uFEFF${csv}`],
    [cosmetic('Windows line ends'), csv.replaceAll(/\r?\n/g, '\r\n')],
    [cosmetic('empty lines at the end'), `${csv}\n\n`],
    [
      cosmetic('another line on top'),
      written({ ...report, before: [['Printed for producers only'], ...before] }),
    ],
    [
      cosmetic('space around cells'),
      written({
        head: head.map((cell) => ` ${cell} `),
        rows: rows.map((row) => row.map((cell) => ` ${cell} `)),
        before,
        after,
      }),
    ],
  ];
};

export const harmfulCsv = (csv: string, number: string | undefined): Changed<string>[] => {
  const report = reportOf(csv);
  const { head, rows } = report;
  const sample = rows[0] ?? [];
  const sortOf = (cell = ''): string =>
    /\d\.\d{2}$/.test(cell)
      ? 'amount'
      : /^\d+\/\d+\/\d+$/.test(cell)
        ? 'date'
        : /\d{3}/.test(cell)
          ? 'number'
          : 'text';
  return [
    ...head.map((title, column): Changed<string> => [
      harmful(`header "${title}" renamed`),
      written({
        ...report,
        head: head.map((each, index) => (index === column ? `Field ${column}` : each)),
      }),
    ]),
    ...head.map((title, column): Changed<string> => [
      harmful(`column "${title}" removed`),
      written({
        ...report,
        head: head.toSpliced(column, 1),
        rows: rows.map((row) => row.toSpliced(column, 1)),
      }),
    ]),
    ...head.map((title, column): Changed<string> => [
      harmful(`column "${title}" emptied`),
      written({ ...report, rows: rows.map((row) => row.with(column, '')) }),
    ]),
    // Two columns of one sort are left out: nobody could tell from such a file.
    ...head.flatMap((title, a) =>
      head.flatMap((other, b): Changed<string>[] =>
        b <= a || sortOf(sample[a]) === sortOf(sample[b])
          ? []
          : [
              [
                harmful(`headers "${title}" and "${other}" swapped`),
                written({ ...report, head: head.with(a, other).with(b, title) }),
              ],
            ],
      ),
    ),
    [mute('emptied'), ''],
    [mute('headers alone'), written({ ...report, rows: [], after: [] })],
    [harmful('rows removed'), written({ ...report, rows: [] })],
    [
      harmful('the last rows removed'),
      written({ ...report, rows: rows.slice(0, Math.ceil(rows.length / 2)) }),
    ],
    [
      harmful('a policy removed'),
      written({ ...report, rows: rows.filter((row) => row[0] !== sample[0]) }),
    ],
    [mute('a page instead'), INTERSTITIAL],
    [harmful('in euros'), inEuros(csv)],
    [harmful('in German'), inGerman(csv)],
    [
      harmful('amounts with decimal commas'),
      written({ ...report, rows: rows.map((row) => row.map(withCommas)) }),
    ],
    ...Array.from({ length: 19 }, (_, index) => (index + 1) / 20).map((share): Changed<string> => [
      harmful(`cut off at ${Math.round(share * 100)} %`),
      csv.slice(0, Math.floor(csv.length * share)),
    ]),
    ...(number === undefined
      ? []
      : [
          [
            harmful('twice in the report, with other amounts'),
            written({
              ...report,
              rows: [
                ...rows,
                ...rows
                  .filter((row) => row.includes(number))
                  .map((row) => row.map((cell) => cell.replace(/^(\d)(?=.*\.\d{2}$)/, '9'))),
              ],
            }),
          ] as const,
        ]),
  ];
};
