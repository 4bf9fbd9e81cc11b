import { join } from 'node:path';
import * as fc from 'fast-check';
import { loadCarriers } from '#portal/carriers.ts';
import type { Carrier } from '#portal/contract.ts';
import { PortalChanged } from '#portal/failure.ts';
import { csv } from '#portal/kit/csv.ts';
import { createKit } from '#portal/kit/kit.ts';
import { pdf } from '#portal/kit/pdf.ts';
import { recordedCases, replay, type RecordedCase } from '#portal/recording/replay.ts';
import { projectFolder } from '#setup/tools.mjs';
import { pdfOf } from '#test/support/pdf.ts';
import type { Target } from './targets.ts';
import { textOf } from './texts.ts';

const ofFolder = join(projectFolder, 'carriers');
const recorded: { carrier: Carrier; of: RecordedCase }[] = (
  await loadCarriers({ folders: [ofFolder], allowDemo: true })
).flatMap((carrier) => recordedCases(join(ofFolder, carrier.id)).map((of) => ({ carrier, of })));

/** What stands in pages, so that what is put in is read as part of one. */
const TAGS = [
  '<td>',
  '</td>',
  '<tr><td colspan="9">',
  '<table>',
  '</table>',
  '<dl><dt>',
  '</dt><dd>',
  '<th>Account Value</th>',
  '<!--',
  '-->',
  '<script>',
  '<template>',
  '<svg><style>',
  '&#0;',
  '&nbsp;',
  '</html>',
  'null',
  '{"a":[',
  '-1e999',
  '"__proto__":{},',
];
const pieces = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom(...TAGS), { maxLength: 8 }).map((all) => all.join('')),
  },
  { weight: 1, arbitrary: textOf(2000) },
);

/** From this part of the text on, so many characters become something else. */
interface Splice {
  at: number;
  cut: number;
  put: string;
}
const part = fc.integer({ min: 0, max: 9999 }).map((nth) => nth / 10_000);
const splices = fc.array(
  fc.record<Splice>({ at: part, cut: fc.oneof(fc.nat(40), fc.nat(5000)), put: pieces }),
  { minLength: 1, maxLength: 4 },
);
const spliced = (text: string, all: readonly Splice[]): string =>
  all.reduce((now, { at, cut, put }) => {
    const from = Math.floor(at * now.length);
    return now.slice(0, from) + put + now.slice(from + cut);
  }, text);

/** Undefined where it is no JSON any more: whoever asks the portal for it refuses that. */
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const orPortalChanged = (read: () => unknown): void => {
  try {
    read();
  } catch (error) {
    if (!(error instanceof PortalChanged)) throw error;
  }
};

const KIT = createKit();
const COLUMNS = { number: 'Policy Number', value: /Value$/ };
const PAGES = pdfOf([
  [
    [20, 150, 'Policy Number'],
    [200, 150, 'NB-104-77'],
  ],
]);

/** What portals show and give, changed at random: understood, or refused as a portal that changed. */
export const PORTAL_DOORS: readonly Target[] = [
  {
    name: 'pages and answers of portals',
    share: 0.02,
    texts: fc.record({ of: fc.nat(), all: splices }).map((value) => JSON.stringify(value)),
    put: (text) => {
      const { of: nth, all } = JSON.parse(text) as { of: number; all: Splice[] };
      const { carrier, of } = recorded[nth % recorded.length] ?? {};
      if (carrier === undefined || of === undefined) throw new Error('No page is recorded.');
      const { html = {}, json = {}, text: files = {} } = of.capture;
      const changed = (one: Record<string, string>): Record<string, string> =>
        Object.fromEntries(Object.entries(one).map(([name, page]) => [name, spliced(page, all)]));
      const answers = Object.fromEntries(
        Object.entries(json).map(([name, answer]) => [
          name,
          jsonOf(spliced(JSON.stringify(answer), all)),
        ]),
      );
      // What is not understood comes back as that; everything else is thrown.
      replay(carrier, { html: changed(html), json: answers, text: changed(files) }, of.number);
    },
  },
  {
    name: 'tables and files of portals',
    share: 0.01,
    texts: fc
      .array(fc.oneof(pieces, fc.constant('Policy Number')), { maxLength: 12 })
      .map((all) => all.join('')),
    put: (text) => {
      orPortalChanged(() => csv(text, { columns: COLUMNS }));
      const $ = KIT.load(text);
      orPortalChanged(() => KIT.rows($, { columns: COLUMNS }));
      orPortalChanged(() => KIT.table($, 'table'));
      orPortalChanged(() => KIT.pairs($, 'dl'));
      orPortalChanged(() => KIT.values($, { labels: COLUMNS }));
    },
  },
  {
    name: 'PDFs of portals',
    // Each is read in a thread of its own.
    share: 0.000_05,
    texts: splices.map((all) => JSON.stringify(all)),
    put: async (text) => {
      const file = spliced(Buffer.from(PAGES).toString('latin1'), JSON.parse(text) as Splice[]);
      await pdf(Buffer.from(file, 'latin1')).catch((error: unknown) => {
        if (!(error instanceof PortalChanged)) throw error;
      });
    },
  },
];
