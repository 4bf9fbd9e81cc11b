import type { ListProposal } from '#portal/recording/list-proposal.ts';
import type { Listed } from '#portal/recording/list.ts';
import { beginning, createPlaces, says, stepLines } from './recorded-way.ts';
import {
  escaped,
  file,
  NO_AMOUNT,
  openQuestions,
  quoted,
  typesOf,
  WRITTEN,
  type Kind,
} from './scaffold.ts';

const NEXT = String.raw`[{ role: ['link', /^next\b/i] }, { role: ['button', /^next\b/i] }]`;

/** The way to the list of all policies as code, with what reads a screen of it. */
export const recordedBook = (
  kind: Kind,
  listed: Listed,
  start: string | undefined,
  proposal: ListProposal,
  landmark: string | undefined,
): [string, string] => {
  const places = createPlaces();
  const steps = listed.steps.flatMap((step) => stepLines(places, step));
  const list = places.of(listed.frame);
  const go = beginning(kind, start);
  const next =
    listed.next === undefined
      ? NEXT
      : `{ role: [${quoted(listed.next.kind)}, ${quoted(listed.next.label)}] }`;
  const way = [
    go.line,
    ...steps,
    ...list.lines,
    ...(landmark === undefined ? [] : [`await kit.find(${list.place}, ${says(landmark)});`]),
    `for await (const book of kit.pages(${list.place}, { next: ${next} })) yield { html: { book } };`,
  ];
  const name = file(kind, 'book');
  return [
    name,
    `${WRITTEN} record\`, as it went and from what the list seems to say: read it before you trust it. Once you change it, take this line away.
${start === undefined ? `import { homeOf } from './${file(kind, 'way')}';\n` : ''}${typesOf(kind, 'BookPage', 'Carrier', 'Kit', 'ReadValue', 'Snapshot')}${openQuestions(
      [
        ...(proposal.count === undefined
          ? [
              'which sentence says how many policies there are: without one, a list that breaks off may pass for whole',
            ]
          : []),
        ...(proposal.dates === undefined && !proposal.undated
          ? ['where the as-of date stands, and how it is written']
          : []),
        'whether the list has closed policies too, where it hides them unless it is asked',
      ],
    )}export const wayToBook =
  ${kind.typed ? `(kit: Kit, ${go.address}: string): NonNullable<Carrier['readBook']> =>` : `(kit, ${go.address}) =>`}
  async function* (page) {
${way.map((line) => `    ${line}`).join('\n')}
  };

${parser(kind, proposal)}`,
  ];
};

const parser = (kind: Kind, proposal: ListProposal): string => {
  const { number, status, product, values, asOf, dates, undated, count } = proposal;
  const columns = [
    `number: ${quoted(number)}`,
    `status: ${quoted(status)}`,
    ...(product === undefined ? [] : [`product: ${quoted(product)}`]),
    ...(asOf === undefined ? [] : [`asOf: ${quoted(asOf)}`]),
    ...(values.each === 'row'
      ? [`name: ${quoted(values.name)}`, `amount: ${quoted(values.amount)}`]
      : values.amounts.map((title) => `${quoted(title)}: ${quoted(title)}`)),
  ].join(', ');
  const day = undated
    ? quoted('unknown')
    : `kit.date(row.${asOf === undefined ? 'status' : 'asOf'}, ${quoted(dates ?? 'MM/dd/yyyy')})`;
  const rows = `kit.rows($, { columns: { ${columns} } })`;
  const policies =
    values.each === 'row' ? `[...Map.groupBy(${rows}, (row) => row.number).values()]` : rows;
  const push = `if (NO_AMOUNT.test(amount)) missing.push(name);
        else values.push({ name, amount: kit.money(amount, 'USD'), asOf: ${day} });`;
  const read =
    values.each === 'row'
      ? `(lines)${kind.typed ? ': Snapshot' : ''} => {
      const [line] = lines;
      if (!line || lines.some(({ status }) => status !== line.status)) throw new kit.PortalChanged('The lines of a policy do not agree');
${LISTS(kind)}
      for (const row of lines) {
        const { name, amount } = row;
        if (name === '' && amount === '') continue;
        ${push}
      }
      return { number: line.number, status: line.status,${product === undefined ? '' : ' productName: line.product,'} values, missing };
    }`
      : `(row)${kind.typed ? ': Snapshot' : ''} => {
${LISTS(kind)}
      for (const name of [${values.amounts.map(quoted).join(', ')}]${kind.typed ? ' as const' : ''}) {
        const amount = row[name];
        ${push}
      }
      return { number: row.number, status: row.status,${product === undefined ? '' : ' productName: row.product,'} values, missing };
    }`;
  return `${count === undefined ? '' : `/** How many there are, and which of them this screen shows. */\nconst COUNT = ${countPattern(count)};\n`}${NO_AMOUNT}

export const bookParser =
  ${kind.typed ? "(kit: Kit): NonNullable<Carrier['parseBook']> =>" : '(kit) =>'}
  ({ html = {} })${kind.typed ? ': BookPage' : ''} => {
    const $ = kit.load(html['book'] ?? '');
${count === undefined ? '' : counting(count)}    const policies = ${policies};
${count?.meaning.includes('first') ? "    if (policies.length !== last - first + 1) throw new kit.PortalChanged('The list shows fewer or more policies than it says');\n" : ''}    return { ...kit.entries(policies, ${read})${count === undefined ? '' : ', total'} };
  };
`;
};

const counting = ({ meaning }: NonNullable<ListProposal['count']>): string =>
  `    const texts = $('body *').toArray().map((each) => $(each).text().replaceAll(/\\s+/g, ' ').trim());
    const [said, ...others] = new Set(texts.filter((text) => COUNT.test(text)));
    if (said === undefined || others.length > 0) throw new kit.PortalChanged('The list does not say how long it is');
    const [, ${meaning
      .filter((each) => each !== undefined)
      .map((each) => `${each} = 0`)
      .join(', ')}] = (COUNT.exec(said) ?? []).map((text) => Number(text.replaceAll(',', '')));
`;

const LISTS = ({ typed }: Kind): string =>
  `      const values${typed ? ': ReadValue[]' : ''} = [];\n      const missing${typed ? ': string[]' : ''} = [];`;

/** "Policies 1 to 25 of 40": its numbers are any, and those that mean something are caught. */
const countPattern = ({ parts, meaning }: NonNullable<ListProposal['count']>): string => {
  const number = (place: number): string =>
    place === meaning.length ? '' : meaning[place] ? String.raw`([\d,]+)` : String.raw`[\d,]+`;
  return `/^${parts.map((part, place) => escaped(part) + number(place)).join('')}$/`;
};

const IMPORT = /^import \{ policyParser \} from .+;$/m;
const PARSER = /^( *)parsePolicy: policyParser\(kit\),$/m;

/** The carrier's first file with its book, where it is still laid out as `carrier new` did; else undefined. */
export const withBook = (kind: Kind, index: string): string | undefined => {
  if (/\breadBook\b/.test(index)) return index;
  if (!IMPORT.test(index) || !PARSER.test(index)) return undefined;
  return index
    .replace(
      IMPORT,
      (line) => `import { bookParser, wayToBook } from './${file(kind, 'book')}';\n${line}`,
    )
    .replace(
      PARSER,
      (line, indent: string) =>
        `${line}\n${indent}readBook: wayToBook(kit, address),\n${indent}parseBook: bookParser(kit),`,
    );
};
