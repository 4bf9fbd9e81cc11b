import type { Capture, Carrier } from '#portal/contract.ts';
import type { WorkerBrowser } from '#portal/browser.ts';
import type { PolicyReading } from '#portal/portal.ts';
import { openSignInPage, type RepairPortal } from '#portal/recording/repair-session.ts';
import type { Replayed } from '#portal/recording/replay.ts';
import { CommandError, type Terminal } from '../../terminal.ts';
import { mend, namerOf, type Judged, type Mended, type Renaming } from './mend.ts';
import { renamingsOf } from './renamings.ts';
import { compareCaptures, compareStuck, recordedAs, type Compared } from './screens.ts';
import { brokenCases, carrierWith, readingOf, type Sources } from './workshop.ts';

/** As often as a way may be changed before it is for a person to write. */
const MOST_ROUNDS = 6;

/** A carrier under repair: its code as mended so far, and what was seen. */
export interface Bench {
  terminal: Terminal;
  folder: string;
  sources: Sources;
  /** What a person has said of names; choices on the way are added. */
  said: Renaming[];
  mended: Mended[];
  compared: Compared[];
  valueNames: readonly string[];
  /** Cases that the code did not read as expected before anything was changed. */
  brokenBefore: number;
  /** Where something was not understood, and nothing helped. */
  open: string[];
}

/** Judged apart from the recorded cases, of which no more may break than did before. */
const judging =
  ({ folder, brokenBefore }: Bench, judge: (carrier: Carrier) => Promise<Omit<Judged, 'broken'>>) =>
  async (sources: Sources): Promise<Judged> => {
    const carrier = await carrierWith(folder, sources);
    if (carrier === undefined)
      return { understood: false, says: '', parts: -1, broken: Number.POSITIVE_INFINITY };
    const broken = Math.max(brokenBefore, brokenCases(carrier, folder).length);
    return { ...(await judge(carrier)), broken };
  };

const tryMend = async (
  bench: Bench,
  renamings: readonly Renaming[],
  judge: (carrier: Carrier) => Promise<Omit<Judged, 'broken'>>,
): Promise<Judged> => {
  const { sources, mended, judged } = await mend(bench.sources, renamings, judging(bench, judge));
  bench.sources = sources;
  bench.mended.push(...mended);
  return judged;
};

/** Before anything is typed: fields and buttons of the first screen that are called otherwise. */
export const mendSignInPage = async (
  bench: Bench,
  browser: WorkerBrowser,
  carrier: Carrier,
): Promise<void> => {
  await using page = await openSignInPage(browser, carrier);
  const missing = await page.missing(carrier);
  for (const wanted of missing) {
    const compared = compareStuck(bench.folder, page.pages, wanted);
    bench.compared.push(...compared);
    const isNamed = namerOf(bench.sources);
    const renamings = await renamingsOf(bench.terminal, compared, isNamed, bench.said);
    await tryMend(bench, renamings, async (tried) => {
      const lacking = await page.missing(tried);
      return {
        understood: lacking.length === 0,
        says: JSON.stringify(lacking),
        parts: -lacking.length,
      };
    });
  }
};

interface Read {
  capture: Capture;
  replayed: Replayed;
}

const partsOf = (reading: PolicyReading): number =>
  reading.kind !== 'found'
    ? 0
    : reading.snapshot.values.length +
      reading.snapshot.missing.length +
      (reading.snapshot.productName === undefined ? 0 : 1);

/** The way first, step by step, and then what its pages mean. */
export const readAndMend = async (
  bench: Bench,
  portal: RepairPortal,
  number: string,
  kind: 'found' | 'absent',
): Promise<Read | undefined> => {
  const capture = await walkAndMend(bench, (carrier) => portal.read(carrier, number));
  if (capture === undefined || !('capture' in capture)) return undefined;
  const replayed = await parseAndMend(bench, capture.capture, number, kind);
  if (replayed === undefined) return undefined;
  if (kind === 'found' && 'reading' in replayed && replayed.reading.kind === 'absent')
    throw new CommandError(
      'The portal says that this login has no such policy. Name one that it has: --number',
    );
  return { capture: capture.capture, replayed };
};

