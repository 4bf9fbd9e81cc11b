import * as fc from 'fast-check';
import {
  parseContact,
  parseClick,
  parsePicker,
  parseRequest,
} from '#core/requests/click-values.ts';
import { parsePair } from '#core/sign-in/link-slack.ts';
import { readHeader, readLines } from '#features/import/csv.ts';
import { columnsOf, FILE_KINDS } from '#features/import/file-kinds.ts';
import {
  contactLine,
  nothingRefused,
  personLine,
  policyLine,
  readLine,
  sourceLine,
  statusLine,
  wordLine,
} from '#features/import/line.ts';
import { describeProblem } from '#features/import/problem.ts';
import { recognizeFile } from '#features/import/recognized.ts';
import { readTime } from '#shared/typed-time.ts';
import { numbersIn, readableText } from '#features/message-policies/numbers.ts';
import { PortalChanged } from '#portal/failure.ts';
import { date } from '#portal/kit/dates.ts';
import { parseMoney } from '#portal/kit/money.ts';
import { closeNumbers, numberPattern } from '#shared/policy-number.ts';
import { closeWords, searchWords } from '#shared/search-words.ts';
import { cutMarkup, escape, name, quote } from '#slack/blocks.ts';
import { parsePolicy } from '#slack/click-values.ts';
import { parseSpoken, unquoted } from '#slack/command-text.ts';
import { BODY_DOORS } from './body-doors.ts';
import { PORTAL_DOORS } from './portal-doors.ts';
import { jsonOf, textOf } from './texts.ts';

/** Of the processor; no text may cost more. */
export const SLOW_MS = 50;

/** A door through which text of others comes in. */
export interface Target {
  name: string;
  /** Its part of all inputs. */
  share: number;
  texts: fc.Arbitrary<string>;
  /** Throws what a person would meet as a crash. */
  put: (text: string) => void | Promise<void>;
}

const orPortalChanged = (read: () => unknown): void => {
  try {
    read();
  } catch (error) {
    if (!(error instanceof PortalChanged)) throw error;
  }
};

const must = (holds: boolean, promise: string): void => {
  if (!holds) throw new Error(`It does not hold that ${promise}`);
};

