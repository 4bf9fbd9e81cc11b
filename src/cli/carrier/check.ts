import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { hasBook } from '#portal/book.ts';
import type { PolicyReading } from '#portal/portal.ts';
import { createPortals } from '#portal/portals.ts';
import { recordedCases, replay, type RecordedCase } from '#portal/recording/replay.ts';
import { traceAfterSignIn } from '#portal/recording/trace.ts';
import { carrierFolder, codeOf, loadOne, openBrowser } from './carriers-at-hand.ts';
import { checkBook } from './check-book.ts';
import { askCredentials, askingHooks } from './credentials.ts';
import { isFailure, mutantsOf, sumOf } from './mutants/run.ts';
import { nextStep } from './next-step.ts';
import { CommandError, type Terminal } from '../terminal.ts';
import { describeReading, describeReplayed } from './understood.ts';
import type { Carrier } from '#portal/contract.ts';

export interface CheckOptions {
  recording?: boolean;
  accept?: boolean;
  mutants?: boolean;
  /** The list of all policies too. */
  book?: boolean;
  number: string[];
  user?: string;
  folder?: string;
  pictures?: string;
  trace?: string;
}

/** Says field by field what a carrier understands; answers whether it understood everything. */
export const checkCarrier = async (
  terminal: Terminal,
  id: string,
  options: CheckOptions,
): Promise<boolean> => {
  const folder = carrierFolder(id, options.folder);
  const carrier = await loadOne(folder);
  if (options.mutants) return checkMutants(terminal, carrier, folder);
  if (options.recording) return checkRecording(terminal, carrier, folder, options.accept ?? false);
  if (options.number.length === 0 && !options.book)
    throw new CommandError(
      'Say which policy to read: --number 00123-4567 (again for more), --book for the list of all, --recording for the recorded pages, or --mutants for changes of these.',
    );
  if (options.book && !hasBook(carrier))
    throw new CommandError(
      `${carrier.name} has no readBook. Record one: carrier record ${basename(folder)} --number <a policy number> --book 'open All policies'`,
    );
  return checkLive(terminal, carrier, options);
};

/** Changes the recorded pages in many ways, one at a time: none may make the carrier lie. */
const checkMutants = (terminal: Terminal, carrier: Carrier, folder: string): boolean => {
  const tried = mutantsOf(carrier, folder);
  if (tried.length === 0)
    throw new CommandError(
      `${folder} has no recorded page that is read as expected. Next: carrier check ${basename(folder)} --recording --accept`,
    );
  const failures = tried.filter(isFailure);
  for (const { page, mutation, verdict, why } of failures)
    terminal.print(
      `  ${verdict}  ${page}  ${mutation.kind}: ${mutation.name}${why === '' ? '' : `  (${why})`}`,
    );
  const { mutants, cosmetic, cosmeticRight, wrongValues, falseNotFound, silentEmpty } =
    sumOf(tried);
  terminal.print(
    `${mutants} changed pages: ${cosmeticRight} of ${cosmetic} that only look otherwise are read; ${wrongValues} wrong values, ${falseNotFound} false not found, ${silentEmpty} silently empty.`,
  );
  if (failures.length > 0)
    terminal.print(
      'Next: find by heading, label and whole sentence (kit.rows, kit.values, kit.says), and declare valueNames.',
    );
  return failures.length === 0;
};

const checkRecording = async (
  terminal: Terminal,
  carrier: Carrier,
  folder: string,
  accept: boolean,
): Promise<boolean> => {
  const cases = recordedCases(folder);
  if (cases.length === 0)
    throw new CommandError(
      `${folder} has no recorded pages. Next: npm run sync -- carrier record ${basename(folder)} --number <a policy number>`,
    );
  terminal.print(`${carrier.name}, from its recording`);
  let good = 0;
  for (const each of cases) {
    terminal.print(
      `${each.name}${each.number === undefined ? ' (a screen of the book)' : `  ${each.number}`}`,
    );
    const replayed = replay(carrier, each.capture, each.number);
    for (const line of describeReplayed(replayed, Date.now(), carrier.statusWords))
      terminal.print(line);
    const verdict = await judge(each, JSON.parse(JSON.stringify(replayed)), accept);
    terminal.print(`  ${verdict.line}`);
    if (verdict.good) good += 1;
  }
  const joined = cases.find((each) => joinsScreens(carrier, each));
  if (joined && !codeOf(folder).some((code) => code.includes('.agree(')))
    terminal.print(
      `"${joined.name}" is read from several screens, and nothing says that they show the same state: a policy that is edited meanwhile would be mixed. Compare them with kit.agree.`,
    );
  const absent = ['found', 'absent'].filter((name) => cases.every((each) => each.name !== name));
  for (const name of absent)
    terminal.print(`There is no case "${name}": record one, each carrier needs it.`);
  terminal.print(`${good} of ${cases.length} recorded cases are read as expected.`);
  return good === cases.length && absent.length === 0;
};

