import { randomBytes } from 'node:crypto';
import type { Capture, Carrier } from '../contract.ts';
import { PortalChanged } from '../failure.ts';
import type { PolicyReading } from '../portal.ts';
import { checkReading } from '../reading.ts';
import { redactedHar } from './exchanges.ts';
import { leaksIn } from './leaks.ts';
import { propose, type Proposal } from './proposal.ts';
import { RecordingEnded, type Seen } from './recording.ts';
import { redactPage } from './redacted-page.ts';
import { createRedaction, type Redaction } from './redaction.ts';
import { replay } from './replay.ts';
import { proposeList, textsOfList, type ListProposal } from './list-proposal.ts';
import type { Listed } from './list.ts';
import type { Step } from './step.ts';

export interface RedactOptions {
  carrier: Carrier;
  number: string;
  absentNumber?: string;
  hide: readonly string[];
  /** The carrier's own code: what it names is layout. */
  code: readonly string[];
  keep: readonly string[];
  maskAmounts: boolean;
  now: number;
  /** What stand-ins follow from; random unless a test wants the same ones again. */
  key?: Uint8Array;
}

export interface Recording {
  /** File name -> content, to lie under the carrier's folder. */
  files: Record<string, string>;
  proposal?: Proposal;
  /** Path of the portal on which the way began; without its query, and none, where that may be of one person. */
  start?: string;
  /** What the list of all policies seems to be, and a kept text that shows that it has come. */
  list?: { proposal: ListProposal; start?: string; landmark?: string };
  /** Texts of the proposal that the redaction would not keep, so that code could not name them. */
  unkept: string[];
}

