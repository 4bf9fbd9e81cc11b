import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { hashOf } from '#portal/carriers.ts';
import type { Capture, Carrier } from '#portal/contract.ts';
import type { RepairPortal } from '#portal/recording/repair-session.ts';
import { redactionOf, redactRecording } from '#portal/recording/redacted-recording.ts';
import type { Redaction } from '#portal/recording/redaction.ts';
import { isFailure, mutantsOf, sumOf, type Tried } from '../mutants/run.ts';
import type { Terminal } from '../../terminal.ts';
import { brokenCases, carrierWith, type Sources } from './workshop.ts';

interface About {
  folder: string;
  carrier: Carrier;
  number: string;
  absentNumber: string;
  sources: Sources;
  options: { hide: string[]; keep: string[]; maskAmounts?: boolean };
}

/** A mended carrier, and what it was seen to read. */
export interface Repaired extends About {
  found: Capture;
  absent: Capture;
  book?: readonly Capture[];
}

const redactOptions = (about: About) => ({
  carrier: about.carrier,
  number: about.number,
  absentNumber: about.absentNumber,
  hide: about.options.hide,
  code: Object.values(about.sources),
  keep: about.options.keep,
  maskAmounts: about.options.maskAmounts ?? false,
  now: Date.now(),
});

export const redactionFor = async (about: About, portal: RepairPortal): Promise<Redaction> =>
  redactionOf({ secrets: await portal.secrets() }, redactOptions(about));

const LIES = /^(wrong-value|false-not-found|silent-empty)$/;
const liesOf = (tried: readonly Tried[]): number =>
  tried.filter(({ verdict }) => LIES.test(verdict)).length;

/**
 * Records the carrier anew with the mended code and lets the mutants at it, all of it apart; only what
 * then lies no more than before goes into its folder. Answers the hash of the folder, or nothing.
 */
export const keepRepair = async (
  terminal: Terminal,
  repaired: Repaired,
  portal: RepairPortal,
): Promise<string | undefined> => {
  const { folder, sources } = repaired;
  terminal.print(
    'Recording it anew and letting the mutants at it, which takes a minute on a busy machine.',
  );
  const before = liesOf(mutantsOf(repaired.carrier, folder));
  const mended = await carrierWith(folder, sources);
  if (mended === undefined) return undefined;
  const { files } = redactRecording(
    {
      signInPage: portal.signInPage,
      home: portal.home,
      found: repaired.found,
      absent: repaired.absent,
      ...(repaired.book && { book: repaired.book }),
      exchanges: await portal.exchanges(),
      secrets: await portal.secrets(),
    },
    { ...redactOptions(repaired), carrier: mended },
  );
  const place = await mkdtemp(join(tmpdir(), 'carrier-'));
  try {
    const staged = join(place, basename(folder));
    await cp(folder, staged, { recursive: true });
    for (const [file, text] of Object.entries(sources)) await writeFile(join(staged, file), text);
    for (const name of casesAmong(files)) await removeCase(staged, name);
    for (const [name, content] of Object.entries(files)) await put(join(staged, name), content);
    const unread = unreadAmong(files);
    if (unread.length > 0) {
      terminal.print(
        `Nothing was written: once redacted, the page of "${unread.join('", "')}" is not understood. A word that the parser needs was replaced: name it with --keep.`,
      );
      return undefined;
    }
    const old = brokenCases(mended, staged);
    for (const name of old) await removeCase(staged, name, join(staged, 'recording', 'before'));
    const tried = mutantsOf(mended, staged);
    const sum = sumOf(tried);
    terminal.print(
      `${sum.mutants} changed pages: ${sum.cosmeticRight} of ${sum.cosmetic} that only look otherwise are read; ${sum.wrongValues} wrong values, ${sum.falseNotFound} false not found, ${sum.silentEmpty} silently empty.`,
    );
    if (liesOf(tried) > before) {
      for (const { page, mutation, verdict } of tried.filter(isFailure))
        terminal.print(`  ${verdict}  ${page}  ${mutation.name}`);
      terminal.print('Nothing was written: the mended carrier would lie where it did not before.');
      return undefined;
    }
    await putInPlace(staged, folder);
    terminal.print(`Written and recorded anew, redacted: ${folder}`);
    if (old.length > 0)
      terminal.print(`  Kept apart, for they show the page as it was: ${old.join(', ')}`);
    return hashOf(folder);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
};

/** Files that are not in the mended folder go, and the others come; what is between stays readable. */
const putInPlace = async (staged: string, folder: string): Promise<void> => {
  await cp(staged, folder, { recursive: true, force: true });
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (!existsSync(join(staged, file)))
      await rm(join(folder, file), { recursive: true, force: true });
};

const EXPECTED = /^pages\/(.+)\.expected\.json$/;

const casesAmong = (files: Record<string, string>): string[] =>
  Object.keys(files).flatMap((name) => EXPECTED.exec(name)?.[1] ?? []);

/** Cases without a reading: their redacted page is not understood. */
const unreadAmong = (files: Record<string, string>): string[] =>
  Object.entries(files).flatMap(([name, content]) => {
    const found = EXPECTED.exec(name)?.[1];
    const { number: _, ...expected } = JSON.parse(found ? content : '{"reading":1}') as object & {
      number?: string;
    };
    return found !== undefined && Object.keys(expected).length === 0 ? [found] : [];
  });

const removeCase = async (folder: string, name: string, to?: string): Promise<void> => {
  const pages = join(folder, 'pages');
  if (!existsSync(pages)) return;
  for (const file of readdirSync(pages)) {
    if (file.split('.')[0] !== name) continue;
    if (to === undefined) await rm(join(pages, file));
    else {
      await mkdir(to, { recursive: true });
      await rename(join(pages, file), join(to, file));
    }
  }
};

const put = async (path: string, content: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
};
