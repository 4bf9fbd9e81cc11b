import { html, type Markup } from '../markup.ts';

const STYLE = `
  body { font: 13px Verdana, Geneva, sans-serif; margin: 12px; color: #222; background: #fff }
  h1 { font-size: 17px; color: #3a3a6a } h2 { font-size: 14px }
  table { border-collapse: collapse } th, td { border: 1px solid #aaa; padding: 4px 8px; text-align: left; vertical-align: top }
  th { background: #e6e6f0 } td.num { text-align: right } .banner { background: #3a3a6a; color: #fff; padding: 8px 12px; font-size: 15px }
  .banner a, .banner button { color: #fff; background: none; border: 0; font: inherit; text-decoration: underline; margin-left: 16px; cursor: pointer }
  .error { color: #a00000; font-weight: bold } input, select, button { font: inherit } form p { margin: 8px 0 }
  dialog { border: 2px solid #3a3a6a }`;

/** A document of its own: a frame, a window, or the whole page. */
export const document = (title: string, body: Markup, script?: string): string =>
  `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Granite Mutual: ${title}</title>
        <style>
          ${{ markup: STYLE }}
        </style>
      </head>
      <body>
        ${body} ${script === undefined ? undefined : { markup: `<script>${script}</script>` }}
      </body>
    </html>`.markup
  }\n`;

export const wholePage = (title: string, body: Markup): string =>
  document(
    title,
    html`<div class="banner">Granite Mutual Producer Office</div>
      <h1>${title}</h1>
      ${body}`,
  );

/** "11/20/26". */
export const shortDate = (iso: string): string =>
  `${iso.slice(5, 7)}/${iso.slice(8)}/${iso.slice(2, 4)}`;

/** "$1,234.50", and "$12.00-" for a negative one, as mainframes print it. */
export const dollars = (amount: string): string => {
  const value = Number(amount);
  // What is no number is shown as it is: portals do.
  if (Number.isNaN(value)) return amount;
  const text = Math.abs(value).toLocaleString('en-US', { minimumFractionDigits: 2 });
  return `$${text}${value < 0 ? '-' : ''}`;
};
