import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { record, RecordingEnded, type Seen } from '#portal/recording/recording.ts';
import { redactRecording, type Recording } from '#portal/recording/redacted-recording.ts';
import { describeElement, findOf, type PageElement } from '#portal/recording/page-elements.ts';
import { StepFailed, type Choose, type Step } from '#portal/recording/walk.ts';
import type { Carrier } from '#portal/contract.ts';
import { carrierFolder, codeOf, isInside, loadOne, openBrowser } from './carriers-at-hand.ts';
import { askCredentials, askingHooks } from './credentials.ts';
import { nobodys } from './made-up-number.ts';
import { nextStep } from './next-step.ts';
import { recordedWay } from './recorded-way.ts';
import { escaped, isWritten, proposedParser, type Kind } from './scaffold.ts';
import { agrees, CommandError, type Terminal } from '../terminal.ts';

export interface RecordCommandOptions {
  number: string;
  user?: string;
  folder?: string;
  hide: string[];
  keep: string[];
  step: string[];
  /** A text that is shown behind the sign-in alone. */
  signedIn?: string;
  maskAmounts?: boolean;
  anew?: boolean;
  /** False: only the policy, no search for a number that nobody has. */
  absent: boolean;
}

/** Signs in, goes to one policy and to none, and keeps a redacted recording under the carrier's folder. */
export const recordCarrier = async (
  terminal: Terminal,
  id: string,
  options: RecordCommandOptions,
): Promise<void> => {
  const folder = carrierFolder(id, options.folder);
  const loaded = await loadOne(folder);
  const landmark = { text: options.signedIn };
  const carrier = landmark.text === undefined ? loaded : signedInBy(loaded, landmark.text);
  const credentials = await askCredentials(terminal, carrier, options);
  const absentNumber = options.absent ? nobodys(options.number) : undefined;
  terminal.print(`Signing in at ${carrier.name}, once.`);
  await using browser = openBrowser(carrier.origins);
  const steps = options.step.map(stepOf);
  const seen = await record({
    browser,
    clock: Date.now,
    carrier,
    credentials,
    hooks: askingHooks(terminal),
    number: options.number,
    ...(absentNumber === undefined ? {} : { absentNumber }),
    ...(options.anew ? { walkAnew: true } : {}),
    ...(steps.length > 0 ? { steps } : {}),
    ...(terminal.isThere
      ? {
          choose: asking(terminal),
          landed: async (elements) => {
            landmark.text = await askLandmark(terminal, elements);
            return landmark.text !== undefined;
          },
        }
      : {}),
    signal: AbortSignal.timeout(10 * 60_000),
  }).catch((error: unknown) => {
    throw explained(error);
  });
  const redacted = (keep: readonly string[]): Recording =>
    redactRecording(seen, {
      carrier,
      number: options.number,
      ...(absentNumber === undefined ? {} : { absentNumber }),
      hide: options.hide,
      code: codeOf(folder),
      keep,
      maskAmounts: options.maskAmounts ?? false,
      now: Date.now(),
    });
  let recording = redacted(options.keep);
  // What was seen is still at hand: nobody signs in again for a word.
  if (recording.unkept.length > 0 && (await mayKeep(terminal, recording.unkept)))
    recording = redacted([...options.keep, ...recording.unkept]);
  for (const [name, content] of Object.entries(recording.files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  terminal.print(`Recorded, redacted: ${Object.keys(recording.files).join(', ')}`);
  terminal.print(
    options.maskAmounts
      ? '  Amounts were replaced too.'
      : '  Amounts and recent dates are as they were (--mask-amounts replaces amounts); names, numbers and all unknown words are not.',
  );
  const kind = { typed: isInside(folder) && existsSync(join(folder, 'index.ts')) };
  if (landmark.text !== undefined) await writeLandmark(terminal, folder, landmark.text);
  if (seen.walked) await writeProposal(terminal, folder, kind, seen, recording);
  const more = options.folder === undefined ? '' : ` --folder ${options.folder}`;
  terminal.print(
    `Next: read parse and way${kind.typed ? ' (npm run format lays them out)' : ''}, then npm run sync -- carrier check ${basename(folder)} --recording${more}`,
  );
};

const mayKeep = (terminal: Terminal, texts: readonly string[]): Promise<boolean> =>
  agrees(
    terminal,
    `The code would look for ${texts.map((text) => `"${text}"`).join(', ')}. Do these name nobody, so that they may stay?`,
  );

const explained = (error: unknown): unknown => {
  // Links behind the sign-in may be people's names, and who reads this need not sit at a terminal.
  if (error instanceof StepFailed)
    return new CommandError(
      `The step "${textOf(error.step)}" found nothing to use${error.done.length === 0 ? '' : `, after ${error.done.map((step) => `"${textOf(step)}"`).join(', ')}`}. In a terminal the recording goes on from there; here, say another --step. The page has: ${error.shown
        .filter(({ kind }) => kind !== 'link')
        .map(describeElement)
        .join(', ')}`,
    );
  if (!(error instanceof RecordingEnded)) return error;
  const { failure, shown } = error;
  if (failure === undefined)
    return new CommandError(
      `${error.message}. Say the way yourself: --step 'fill Policy number' --step 'press Search' (labels as the page shows them; also open, enter, check, double, choose).`,
    );
  return new CommandError(
    `${error.message}: ${failure.reason}${failure.detail === undefined ? '' : ` (${failure.detail})`}. ${shown.length === 0 ? nextStep(failure.reason) : `${LANDED} The page has: ${shown.map(describeElement).join(', ')}`}`,
  );
};

const LANDED =
  "If you are signed in there, name a text that shows only then: --signed-in 'Log out of the desk'.";

const signedInBy = (carrier: Carrier, text: string): Carrier => ({
  ...carrier,
  signIn: {
    ...carrier.signIn,
    outcomes: [
      ...carrier.signIn.outcomes,
      { when: { text: new RegExp(escaped(text)) }, is: 'signed-in' },
    ],
  },
});

const askLandmark = async (
  terminal: Terminal,
  elements: readonly PageElement[],
): Promise<string | undefined> => {
  elements.forEach((element, index) =>
    terminal.print(`  ${index + 1}  ${describeElement(element)}`),
  );
  const answer = await terminal.ask(
    'No rule of the sign-in knows this page. If it is behind the sign-in, the number of what shows only there; empty if it is not:',
  );
  const { kind, label = '' } = elements[Number(answer) - 1] ?? {};
  return kind === 'field' || label === '' ? undefined : label;
};

const SIGNED_IN = /^( *)\{ when: \{ text: .+ \}, is: 'signed-in' \},$/m;

/** A rule for what a person named, behind the rules that are there; by hand where they are others by now. */
const writeLandmark = async (terminal: Terminal, folder: string, text: string): Promise<void> => {
  const rule = `{ when: { text: /${escaped(text)}/ }, is: 'signed-in' },`;
  const name = readdirSync(folder).find((file) => /^index\.(ts|mjs|js)$/.test(file)) ?? 'index';
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

/** "fill Policy number", "press Search", "open Contracts" (a link), "choose All in Show" ... */
const stepOf = (text: string): Step => {
  const [, verb, label = ''] =
    /^(fill|enter|press|open|double|check|choose)\s+(.+)$/.exec(text) ?? [];
  switch (verb) {
    case 'fill':
    case 'enter':
    case 'check':
      return { do: verb, find: { label } };
    case 'press':
      return { do: 'press', find: { role: ['button', label] } };
    case 'open':
      return { do: 'press', find: { role: ['link', label] } };
    case 'double':
      return { do: 'double', find: { css: `:text-is(${JSON.stringify(label)})` } };
    case 'choose': {
      const [, option = '', menu = ''] = /^(.+) in (.+)$/.exec(label) ?? [];
      if (menu !== '') return { do: 'choose', find: { label: menu }, option };
      break;
    }
    case undefined:
  }
  throw new CommandError(
    `"${text}" is no step. Examples: --step 'fill Policy number', --step 'choose All policies in Show'`,
  );
};

/** A step as a person says it, with what it looked for. */
const textOf = ({ do: verb, find }: Step): string =>
  `${verb} ${String(find.label ?? find.role?.[1] ?? find.placeholder ?? find.name ?? find.css)}`;

const asking =
  (terminal: Terminal): Choose =>
  async (elements, failed) => {
    if (failed !== undefined)
      terminal.print(`  "${textOf(failed)}" found nothing to use. What was done before stays.`);
    elements.forEach((element, index) =>
      terminal.print(`  ${index + 1}  ${describeElement(element)}`),
    );
    for (;;) {
      const answer = await terminal.ask(
        'No way is known from here. A number fills that field with the policy number, or presses it; "enter 3" presses Enter after it, "check 3", "double 3", "choose 3 All policies"; "here" when the policy is shown; empty gives up:',
      );
      if (answer === '') return undefined;
      if (answer === 'here') return 'here';
      const step = chosenStep(answer, elements);
      if (step !== undefined) return step;
      terminal.print(`  "${answer}" is none of these.`);
    }
  };

const chosenStep = (answer: string, elements: readonly PageElement[]): Step | undefined => {
  const [, verb, number, option] =
    /^(?:(enter|check|double|choose) )?(\d+)(?: (.+))?$/.exec(answer) ?? [];
  const element = elements[Number(number) - 1];
  const find = element && findOf(element);
  if (element === undefined || find === undefined) return undefined;
  if (verb === 'choose') return option === undefined ? undefined : { do: 'choose', find, option };
  if (verb === 'enter' || verb === 'check' || verb === 'double') return { do: verb, find };
  return { do: element.kind === 'field' ? 'fill' : 'press', find };
};

/** The way and the parser as code, where the files are still what the commands wrote. */
const writeProposal = async (
  terminal: Terminal,
  folder: string,
  kind: Kind,
  seen: Seen,
  { proposal, unkept, start }: Recording,
): Promise<void> => {
  const { walked } = seen;
  if (walked === undefined || proposal === undefined) return;
  if (unkept.length > 0) {
    terminal.print(
      `  These labels would have been replaced, so no code was written: ${unkept.map((text) => `"${text}"`).join(', ')}`,
    );
    terminal.print(
      `  If they name nobody, record again with ${unkept.map((text) => `--keep "${text}"`).join(' ')}`,
    );
    return;
  }
  for (const [file, text] of [
    recordedWay(kind, walked, start, proposal),
    proposedParser(kind, proposal),
  ]) {
    const path = join(folder, file);
    if (existsSync(path) && !isWritten(readFileSync(path, 'utf8'))) {
      terminal.print(`  ${file} is yours by now, so it was left alone.`);
      continue;
    }
    await writeFile(path, text);
    terminal.print(`  Wrote ${file} from what was seen.`);
  }
};
