import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyReading } from '../portal.ts';
import { checkedBook } from '../book.ts';
import type { Capture, Carrier } from '../contract.ts';
import { checkReading } from '../reading.ts';
import { PortalChanged } from '../failure.ts';

/**
 * Recorded pages of a carrier, under `pages/`: beside `<case>.expected.json` lie the captured screens
 * `<case>.<screen>.html`, answers `<case>.<call>.json` and files `<case>.<file>.txt` (or `.csv`).
 */
export interface RecordedCase {
  name: string;
  file: string;
  capture: Capture;
  /** Of one policy; without it the capture is a screen of the whole book. */
  number?: string;
  expected: Replayed | undefined;
}

/** What the carrier's parsing made of a capture. */
export type Replayed =
  | { reading: PolicyReading }
  | { book: ReturnType<ReturnType<typeof checkedBook>['page']> }
  /** Why it was not understood. */
  | { portalChanged: string };

/** As they would be in the file: without what is undefined. */
export const recordedCases = (folder: string): RecordedCase[] => {
  const pages = join(folder, 'pages');
  if (!existsSync(pages)) return [];
  return readdirSync(pages)
    .flatMap((file) => /^(.+)\.expected\.json$/.exec(file)?.[1] ?? [])
    .map((name) => {
      const file = join(pages, `${name}.expected.json`);
      const { number, ...expected } = JSON.parse(readFileSync(file, 'utf8')) as {
        number?: string;
      } & Record<string, unknown>;
      return {
        name,
        file,
        capture: captureOf(pages, name),
        ...(number === undefined ? {} : { number }),
        expected: Object.keys(expected).length > 0 ? (expected as Replayed) : undefined,
      };
    });
};

const captureOf = (pages: string, name: string): Capture => {
  const html: Record<string, string> = {};
  const json: Record<string, unknown> = {};
  const text: Record<string, string> = {};
  for (const file of readdirSync(pages)) {
    const [first, screen = '', kind] = file.split('.');
    if (first !== name || screen === 'expected') continue;
    const content = readFileSync(join(pages, file), 'utf8');
    if (kind === 'html') html[screen] = content;
    else if (kind === 'json') json[screen] = JSON.parse(content);
    else text[screen] = content;
  }
  return { html, json, text };
};

/** The carrier's pure parsing, and the checks that the worker puts after it. */
export const replay = (
  carrier: Carrier,
  capture: Capture,
  number: string | undefined,
): Replayed => {
  try {
    if (number !== undefined)
      return {
        reading: checkReading(carrier.parsePolicy(capture, number), number, carrier),
      };
    if (carrier.parseBook === undefined) throw new PortalChanged('The carrier reads no book');
    return { book: checkedBook(carrier).page(carrier.parseBook(capture)) };
  } catch (error) {
    if (error instanceof PortalChanged) return { portalChanged: error.message };
    throw error;
  }
};
