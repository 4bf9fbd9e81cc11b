import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { loadCarrier } from '#portal/carriers.ts';
import type { Capture, Carrier } from '#portal/contract.ts';
import { portalAddresses } from '../carriers-at-hand.ts';
import { recordedCases, replay, type Replayed } from '#portal/recording/replay.ts';

/** The carrier's own code: file name -> text. */
export type Sources = Readonly<Record<string, string>>;

const CODE = /\.(ts|mjs|js)$/;

export const sourcesOf = (folder: string): Sources =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((file) => CODE.test(file))
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );

/** The carrier with this code instead of its own; undefined where it is none. */
export const carrierWith = async (
  folder: string,
  sources: Sources,
): Promise<Carrier | undefined> => {
  const place = await mkdtemp(join(tmpdir(), 'carrier-'));
  try {
    // Its own files that are no code may be read by it; recordings never are.
    await cp(folder, join(place, basename(folder)), {
      recursive: true,
      filter: (file) => !/[/\\](pages|recording)$/.test(file),
    });
    for (const [file, text] of Object.entries(sources))
      await writeFile(join(place, basename(folder), file), text);
    return await loadCarrier(join(place, basename(folder)), portalAddresses());
  } catch {
    return undefined;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
};

/** What an adapter makes of a capture: a slip of its code is no reading either. */
export const readingOf = (
  carrier: Carrier,
  capture: Capture,
  number: string | undefined,
): Replayed => {
  try {
    return replay(carrier, capture, number);
  } catch (error) {
    return { portalChanged: `It fails: ${error instanceof Error ? error.name : 'error'}` };
  }
};

/** Recorded cases that this adapter no longer reads as they are expected to be. */
export const brokenCases = (carrier: Carrier, folder: string): string[] =>
  recordedCases(folder)
    .filter(
      ({ expected, capture, number }) =>
        expected !== undefined &&
        !isDeepStrictEqual(
          JSON.parse(JSON.stringify(readingOf(carrier, capture, number))),
          expected,
        ),
    )
    .map(({ name }) => name);
