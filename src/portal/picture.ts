import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { nameOfEvidence } from './evidence.ts';
import { withinTime } from './steps.ts';

/**
 * Words that tell a page's layout and nobody's affairs; only these are drawn. Every other word and
 * all digits stay blank, so that names, numbers and amounts are in no picture.
 */
export const LAYOUT_WORDS = `policy policies contract contracts account accounts certificate number value values cash
  surrender death benefit face amount premium annual monthly total balance status active inactive force
  pending lapsed terminated surrendered product plan type owner insured annuitant beneficiary agent as of
  date effective issue search find results no not found match similar details detail overview summary
  statement statements documents view show see more next previous back home menu help contact sign in out
  log user id name password code phone email forgot remember continue submit confirm cancel close accept
  terms error sorry something went wrong try again later unavailable maintenance session ended expired
  locked verify security please enter your the a is are to you we our this that for and or with`;

// In a layer: what is important there outweighs what a page's own styles call important.
const MASK = `@layer mask {
  *, *::before, *::after { color: transparent !important; -webkit-text-fill-color: currentcolor !important;
    text-shadow: none !important; background-image: none !important; caret-color: transparent !important }
  img, svg, canvas, video, iframe { visibility: hidden !important }
  header, nav, footer, body, main, section, div { background-color: #fff !important }
  td, dd, h1, h2, h3, li, p { background-color: #eee !important }
  input, textarea, select, button { background-color: #ddd !important }
  ::placeholder { color: transparent !important }
  ::highlight(layout-words) { color: #222 !important }
}`;

const PICTURE_MS = 3000;

/**
 * A masked picture of a page that was not understood.
 * Undefined when none could be taken: a picture never stands in the way of the result.
 */
export const takePicture = async (
  page: Page,
  folder: string,
  name: string,
  now: number,
): Promise<string | undefined> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${nameOfEvidence(now, name)}.png`);
    await withinTime(page.evaluate(markWords, LAYOUT_WORDS.split(/\s+/)), PICTURE_MS);
    await page.screenshot({
      path,
      style: MASK,
      timeout: PICTURE_MS,
      animations: 'disabled',
      caret: 'initial',
    });
    return path;
  } catch {
    return undefined;
  } finally {
    await withinTime(
      page.evaluate(() => CSS.highlights.delete('layout-words')),
      PICTURE_MS,
    );
  }
};

/** Runs in the page. A highlight colours words without touching the document, which is read again. */
const markWords = (words: readonly string[]): void => {
  const known = new RegExp(`(?<![\\p{L}\\p{N}])(${words.join('|')})(?![\\p{L}\\p{N}])`, 'giu');
  const ranges: Range[] = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    for (const { 0: word, index } of (node.nodeValue ?? '').matchAll(known)) {
      const range = new Range();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      ranges.push(range);
    }
  }
  CSS.highlights.set('layout-words', new Highlight(...ranges));
};
