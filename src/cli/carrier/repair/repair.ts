import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openRepair } from '#portal/recording/repair-session.ts';
import { carrierFolder, loadOne, openBrowser } from '../carriers-at-hand.ts';
import { askCredentials, askingHooks } from '../credentials.ts';
import { nobodys } from '../made-up-number.ts';
import type { Terminal } from '../../terminal.ts';
import { describeReading, describeReplayed } from '../understood.ts';
import { layBeside } from './beside.ts';
import { keepRepair, redactionFor, type Repaired } from './keep.ts';
import { listAndMend, mendSignInPage, readAndMend, type Bench } from './bench.ts';
import { namerOf, type Mended } from './mend.ts';
import { letPauseEnd, policyThatWaits } from './pause.ts';
import { describeChanges, saidRenamings } from './renamings.ts';
import { brokenCases, carrierWith, sourcesOf } from './workshop.ts';

export interface RepairOptions {
  number?: string;
  user?: string;
  folder?: string;
  pictures?: string;
  is: string[];
  hide: string[];
  keep: string[];
  maskAmounts?: boolean;
  yes?: boolean;
}

/**
 * Mends a carrier whose pages are called otherwise than they were: shows what changed, what would be
 * written and what that reads, and writes nothing before a person's yes. Answers whether all is read.
 */
export const repairCarrier = async (
  terminal: Terminal,
  id: string,
  options: RepairOptions,
): Promise<boolean> => {
  const folder = carrierFolder(id, options.folder);
  const carrier = await loadOne(folder);
  const waits = await policyThatWaits(terminal, carrier, options.number);
  const { number } = waits;
  const said = saidRenamings(options.is);
  const credentials = await askCredentials(terminal, carrier, options);
  await using browser = openBrowser(carrier.origins);
  const pictures = resolve(options.pictures ?? (await mkdtemp(join(tmpdir(), `repair-${id}-`))));
  const bench: Bench = {
    terminal,
    folder,
    sources: sourcesOf(folder),
    said,
    mended: [],
    compared: [],
    valueNames: carrier.valueNames ?? [],
    brokenBefore: brokenCases(carrier, folder).length,
    open: [],
  };

  terminal.print(`${carrier.name}: what is not understood any more`);
  await mendSignInPage(bench, browser, carrier);
  const able = (await carrierWith(folder, bench.sources)) ?? carrier;
  terminal.print(`Signing in at ${carrier.name}, once.`);
  const portal = await openRepair({
    browser,
    clock: Date.now,
    carrier: able,
    credentials,
    hooks: askingHooks(terminal),
    signal: AbortSignal.timeout(20 * 60_000),
  });
  if ('kind' in portal) {
    for (const line of describeReading(portal, Date.now())) terminal.print(line);
    if (portal.reason === 'portal-changed')
      terminal.print(
        'The password has left, so the sign-in is not tried again by itself. Compare its outcomes in index with the page, then check.',
      );
    return false;
  }
  await using signedIn = portal;

  const absentNumber = nobodys(number);
  const found = await readAndMend(bench, signedIn, number, 'found');
  const absent =
    found === undefined ? undefined : await readAndMend(bench, signedIn, absentNumber, 'absent');
  const book =
    absent === undefined || carrier.readBook === undefined
      ? undefined
      : await listAndMend(bench, signedIn);

  const isNamed = namerOf(bench.sources, bench.valueNames);
  const lines = describeChanges(bench.compared, isNamed, bench.said);
  for (const line of lines) terminal.print(line);
  const about = { folder, carrier: able, number, absentNumber, options, sources: bench.sources };
  if (bench.compared.length > 0) {
    const file = await layBeside({
      folder: pictures,
      name: `repair-${carrier.id}`,
      browser,
      redaction: await redactionFor(about, signedIn),
      compared: bench.compared,
      lines,
      picture: await signedIn.picture(pictures, `repair-${carrier.id}`),
    });
    terminal.print(`Side by side, masked and redacted: ${file}`);
  }
  for (const why of bench.open) terminal.print(`  Still not understood: ${why}`);
  if (bench.open.length > 0 || found === undefined || absent === undefined) {
    terminal.print(
      "Nothing was written. Next: say what a text is called now with --is 'Old=New', or mend the code by hand where a part of the page is another.",
    );
    return false;
  }
  if (bench.mended.length === 0) {
    terminal.print('Its pages are understood as they are: there is nothing to mend.');
    return true;
  }

  printMend(terminal, bench.mended);
  terminal.print('What it then reads');
  terminal.print(number);
  for (const line of describeReplayed(found.replayed, Date.now())) terminal.print(line);
  terminal.print('A number that nobody has');
  for (const line of describeReplayed(absent.replayed, Date.now())) terminal.print(line);
  if (book !== undefined)
    terminal.print(`The listing: ${book.captures.length} screens of it are read.`);
  if (!(await saidYes(terminal, options))) {
    terminal.print('Nothing was written. The same command with --yes writes it.');
    return false;
  }
  const repaired: Repaired = {
    ...about,
    sources: bench.sources,
    found: found.capture,
    absent: absent.capture,
    ...(book && { book: book.captures }),
  };
  const hash = await keepRepair(terminal, repaired, signedIn);
  if (hash === undefined) return false;
  await signedIn[Symbol.asyncDispose]();
  await letPauseEnd(terminal, carrier, waits, hash);
  return true;
};

const saidYes = async (terminal: Terminal, { yes }: RepairOptions): Promise<boolean> => {
  if (yes) return true;
  if (!terminal.isThere) return false;
  const answer = await terminal.ask(
    'Compare this with the page. The new names go into the carrier and its recording, so they must name nobody. Write it, record anew and let the pause end? (yes or no)',
    'no',
  );
  return /^y(es)?$/i.test(answer);
};

const printMend = (terminal: Terminal, mended: readonly Mended[]): void => {
  terminal.print('The mend');
  for (const { file, line, reads, writes } of mended)
    terminal.print(`  ${file}:${line}  ${reads}  ->  ${writes}`);
  if (mended.some(({ keepsOld }) => !keepsOld))
    terminal.print(
      '  What it called so before is not understood any more; recorded cases of it are kept under recording/before.',
    );
};
