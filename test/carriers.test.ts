import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '#setup/tools.mjs';
import { loadCarriers } from '#worker/carriers.ts';
import type { Capture, Carrier } from '#worker/contract.ts';
import { checkedBook } from '#worker/book.ts';
import { checkReading } from '#worker/reading.ts';
import { PortalChanged } from '#worker/trouble.ts';

/**
 * Replays what portals once showed. Beside `<case>.expected.json` lie the captured screens,
 * `<case>.<screen>.html`, answers, `<case>.<call>.json`, and texts of files, `<case>.<file>.csv` or
 * `.txt` of a PDF. What is expected is the `reading` of a `number`, or one screen of the `book`.
 */
const folder = join(projectFolder, 'carriers');
const carriers = await loadCarriers({ folders: [folder], allowDemo: true });

const captureOf = (pages: string, name: string): Capture => {
  const capture = {
    html: {} as Record<string, string>,
    json: {} as Record<string, unknown>,
    text: {} as Record<string, string>,
  };
  for (const file of readdirSync(pages)) {
    const [first, screen = '', kind] = file.split('.');
    if (first !== name || screen === 'expected') continue;
    const text = readFileSync(join(pages, file), 'utf8');
    if (kind === 'html') capture.html[screen] = text;
    if (kind === 'json') capture.json[screen] = JSON.parse(text);
    if (kind === 'csv' || kind === 'txt') capture.text[screen] = text;
  }
  return capture;
};

/** `{reading}` or `{book}`, or `{portalChanged: why}` of a page that is not understood. */
const replay = (carrier: Carrier, capture: Capture, number: string | undefined): object => {
  try {
    if (number === undefined) {
      if (!carrier.parseBook) throw new Error('This carrier reads no book');
      return { book: checkedBook().page(carrier.parseBook(capture)) };
    }
    return { reading: checkReading(carrier.parsePolicy(capture, number), number) };
  } catch (error) {
    if (error instanceof PortalChanged) return { portalChanged: error.message };
    throw error;
  }
};

import { recordedCases, replay } from '#worker/replay.ts';
import { PortalChanged } from '#worker/trouble.ts';

/** Replays what portals once showed, for every carrier of the repository. */
const folder = join(projectFolder, 'carriers');
const carriers = await loadCarriers({ folders: [folder], allowDemo: true });

describe.each(carriers.map((carrier) => [carrier.id, carrier] as const))('%s', (id, carrier) => {
  const cases = recordedCases(join(folder, id));

  it('has recorded pages of a policy found and of one absent', () => {
    expect(cases.map((each) => each.name)).toEqual(expect.arrayContaining(['found', 'absent']));
  });

  it.each(names)('reads the recorded pages "%s" as expected', (name) => {
    const { number, ...expected } = JSON.parse(
      readFileSync(join(pages, `${name}.expected.json`), 'utf8'),
    ) as { number?: string };
    expect(replay(carrier, captureOf(pages, name), number)).toEqual(expected);
  });
  it.each(cases.map((each) => [each.name, each] as const))(
    'reads the recorded pages "%s" as expected',
    (_name, { capture, number, expected }) => {
      expect(replay(carrier, capture, number)).toEqual(expected);
    },
  );

  it('does not understand an empty page, nor a page of another site', () => {
    for (const page of ['', '<html><body><h1>Welcome</h1><p>0 results</p></body></html>']) {
      const html = { results: page, result: page, policy: page, book: page };
      const json = { search: {}, contract: { message: page }, contracts: { message: page } };
      const text = { report: page, statement: page };
      const parsers = [
        (capture: Capture) => carrier.parsePolicy(capture, '1'),
        ...(carrier.parseBook ? [carrier.parseBook] : []),
      ];
      for (const parse of parsers)
        for (const capture of [{ html, json }, { html, json, text }, {}])
          expect(() => parse(capture)).toThrow(PortalChanged);
    }
  });
});
