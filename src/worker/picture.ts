import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';

/**
 * Hides every text but column headings, labels and buttons, by style alone: the page itself stays
 * as it is for the next read. What was typed, amounts, names and numbers leave grey boxes at most.
 */
const MASK = `
  *, *::before, *::after { color: transparent !important; -webkit-text-fill-color: transparent !important;
    text-shadow: none !important; background-image: none !important; caret-color: transparent !important }
  img, svg, canvas, video, iframe { visibility: hidden !important }
  td, dd, h1, h2, h3, li, p, input, textarea, select { background: #ddd !important }
  thead th, label, legend, button, [role="button"] { color: #222 !important; -webkit-text-fill-color: #222 !important }
  input::placeholder { color: transparent !important }`;

const KEEP_DAYS = 3;
const DAY = 86_400_000;

/**
 * A masked picture of a page that was not understood. Older ones are removed after three days.
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
    await removeOld(folder, now);
    const time = new Date(now).toISOString().replaceAll(/\D/g, '').slice(0, 14);
    const path = join(folder, `${time}-${name}.png`);
    await page.screenshot({ path, style: MASK, timeout: 3000, animations: 'disabled' });
    return path;
  } catch {
    return undefined;
  }
};

const removeOld = async (folder: string, now: number): Promise<void> => {
  for (const file of await readdir(folder)) {
    if (!file.endsWith('.png')) continue;
    const path = join(folder, file);
    if (now - (await stat(path)).mtimeMs > KEEP_DAYS * DAY) await rm(path, { force: true });
  }
};