export const listAndMend = async (
  bench: Bench,
  portal: RepairPortal,
): Promise<{ captures: Capture[] } | undefined> => {
  const listed = await walkAndMend(bench, (carrier) => portal.list(carrier));
  if (listed === undefined || !('captures' in listed)) return undefined;
  for (const capture of listed.captures)
    if ((await parseAndMend(bench, capture, undefined, 'book')) === undefined) return undefined;
  return listed;
};

type Walk<T> = (carrier: Carrier) => Promise<T | Awaited<ReturnType<RepairPortal['read']>>>;

const walkAndMend = async <T extends object>(
  bench: Bench,
  walk: Walk<T>,
): Promise<T | { capture: Capture } | undefined> => {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const carrier = await carrierWith(bench.folder, bench.sources);
    if (carrier === undefined) break;
    const came = await walk(carrier);
    if (!('why' in came)) return came;
    bench.terminal.print(`  Not understood on the way: ${came.why}`);
    if (came.wanted === undefined) {
      bench.open.push(came.why);
      return undefined;
    }
    const compared = compareStuck(bench.folder, came.pages, came.wanted);
    bench.compared.push(...compared);
    const isNamed = namerOf(bench.sources);
    const renamings = await renamingsOf(bench.terminal, compared, isNamed, bench.said);
    const before = bench.mended.length;
    // Each try goes the way at the portal.
    if (renamings.length > 0)
      await tryMend(bench, renamings, async (tried) => {
        const next = await walk(tried);
        return 'why' in next
          ? { understood: false, says: next.why, parts: 0 }
          : { understood: true, says: '', parts: 0 };
      });
    if (bench.mended.length === before) {
      bench.open.push(came.why);
      return undefined;
    }
  }
  bench.open.push('the way has changed in too many places');
  return undefined;
};

const isOfCode =
  (isNamed: (text: string) => boolean) =>
  ({ changes, parts }: Compared): boolean =>
    parts.length > 0 || changes.lost.some(({ was }) => isNamed(was.text));

const parseAndMend = async (
  bench: Bench,
  capture: Capture,
  number: string | undefined,
  kind: 'found' | 'absent' | 'book',
): Promise<Replayed | undefined> => {
  const { folder, terminal } = bench;
  const judge = async (carrier: Carrier): Promise<Omit<Judged, 'broken'>> => {
    const replayed = readingOf(carrier, capture, number);
    if ('portalChanged' in replayed)
      return { understood: false, says: replayed.portalChanged, parts: 0 };
    const parts = 'reading' in replayed ? partsOf(replayed.reading) : replayed.book.entries.length;
    return { understood: true, says: '', parts };
  };
  const carrier = await carrierWith(folder, bench.sources);
  if (carrier === undefined) return undefined;
  const first = await judge(carrier);
  if (!first.understood) terminal.print(`  Not understood (${kind}): ${first.says}`);
  const recorded = recordedAs(folder, kind);
  const isNamed = namerOf(bench.sources, bench.valueNames);
  if (recorded !== undefined) {
    const compared = compareCaptures(recorded, capture, bench.sources, isNamed);
    const changed = compared.filter(
      ({ changes: { lost, moved, came }, parts }) =>
        [...lost, ...moved, ...came, ...parts].length > 0,
    );
    if (!first.understood || changed.some(isOfCode(isNamed))) bench.compared.push(...changed);
    const renamings = await renamingsOf(terminal, compared, isNamed, bench.said, !first.understood);
    if (renamings.length > 0) await tryMend(bench, renamings, judge);
  } else if (!first.understood && bench.said.length > 0) await tryMend(bench, bench.said, judge);
  const able = await carrierWith(folder, bench.sources);
  const replayed = able && readingOf(able, capture, number);
  if (replayed === undefined || 'portalChanged' in replayed) {
    bench.open.push(replayed?.portalChanged ?? 'the code cannot be loaded');
    return undefined;
  }
  return replayed;
};
