import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { record, RecordingEnded } from '#portal/recording/recording.ts';
import { redactRecording, type Recording } from '#portal/recording/redacted-recording.ts';
import { describeElement } from '#portal/recording/page-elements.ts';
import { stepOf, stepWords } from '#portal/recording/step-words.ts';
import type { Step } from '#portal/recording/step.ts';
import { StepFailed } from '#portal/recording/walk.ts';
import { openWindow } from '#portal/recording/window/window.ts';
import type { Carrier } from '#portal/contract.ts';
import {
  carrierFolder,
  codeOf,
  hasWindows,
  isInside,
  loadOne,
  openBrowser,
} from './carriers-at-hand.ts';
import { askCredentials, askingHooks } from './credentials.ts';
import { nobodys } from './made-up-number.ts';
import { nextStep } from './next-step.ts';
import { escaped } from './scaffold.ts';
import { agrees, CommandError, type Terminal } from '../terminal.ts';
import { stepFailed, writeCode, writeLandmark } from './written-code.ts';

export interface RecordCommandOptions {
  number: string;
  user?: string;
  folder?: string;
  hide: string[];
  keep: string[];
  step: string[];
  /** Steps to the list of all policies, `here` where it is the first screen, or `click`. */
  book: string[];
  /** A text that is shown behind the sign-in alone. */
  signedIn?: string;
  maskAmounts?: boolean;
  anew?: boolean;
  /** The browser is shown on a page, also where there is a display. */
  picture?: boolean;
  /** The person signs in in the window. */
  byHand?: boolean;
  /** False: only the policy, no search for a number that nobody has. */
  absent: boolean;
}

/** A person at the window takes their time. */
const LED_MS = 60 * 60_000;

/** Signs in, goes to one policy and to none, and keeps a redacted recording under the carrier's folder. */
export const recordCarrier = async (
  terminal: Terminal,
  id: string,
  options: RecordCommandOptions,
): Promise<void> => {
  const folder = carrierFolder(id, options.folder);
  const loaded = await loadOne(folder);
  const carrier = options.signedIn === undefined ? loaded : signedInBy(loaded, options.signedIn);
  const credentials = options.byHand ? {} : await askCredentials(terminal, carrier, options);
  const absentNumber = options.absent ? nobodys(options.number) : undefined;
  const leads = terminal.isThere || options.picture === true;
  if (options.byHand && !leads)
    throw new CommandError('Nobody is here to sign in by hand: run it in a terminal.');
  const isPicture =
    leads && (options.picture === true || !hasDisplay(process.env) || !hasWindows());
  if (!options.byHand) terminal.print(`Signing in at ${carrier.name}, once.`);
  await using browser = openBrowser(carrier.origins, leads && !isPicture);
  const steps = options.step.map(saidStep);
  const listSteps = options.book.filter((said) => !/^(here|click)$/.test(said)).map(saidStep);
  const clicksList = options.book.includes('click');
  if (clicksList && !leads)
    throw new CommandError("Nobody is here to click: say the way, --book 'open All policies'.");
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  let clicked: readonly Step[] = [];
  const signal = AbortSignal.any([
    AbortSignal.timeout(leads ? LED_MS : 10 * 60_000),
    stopped.signal,
  ]);
  process.once('SIGINT', stop);
  const seen = await record({
    browser,
    clock: Date.now,
    carrier,
    credentials,
    hooks: askingHooks(terminal),
    number: options.number,
    ...(absentNumber === undefined ? {} : { absentNumber }),
    ...(options.anew ? { walkAnew: true } : {}),
    ...(options.byHand ? { byHand: true } : {}),
    ...(steps.length > 0 ? { steps } : {}),
    ...(options.book.length > 0 ? { list: { steps: listSteps, led: clicksList } } : {}),
    ...(leads && {
      openWindow: (context, page, anew) =>
        openWindow({
          context,
          page,
          anew,
          signal,
          number: options.number,
          picture: isPicture,
          says: terminal.print,
          answered: (question, until) =>
            terminal.isThere
              ? terminal.ask(question, undefined, until)
              : Promise.withResolvers<never>().promise,
          kept: (all) => {
            clicked = all;
          },
        }),
    }),
    signal,
  })
    .catch((error: unknown) => {
      const more = [...steps, ...clicked]
        .map((step) => `--step ${inShell(stepWords(step))}`)
        .join(' ');
      if (more !== '' && leads) terminal.print(`To go on from there, record again with ${more}`);
      const gaveUp = leads && error instanceof RecordingEnded && error.failure === undefined;
      throw stopped.signal.aborted || gaveUp ? new CommandError('Stopped.') : explained(error);
    })
    .finally(() => process.off('SIGINT', stop));
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
  const landmark = options.signedIn ?? seen.landmark;
  if (landmark !== undefined) await writeLandmark(terminal, folder, landmark);
  await writeCode(terminal, folder, kind, seen, recording);
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
  if (error instanceof StepFailed) return new CommandError(stepFailed(error));
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

const saidStep = (said: string): Step => {
  const step = stepOf(said);
  if (step !== undefined) return step;
  throw new CommandError(
    `"${said}" is no step. Examples: --step 'fill Policy number', --step 'choose All policies in Show'`,
  );
};

const inShell = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const hasDisplay = ({ DISPLAY, WAYLAND_DISPLAY }: NodeJS.ProcessEnv): boolean =>
  process.platform === 'darwin' || Boolean(DISPLAY ?? WAYLAND_DISPLAY);
