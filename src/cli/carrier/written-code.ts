import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeElement } from '#portal/recording/page-elements.ts';
import type { Seen } from '#portal/recording/recording.ts';
import type { Recording } from '#portal/recording/redacted-recording.ts';
import { stepWords } from '#portal/recording/step-words.ts';
import { StepFailed } from '#portal/recording/walk.ts';
import { recordedBook, withBook } from './recorded-book.ts';
import { recordedWay } from './recorded-way.ts';
import { escaped, file, isWritten, proposedParser, type Kind } from './scaffold.ts';
import type { Terminal } from '../terminal.ts';

/** Links behind the sign-in may be people's names, and who reads this need not sit at a terminal. */
export const stepFailed = ({ step, done, shown }: StepFailed): string =>
  `The step "${stepWords(step)}" found nothing to use${done.length === 0 ? '' : `, after ${done.map((each) => `"${stepWords(each)}"`).join(', ')}`}. In a terminal the recording goes on from there; here, say another step. The page has: ${shown
    .filter(({ kind }) => kind !== 'link')
    .map(describeElement)
    .join(', ')}`;

const SIGNED_IN = /^( *)\{ when: \{ text: .+ \}, is: 'signed-in' \},$/m;

/** A rule for what a person named, behind the rules that are there; by hand where they are others by now. */
export const writeLandmark = async (
  terminal: Terminal,
  folder: string,
  text: string,
): Promise<void> => {
  const rule = `{ when: { text: /${escaped(text)}/ }, is: 'signed-in' },`;
  const name = indexOf(folder);
  const path = join(folder, name);
  const code = readFileSync(path, 'utf8');
  if (code.includes(rule)) return;
  const mended = code.replace(SIGNED_IN, (line, indent: string) => `${line}\n${indent}${rule}`);
  if (mended === code) {
    terminal.print(`  Add to signIn.outcomes in ${name}: ${rule}`);
    return;
  }
  await writeFile(path, mended);
  terminal.print(`  Wrote into ${name}: ${rule}`);
};

/** The ways and the parsers as code, where the files are still what the commands wrote. */
export const writeCode = async (
  terminal: Terminal,
  folder: string,
  kind: Kind,
  { walked, listed }: Seen,
  { proposal, unkept, start, list }: Recording,
): Promise<void> => {
  if (listed instanceof Error)
    terminal.print(
      `  The list of all policies was not recorded: ${listed instanceof StepFailed ? stepFailed(listed) : listed.message}`,
    );
  else if (listed && !list)
    terminal.print(
      '  No table of the list has a number, a status and amounts, so no code was written for it: readBook and parseBook are yours to write (pages/book.*).',
    );
  if (unkept.length > 0 && (proposal || list)) {
    terminal.print(
      `  These labels would have been replaced, so no code was written: ${unkept.map((text) => `"${text}"`).join(', ')}`,
    );
    terminal.print(
      `  If they name nobody, record again with ${unkept.map((text) => `--keep "${text}"`).join(' ')}`,
    );
    return;
  }
  const isListed = list !== undefined && listed !== undefined && !(listed instanceof Error);
  if (walked && proposal && !proposal.table && !proposal.amounts?.length)
    terminal.print(
      "  The policy shows no amount. Where its values stand on another screen, go on to them: --step 'open Values'.",
    );
  const ways = walked && proposal ? [recordedWay(kind, walked, start, proposal)] : [];
  const way = join(folder, file(kind, 'way'));
  // An address that is of one login is kept by the way alone.
  const knowsHome =
    list?.start !== undefined ||
    [...ways.map(([, text]) => text), existsSync(way) ? readFileSync(way, 'utf8') : ''].some(
      (text) => text.includes('export const homeOf'),
    );
  if (isListed && !knowsHome)
    terminal.print(
      '  The first screen has an address of one login, and way does not export homeOf(page): no book was written.',
    );
  const book =
    isListed && knowsHome
      ? [recordedBook(kind, listed, list.start, list.proposal, list.landmark)]
      : [];
  const files = [...ways, ...(walked && proposal ? [proposedParser(kind, proposal)] : []), ...book];
  for (const [name, text] of files) {
    const path = join(folder, name);
    if (existsSync(path) && !isWritten(readFileSync(path, 'utf8'))) {
      terminal.print(`  ${name} is yours by now, so it was left alone.`);
      continue;
    }
    await writeFile(path, text);
    terminal.print(`  Wrote ${name} from what was seen.`);
  }
  if (book.length > 0) await writeBook(terminal, folder, kind);
};

/** The book's lines in the first file; by hand where that is another by now. */
const writeBook = async (terminal: Terminal, folder: string, kind: Kind): Promise<void> => {
  const name = indexOf(folder);
  const path = join(folder, name);
  const code = readFileSync(path, 'utf8');
  const mended = withBook(kind, code);
  if (mended === undefined)
    terminal.print(
      `  Add to ${name}: readBook: wayToBook(kit, address), parseBook: bookParser(kit), both of book.`,
    );
  else if (mended !== code) {
    await writeFile(path, mended);
    terminal.print(`  Wrote into ${name}: readBook, parseBook`);
  }
};

const indexOf = (folder: string): string =>
  readdirSync(folder).find((file) => /^index\.(ts|mjs|js)$/.test(file)) ?? 'index';
