import { html, type Markup } from '../markup.ts';

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: #12263a; background: #fff }
  header { border-bottom: 3px solid #0b6b6b; padding: 16px 24px; display: flex; gap: 24px; align-items: baseline }
  header strong { color: #0b6b6b; font-size: 20px } main { max-width: 680px; margin: 24px auto; padding: 0 24px }
  label { display: block; margin: 12px 0 4px } label.beside { display: inline; margin: 0 }
  input:not([type]), input[type="password"] { font: inherit; padding: 8px; width: 280px; border: 1px solid #6b7c8c; border-radius: 4px }
  button { font: inherit; margin: 16px 0 0; padding: 8px 20px; background: #0b6b6b; color: #fff; border: 0; border-radius: 4px }
  button.quiet { background: none; color: #0b6b6b; padding: 0; text-decoration: underline } fieldset { border: 1px solid #b6c2cc; line-height: 2 }
  .alert { border-left: 4px solid #a02828; background: #fbecec; padding: 8px 12px } .notice { background: #fff6dd; padding: 8px 12px }
  .facts { display: grid; grid-template-columns: 1fr 1fr; gap: 12px } .label { font-size: 14px; color: #4c5d6d }
  table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: 8px; border-bottom: 1px solid #d7dfe6 }
  tbody th { font-weight: 400 } .amount { text-align: right; font-variant-numeric: tabular-nums }`;

export const page = (title: string, body: Markup, signedIn = false): string =>
  `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title} | Harbor Trust</title>
        <style>
          ${{ markup: STYLE }}
        </style>
      </head>
      <body>
        <header>
          <strong>Harbor Trust</strong>
          ${signedIn ? html`<a href="/accounts">Accounts</a> <a href="/sign-off">Sign off</a>` : undefined}
        </header>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`.markup
  }\n`;

/** "November 20, 2026". */
export const longDate = (iso: string): string =>
  new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' }).format(
    Date.parse(`${iso}T12:00:00Z`),
  );

/** "1,234.50", and "-12.00" for a negative one; the column says what it is in. */
export const dollars = (amount: string): string =>
  // What is no number is shown as it is: portals do.
  Number.isNaN(Number(amount))
    ? amount
    : new Intl.NumberFormat('en-US', { minimumFractionDigits: 2 }).format(Number(amount));
