import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  record,
  RecordingEnded,
  redactRecording,
  type Recording,
  type Seen,
} from '#portal/recording/recording.ts';
import { describeElement, findOf, type PageElement } from '#portal/recording/page-elements.ts';
import type { Choose, Step } from '#portal/recording/walk.ts';
import { carrierFolder, codeOf, isInside, loadOne, openBrowser } from './carriers-at-hand.ts';
import { askCredentials, askingHooks } from './credentials.ts';
import { nobodys } from './made-up-number.ts';
import { nextStep } from './next-step.ts';
import { isWritten, proposedParser, recordedWay, type Kind } from './scaffold.ts';
import { CommandError, type Terminal } from '../terminal.ts';

export interface RecordCommandOptions {
  number: string;
  user?: string;
  folder?: string;
  hide: string[];
  keep: string[];
  step: string[];
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
  const carrier = await loadOne(folder);
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
    ...(terminal.isThere ? { choose: asking(terminal) } : {}),
    signal: AbortSignal.timeout(10 * 60_000),
  }).catch((error: unknown) => {
    throw explained(error);
  });
  const recording = redactRecording(seen, {
    carrier,
    number: options.number,
    ...(absentNumber === undefined ? {} : { absentNumber }),
    hide: options.hide,
    code: codeOf(folder),
    keep: options.keep,
    maskAmounts: options.maskAmounts ?? false,
    now: Date.now(),
  });
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
  if (seen.walked) await writeProposal(terminal, folder, kind, seen, recording);
  const more = options.folder === undefined ? '' : ` --folder ${options.folder}`;
  terminal.print(
    `Next: read parse and way${kind.typed ? ' (npm run format lays them out)' : ''}, then npm run sync -- carrier check ${basename(folder)} --recording${more}`,
  );
};

const explained = (error: unknown): unknown => {
  if (!(error instanceof RecordingEnded)) return error;
  const { failure } = error;
  if (failure === undefined)
    return new CommandError(
      `${error.message}. Say the way yourself: --step 'fill Policy number' --step 'press Search' (labels as the page shows them).`,
    );
  return new CommandError(
    `${error.message}: ${failure.reason}${failure.detail === undefined ? '' : ` (${failure.detail})`}. ${nextStep(failure.reason)}`,
  );
};

/** "fill Policy number", "press Search", "open Contracts" (a link). */
const stepOf = (text: string): Step => {
  const [, verb, label = ''] = /^(fill|press|open)\s+(.+)$/.exec(text) ?? [];
  if (verb === 'fill') return { do: 'fill', find: { label } };
  if (verb === 'press') return { do: 'press', find: { role: ['button', label] } };
  if (verb === 'open') return { do: 'press', find: { role: ['link', label] } };
  throw new CommandError(`"${text}" is no step. Example: --step 'fill Policy number'`);
};

const asking =
  (terminal: Terminal): Choose =>
  async (elements) => {
    elements.forEach((element, index) =>
      terminal.print(`  ${index + 1}  ${describeElement(element)}`),
    );
    const answer = await terminal.ask(
      'No search field is known. A number fills that field with the policy number, or presses it; "here" when the policy is shown; empty gives up:',
    );
    if (answer === 'here') return 'here';
    const element: PageElement | undefined = elements[Number(answer) - 1];
    const find = element && findOf(element);
    return find && { do: element.kind === 'field' ? 'fill' : 'press', find };
  };

/** The way and the parser as code, where the files are still what the commands wrote. */
const writeProposal = async (
  terminal: Terminal,
  folder: string,
  kind: Kind,
  seen: Seen,
  { proposal, unkept, start = '/' }: Recording,
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
