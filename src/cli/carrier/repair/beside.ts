import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkerBrowser } from '#portal/browser.ts';
import { redactPage } from '#portal/recording/redacted-page.ts';
import type { Redaction } from '#portal/recording/redaction.ts';
import { pictureOf } from '#portal/recording/repair-session.ts';
import type { Compared } from './screens.ts';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const image = async (path: string | undefined): Promise<string> =>
  path === undefined
    ? '<p>No picture could be taken.</p>'
    : `<img alt="Masked picture" src="data:image/png;base64,${(await readFile(path)).toString('base64')}">`;

const frame = (html: string): string => `<iframe sandbox srcdoc="${escaped(html)}"></iframe>`;

/**
 * Lays the last recording that was understood and the page of now side by side: masked pictures, and the
 * redacted pages below. Answers the address of the file.
 */
export const layBeside = async (options: {
  folder: string;
  name: string;
  browser: WorkerBrowser;
  redaction: Redaction;
  compared: readonly Compared[];
  lines: readonly string[];
  /** Masked, of the page as it stands. */
  picture: string | undefined;
}): Promise<string> => {
  const { folder, name, browser, redaction, compared, lines, picture } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const rows: string[] = [];
  for (const { screen, before, now } of compared) {
    if (now === undefined) continue;
    const shown = redactPage(now, redaction);
    const drawn = (html: string, when: string): Promise<string | undefined> =>
      pictureOf(browser, html, folder, `${name}-${screen.replaceAll(/\W+/g, '-')}-${when}`);
    const old = before === undefined ? undefined : await drawn(before, 'before');
    rows.push(`<h2>${escaped(screen)}</h2><div class="two">
<section><h3>As it was recorded</h3>${await image(old)}${before === undefined ? '' : frame(before)}</section>
<section><h3>As it is now</h3>${await image(await drawn(shown, 'now'))}${frame(shown)}</section></div>`);
  }
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(name)}</title>
<style>body{font:15px/1.5 sans-serif;margin:24px}.two{display:grid;grid-template-columns:1fr 1fr;gap:16px}
img,iframe{width:100%;border:1px solid #bbb}iframe{height:420px}pre{background:#f4f4f4;padding:12px}</style>
<h1>${escaped(name)}</h1><pre>${escaped(lines.map((line) => redaction.text(line)).join('\n'))}</pre>
${picture === undefined ? '' : `<h2>Where it stands</h2><div class="two">${await image(picture)}</div>`}
${rows.join('\n')}</html>
`;
  const file = join(folder, `${name}.html`);
  await writeFile(file, page, { mode: 0o600 });
  return file;
};