/** Whether each of two screens tells something of a policy that the other does not. */
const joinsScreens = (carrier: Carrier, { capture, number }: RecordedCase): boolean => {
  const whole = replay(carrier, capture, number);
  if (!('reading' in whole) || whole.reading.kind !== 'found') return false;
  const needed = Object.keys(capture.html ?? {}).filter((name) => {
    const { [name]: _left, ...html } = capture.html ?? {};
    return !isDeepStrictEqual(replay(carrier, { ...capture, html }, number), whole);
  });
  return needed.length > 1;
};

const judge = async (
  { expected, file, name }: RecordedCase,
  replayed: object,
  accept: boolean,
): Promise<{ good: boolean; line: string }> => {
  const understood = !('portalChanged' in replayed);
  if (expected === undefined && understood) {
    if (!accept)
      return {
        good: false,
        line: 'Right? Then keep it as what is expected: the same command with --accept.',
      };
    const known = JSON.parse(readFileSync(file, 'utf8')) as object;
    await writeFile(file, `${JSON.stringify({ ...known, ...replayed }, undefined, 2)}\n`);
    return { good: true, line: 'Kept as what is expected.' };
  }
  if (expected === undefined)
    return { good: false, line: `Next: mend parse until it reads the pages of "${name}".` };
  return isDeepStrictEqual(expected, replayed)
    ? { good: true, line: 'As expected.' }
    : { good: false, line: `Not as ${basename(file)} expects. Next: mend parse, or record again.` };
};

const checkLive = async (
  terminal: Terminal,
  carrier: Carrier,
  options: CheckOptions,
): Promise<boolean> => {
  const credentials = await askCredentials(terminal, carrier, options);
  const trace = options.trace === undefined ? undefined : traceAfterSignIn(resolve(options.trace));
  await using browser = openBrowser(carrier.origins);
  const portals = createPortals({
    browser,
    carriers: [carrier],
    clock: Date.now,
    ...(options.pictures === undefined ? {} : { pictures: resolve(options.pictures) }),
    ...(trace && { watch: trace.watch }),
    log: (event) => {
      if (event.event === 'refused')
        terminal.print(
          `  Refused, as outside its origins: ${Object.keys(event.requests).join(', ')}`,
        );
    },
  });
  terminal.print(`${carrier.name}, live at ${carrier.portalUrl}`);
  const source = { id: 'check', carrierId: carrier.id, name: 'check' };
  await using session = await portals.open(source, undefined, AbortSignal.timeout(10 * 60_000));
  const signedIn = await session.signIn(credentials, {
    ...askingHooks(terminal),
    beforeSubmit: () => Promise.resolve(),
  });
  if (signedIn.kind === 'failure') {
    terminal.print('Sign-in');
    for (const line of describeReading(signedIn, Date.now())) terminal.print(line);
    return false;
  }
  terminal.print(
    `Sign-in  accepted${signedIn.passwordEnds === undefined ? '' : `; the password ends on ${signedIn.passwordEnds}`}`,
  );
  await trace?.start();
  let good = true;
  const readings: PolicyReading[] = [];
  for (const number of options.number) {
    terminal.print(number);
    const reading = await session.read(number);
    readings.push(reading);
    for (const line of describeReading(reading, Date.now(), carrier.statusWords))
      terminal.print(line);
    if (reading.kind === 'failure') good = false;
    if (reading.kind === 'failure' && reading.reason !== 'portal-changed') break;
  }
  if (options.book && !(await checkBook(terminal, session, readings))) good = false;
  if (await trace?.stop())
    terminal.print(
      `Trace in ${options.trace}: it begins after the password had left, and holds the pages as they were, with names, amounts and the cookies of this session. Open it with: npx playwright show-trace ${options.trace}. Delete it afterwards.`,
    );
  terminal.print(
    good
      ? 'Everything was understood.'
      : `Not everything was understood. ${nextStep('portal-changed')}`,
  );
  return good;
};