/** Slack's own most for one message. */
const LONGEST_MESSAGE = 40_000;
const ZONES = ['America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
const NOW = Date.parse('2026-11-01T04:30:00Z');
const NUMBERS = ['NB-104-77', '0012345', 'MA 133392 E', '884-20931-7'];
const CARRIERS = ['northbridge-life', 'meridian-annuity'];
const PEOPLE = ['ana@firm.example', 'ben@firm.example'];

const LINES = {
  statuses: statusLine,
  words: wordLine(CARRIERS),
  people: personLine(() => NOW),
  contacts: contactLine(PEOPLE, nothingRefused()),
  sources: sourceLine(PEOPLE, CARRIERS, nothingRefused(), () => NOW),
  policies: policyLine(CARRIERS, ['Active', 'In Force'], nothingRefused(), () => NOW),
};

const rest = (text: string): string | undefined => {
  const command = parseSpoken(text, '/sync');
  return command.kind === 'words' ? command.text : undefined;
};

const csvFile = (text: string) => ({
  name: 'policies.csv',
  open: async function* () {
    const bytes = Buffer.from(text);
    // Where a chunk ends is no line's end.
    yield bytes.subarray(0, 7);
    yield bytes.subarray(7);
  },
});

export const TARGETS: readonly Target[] = [
  {
    name: 'command text',
    share: 0.15,
    texts: textOf(12_000),
    put: (text) => {
      const command = parseSpoken(text, '/sync');
      if (command.kind === 'too-long') return;
      must(command.word !== '', 'a command has a word');
      must(!/\p{Cc}/u.test(command.rest), 'what follows it has no control characters');
      unquoted(command.rest);
    },
  },
  {
    name: 'values of clicks and modals',
    share: 0.13,
    texts: jsonOf(),
    put: (text) => {
      for (const parse of [
        parsePolicy,
        parseClick,
        parseRequest,
        parseContact,
        parsePair,
        parsePicker,
      ])
        parse(text);
      const policy = parsePolicy(text)?.policy;
      must(
        policy === undefined || Array.from(policy).length <= 100,
        'an id is no longer than ours',
      );
    },
  },
  {
    name: 'lines of an import',
    share: 0.125,
    texts: fc
      .tuple(fc.constantFrom(...FILE_KINDS), textOf(5000), textOf(300))
      .map(([kind, one, other]) => JSON.stringify({ kind, one, other })),
    put: (text) => {
      const { kind, one, other } = JSON.parse(text) as {
        kind: (typeof FILE_KINDS)[number];
        one: string;
        other: string;
      };
      const fields = Object.fromEntries(
        columnsOf(kind).map((column, place) => [column, place % 2 === 0 ? one : other]),
      );
      const result = readLine<unknown>(LINES[kind], fields);
      if ('faults' in result)
        for (const fault of result.faults) describeProblem({ file: 'a.csv', line: 2, ...fault });
    },
  },
  {
    name: 'files of an import',
    share: 0.02,
    texts: textOf(20_000),
    put: async (text) => {
      const file = csvFile(text);
      const { columns, delimiter } = await readHeader(file);
      recognizeFile(file.name, columns);
      for await (const line of readLines(file, delimiter))
        must(line.line >= 1, 'lines are counted');
    },
  },
  {
    name: 'amounts of portals',
    share: 0.12,
    texts: textOf(5000),
    put: (text) => {
      for (const decimal of ['decimal-point', 'decimal-comma'] as const)
        orPortalChanged(() => {
          const { minor } = parseMoney(text, 'USD', { decimal, credit: 'minus' });
          must(Number.isSafeInteger(minor), 'an amount is a whole number of cents');
        });
    },
  },
  {
    name: 'dates of portals',
    share: 0.06,
    texts: textOf(5000),
    put: (text) => {
      orPortalChanged(() => {
        const day = date(text, ['MM/dd/yyyy', 'MMM d, yyyy', 'yyyy-MM-dd']);
        must(/^\d{4}-\d\d-\d\d$/.test(day), 'a date is a day');
      });
      orPortalChanged(() => date(text, 'd MMMM yyyy', 'fr'));
    },
  },
  {
    name: 'numbers in messages',
    share: 0.08,
    texts: textOf(LONGEST_MESSAGE),
    put: (text) => {
      const message = { text, blocks: [{ text: { text } }], attachments: [{ fallback: text }] };
      for (const { number } of numbersIn(readableText(message)))
        must(number.length > 0, 'a number has characters');
    },
  },
  {
    name: 'policy numbers',
    share: 0.08,
    texts: textOf(200),
    put: (text) => {
      closeNumbers(text, NUMBERS);
      numberPattern(text).test(text);
    },
  },
  {
    name: 'meeting times',
    share: 0.04,
    texts: textOf(200),
    put: (text) => {
      const typed = rest(text);
      if (typed !== undefined)
        for (const zone of ZONES.slice(typed.length % 3)) readTime(typed, NOW, zone);
    },
  },
  {
    name: 'search words',
    share: 0.06,
    texts: textOf(3000),
    put: (text) => {
      const words = searchWords(text);
      must(
        words.every((word) => word !== ''),
        'no word is empty',
      );
      const typed = rest(text);
      if (typed !== undefined) closeWords(searchWords(typed), ['margaret', 'zoe', 'chen']);
    },
  },
  {
    name: 'names in markup',
    share: 0.09,
    texts: textOf(12_000),
    put: (text) => {
      for (const safe of [escape(text), name(text)])
        must(!/[<>*~`\p{Cc}]/u.test(safe), 'a name holds no markup');
      must(cutMarkup(quote(text), 3000).length <= 3000, 'markup keeps to its length');
    },
  },
  ...PORTAL_DOORS,
  ...BODY_DOORS,
];