/** Texts between quotes of the carrier's code, and their parts: what the adapter itself names. */
const namedIn = (code: readonly string[]): string[] =>
  code
    .flatMap((text) => [
      ...(text.match(/(['"`])(?:(?!\1).)*\1/g) ?? []).map((quoted) => quoted.slice(1, -1)),
      ...(text.match(/\/[^/\n]+\/[dgimsuvy]*/g) ?? []),
    ])
    .flatMap((text) => [text, ...(text.match(/[\p{L}\p{N}_-]+/gu) ?? [])]);

/** What is replaced, in all that comes of one look at a portal, the same by the same. */
export const redactionOf = (seen: Pick<Seen, 'secrets'>, options: RedactOptions): Redaction => {
  const { carrier, number, now } = options;
  const numbers = [number, ...(options.absentNumber === undefined ? [] : [options.absentNumber])];
  return createRedaction({
    key: options.key ?? randomBytes(32),
    now,
    secrets: seen.secrets,
    hide: options.hide,
    numbers,
    keep: [
      carrier.name,
      carrier.id,
      ...carrier.origins.map((origin) => new URL(origin).hostname),
      ...carrier.signIn.fields.map((field) => field.label),
      ...namedIn(options.code),
      ...options.keep,
    ],
    maskAmounts: options.maskAmounts,
  });
};

/** Everything of a recording that may be written. Throws when a secret would be in it after all. */
export const redactRecording = (seen: Seen, options: RedactOptions): Recording => {
  const { carrier, number } = options;
  const redaction = redactionOf(seen, options);
  const proposal = seen.walked && proposalOf(seen, options);
  const list = listOf(seen, options, redaction);
  const cases = [
    caseOf('found', seen.found, number),
    ...(seen.absent && options.absentNumber !== undefined
      ? [caseOf('absent', seen.absent, options.absentNumber)]
      : []),
  ];
  const files: Record<string, string> = {
    'recording/sign-in.html': redactPage(seen.signInPage, redaction),
    'recording/home.html': redactPage(seen.home, redaction),
    'recording/traffic.har': json(redactedHar(seen.exchanges, redaction)),
  };
  for (const { name, capture, number: asked } of cases) {
    const redacted = redactCapture(capture, redaction);
    const shown = redaction.text(asked);
    Object.assign(files, pageFiles(name, redacted));
    files[`pages/${name}.expected.json`] = json({
      number: shown,
      ...understood(carrier, redacted, shown),
    });
  }
  for (const [name, capture] of booksOf(seen)) {
    const redacted = redactCapture(capture, redaction);
    const replayed = replay(carrier, redacted, undefined);
    // A total or a number that had to be replaced may leave a screen that nobody can read.
    const isRead = !('portalChanged' in replayed);
    if (!isRead && seen.listed === undefined) continue;
    Object.assign(files, pageFiles(name, redacted));
    // What nobody has written a parser for yet is left open, as a policy is.
    files[`pages/${name}.expected.json`] = json(isRead ? replayed : {});
  }
  const forbidden = [...seen.secrets, ...options.hide, number];
  for (const [name, content] of Object.entries(files))
    if (leaksIn(content, forbidden).length > 0)
      throw new RecordingEnded(
        `Nothing was written: ${name} would still hold what must not be in it`,
      );
  return {
    files,
    ...(proposal && { proposal }),
    ...startOf(seen.walked?.start, redaction),
    ...(list && { list }),
    unkept: unkeptOf(
      [
        ...(proposal ? [...textsOf(proposal), ...labelsOf(seen.walked?.steps)] : []),
        ...(list
          ? [
              ...textsOfList(list.proposal),
              ...labelsOf(listedIn(seen)?.steps),
              listedIn(seen)?.next?.label ?? '',
            ]
          : []),
      ],
      redaction,
    ),
  };
};

const listedIn = ({ listed }: Seen): Listed | undefined =>
  listed instanceof Error ? undefined : listed;

const listOf = (
  seen: Seen,
  { number, now }: Pick<RedactOptions, 'number' | 'now'>,
  redaction: Redaction,
): Recording['list'] => {
  const listed = listedIn(seen);
  const { before, start, screens: [screen = ''] = [] } = listed ?? {};
  const proposal =
    listed && proposeList({ screen, number, now, ...(before !== undefined && { before }) });
  if (proposal === undefined) return undefined;
  const landmark = proposal.landmarks.find((text) => redaction.text(text) === text);
  return { proposal, ...startOf(start, redaction), ...(landmark !== undefined && { landmark }) };
};

/** "book", "book-2": a case for each screen. */
const booksOf = ({ book = [] }: Seen): [name: string, capture: Capture][] =>
  book.map((capture, place) => [place === 0 ? 'book' : `book-${place + 1}`, capture]);

/** Where the way begins, unless its path is of one login alone. */
const startOf = (address: string | undefined, redaction: Redaction): { start?: string } => {
  if (address === undefined) return {};
  const { pathname, search, hash } = new URL(address);
  const whole = `${pathname}${search}${hash}`;
  if (redaction.url(whole) === whole) return { start: whole };
  return redaction.url(pathname) === pathname ? { start: pathname } : {};
};

/** What the way is found by; a name or a number among it is of one person. */
const labelsOf = (steps: readonly Step[] = []): string[] =>
  steps
    .flatMap(({ find, byNumber, option }) => [
      ...(byNumber === undefined || byNumber === 'row'
        ? [find.label, find.placeholder, find.role?.[1], find.text]
        : []),
      option,
    ])
    .filter((text) => typeof text === 'string');

const proposalOf = (
  { walked, absent }: Seen,
  { number, absentNumber, now }: Pick<RedactOptions, 'number' | 'absentNumber' | 'now'>,
): Proposal =>
  propose({
    number,
    now,
    results: walked?.results ?? '',
    ...(walked?.fork === undefined ? {} : { policy: walked.policy.html }),
    ...(walked?.values === undefined ? {} : { values: walked.values.html }),
    ...(absent?.html?.['results'] === undefined ? {} : { absent: absent.html['results'] }),
    ...(absentNumber === undefined ? {} : { absentNumber }),
  });

const unkeptOf = (texts: readonly string[], redaction: Redaction): string[] => [
  ...new Set(texts.filter((text) => redaction.text(text) !== text)),
];

const textsOf = ({
  nothing,
  landmark,
  number,
  status,
  product,
  table,
  amounts = [],
  asOf,
  apart,
}: Proposal): string[] => [
  ...new Set(
    [
      nothing,
      landmark,
      number,
      status,
      product,
      table?.name,
      table?.amount,
      table?.asOf,
      asOf,
      apart?.landmark,
      ...(apart?.shared ?? []),
      ...amounts,
    ].filter((text) => text !== undefined),
  ),
];

const mapValues = <A, B>(
  record: Record<string, A> | undefined,
  each: (value: A) => B,
): Record<string, B> =>
  Object.fromEntries(Object.entries(record ?? {}).map(([name, value]) => [name, each(value)]));

export const redactCapture = (capture: Capture, redaction: Redaction): Capture => ({
  html: mapValues(capture.html, (page) => redactPage(page, redaction)),
  json: mapValues(capture.json, (value) => redaction.json(value)),
  text: mapValues(capture.text, (text) => redaction.text(text)),
});

const pageFiles = (name: string, capture: Capture): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(capture.html ?? {}).map(([screen, page]) => [
      `pages/${name}.${screen}.html`,
      `${page}\n`,
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(capture.json ?? {}).map(([call, value]) => [
      `pages/${name}.${call}.json`,
      json(value),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(capture.text ?? {}).map(([file, text]) => [`pages/${name}.${file}.txt`, text]),
  ),
});

/** What a page is expected to mean is what the parser made of it, for a person to look at; else left open. */
const understood = (
  carrier: Carrier,
  capture: Capture,
  number: string,
): { reading?: PolicyReading } => {
  try {
    return {
      reading: checkReading(carrier.parsePolicy(capture, number), number, carrier),
    };
  } catch (error) {
    if (error instanceof PortalChanged) return {};
    throw error;
  }
};

const caseOf = (name: string, capture: Capture, number: string) => ({ name, capture, number });

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
