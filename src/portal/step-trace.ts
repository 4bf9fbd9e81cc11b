import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Frame, Page, Request, Response } from 'playwright';
import { nameOfEvidence } from './evidence.ts';
import { LAYOUT_WORDS } from './picture.ts';
import { withinTime } from './steps.ts';

/**
 * What the adapter did and what the portal answered, for whoever mends the adapter. It holds no
 * personal value by its design: of an address the words that any portal has, of a query the names
 * alone, no header, no body, no text of a page; of the page how many elements of a kind it has.
 */
export interface Trace {
  /** A step begins; what came before it is forgotten. */
  begin: (name: string) => void;
  /** Writes it beside the pictures; its file name, or undefined when that was not possible. */
  write: (
    page: Page,
    about: { folder: string; carrier: string; detail: string | undefined; now: number },
  ) => Promise<string | undefined>;
}

const MOST_LINES = 300;
const OUTLINE_MS = 2000;

/** Parts of addresses beside the words of a layout that tell nothing of anybody. */
const PATH_WORDS = `api v app login logon signin signout auth session token static assets js css
  index html htm aspx jsp do json csv pdf report reports download export client clients customer
  customers portal secure web home dashboard list detail page public content`;

const KNOWN = new Set(
  `${LAYOUT_WORDS} ${PATH_WORDS}`.split(/\s+/).map((word) => word.toLowerCase()),
);

/** A word that any portal has stays; of any other part the shape alone, and not its length. */
const partShape = (part: string): string =>
  part.replaceAll(/\p{L}+|\d+|%[\dA-F]{2}/giu, (run) => {
    if (/^\d/.test(run)) return '9';
    return KNOWN.has(run.toLowerCase()) ? run.toLowerCase() : 'x';
  });

/** "https://portal.example/policy/99-x?number=…&page=…" */
export const addressShape = (address: string): string => {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return url?.protocol ?? 'no address';
  const path = url.pathname.split('/').map(partShape).join('/');
  const names = [...new Set(url.searchParams.keys())].map((name) => `${partShape(name)}=…`);
  return `${url.host}${path.slice(0, 120)}${names.length === 0 ? '' : `?${names.join('&')}`}`;
};

/** How an adapter looks for something: its own constants, but for a number that it searches by. */
export const findShape = (described: string): string =>
  described.replaceAll(/\d+/g, '9').replaceAll(/\s+/g, ' ').slice(0, 160);

const notes = new WeakMap<BrowserContext, (line: string) => void>();

/** Of the adapter's helpers: what is looked for on this page now. */
export const noteFind = (page: Page, described: string): void =>
  notes.get(page.context())?.(`look for    ${findShape(described)}`);

/** Writes down what happens in this context from now on. */
export const traceContext = (context: BrowserContext): Trace => {
  let began = performance.now();
  let step = 'open';
  let lines: string[] = [];
  const asked = new WeakMap<Request, number>();
  const note = (line: string): void => {
    if (lines.length === MOST_LINES) lines.push('        more is left out');
    if (lines.length > MOST_LINES) return;
    lines.push(`${String(Math.round(performance.now() - began)).padStart(7)}  ${line}`);
  };
  const request = (each: Request): void => void asked.set(each, performance.now());
  const answered = (response: Response): void => {
    const of = response.request();
    const took = Math.round(performance.now() - (asked.get(of) ?? began));
    note(
      `${of.method().padEnd(6)}${String(response.status()).padEnd(5)} ${addressShape(of.url())}  (${of.resourceType()}, ${took} ms)`,
    );
  };
  const failed = (of: Request): void =>
    note(
      `${of.method().padEnd(6)}none  ${addressShape(of.url())}  (${of.failure()?.errorText ?? 'failed'})`,
    );
  const shown = (frame: Frame): void =>
    note(`${frame.parentFrame() === null ? 'page ' : 'frame'}       ${addressShape(frame.url())}`);
  const watch = (page: Page): void => {
    page.on('framenavigated', shown);
    page.on('dialog', (dialog) => note(`dialog      ${dialog.type()}`));
    page.on('popup', () => note('window      another one opens'));
    page.on('crash', () => note('crash       the page crashed'));
  };
  context.on('request', request);
  context.on('response', answered);
  context.on('requestfailed', failed);
  context.on('page', watch);
  notes.set(context, note);

  return {
    begin: (name) => {
      step = name;
      began = performance.now();
      lines = [];
    },
    write: async (page, { folder, carrier, detail, now }) => {
      try {
        const outline = { is: '' };
        await withinTime(
          page.evaluate(outlineOf).then((text) => void (outline.is = text)),
          OUTLINE_MS,
        );
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const file = `${nameOfEvidence(now, `${carrier}-${step}`)}.txt`;
        const text = [
          `${carrier}, step "${step}", ${new Date(now).toISOString()}`,
          `Not understood: ${detail ?? 'no more is known'}`,
          'Shapes alone: 9 is any digits, x any word that names something, … any value.',
          '',
          '     ms  what happened',
          ...lines,
          '',
          `The page in the end: ${addressShape(page.url())}`,
          outline.is === '' ? 'It could not be looked at.' : `It has ${outline.is}.`,
          '',
        ].join('\n');
        await writeFile(join(folder, file), text, { mode: 0o600 });
        return file;
      } catch {
        return undefined;
      }
    },
  };
};

/** Runs in the page: how many there are of what a page is made of. */
const outlineOf = (): string =>
  ['form', 'input', 'select', 'button', 'a', 'table', 'tr', 'th', 'dl', 'dt', 'h1', 'h2', 'iframe']
    .map((tag) => `${document.querySelectorAll(tag).length} ${tag}`)
    .join(', ');
