import type { PasswordAnswer } from '../authentication.ts';
import { html, type Markup } from '../markup.ts';

const STYLE = `
  body { font: 15px/1.6 "Helvetica Neue", Arial, sans-serif; margin: 0; color: #17202a }
  .bar { border-bottom: 4px solid #8a1538; padding: 18px 32px; display: flex; gap: 28px; align-items: baseline }
  .bar b { font-size: 20px } .page { padding: 12px 32px; max-width: 720px }
  .row { margin: 14px 0 } .row label { display: block } input { padding: 7px; font: inherit; width: 280px }
  button { padding: 8px 20px; font: inherit; background: #8a1538; color: #fff; border: 0 }
  .notice { background: #f8ecef; padding: 10px 14px }`;

const page = (title: string, body: Markup, signedIn = false): string =>
  `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title} | Summit Fidelity</title>
        <style>
          ${{ markup: STYLE }}
        </style>
      </head>
      <body>
        <div class="bar">
          <b>Summit Fidelity</b>
          ${
            signedIn
              ? html`<a href="/statements">Statements</a> <a href="/logout">Log out</a>`
              : undefined
          }
        </div>
        <div class="page">
          <h1>${title}</h1>
          ${body}
        </div>
      </body>
    </html>`.markup
  }\n`;

export const logInPage = (text?: string): string =>
  page(
    'Log in',
    html`${text === undefined ? undefined : html`<div class="notice" role="status">${text}</div>`}
      <form method="post" action="/login">
        <div class="row">
          <input name="username" placeholder="Username" autocomplete="username" />
        </div>
        <div class="row">
          <input
            name="passphrase"
            type="password"
            placeholder="Passphrase"
            autocomplete="current-password"
          />
        </div>
        <button>Log in</button>
      </form>`,
  );

const notice = (title: string, text: string): string =>
  page(title, html`<div class="notice">${text}</div>`);

/** What is in the way of who asks. */
export const NOTICES: Record<
  Exclude<PasswordAnswer, 'accepted' | 'bad-password' | 'dropped' | 'redirects'>,
  [status: number, page: string]
> = {
  locked: [
    423,
    notice('Profile locked', 'Your profile is temporarily locked. Call us to unlock it.'),
  ],
  'password-expired': [
    200,
    notice('New passphrase', 'Your passphrase is over a year old. Set a new one to go on.'),
  ],
  terms: [
    200,
    notice('Terms of service', 'You need to agree to our new terms before you see your accounts.'),
  ],
  'in-use': [409, notice('Log in', 'Another session is active for this username.')],
  maintenance: [503, notice('We will be right back', 'The website is temporarily unavailable.')],
  'robot-check': [
    403,
    notice('Are you there?', 'We see unusual traffic from your network. Prove it is you.'),
  ],
};

export const errorPage = (): string =>
  page('Sorry', html`<p>We could not show this. Try again in a while.</p>`, true);

const form = (number: string): Markup =>
  html`<form action="/statements">
    <div class="row">
      <label>
        Account number
        <input name="account" value="${number}" />
      </label>
    </div>
    <button>Show statements</button>
  </form>`;

export const searchPage = (): string =>
  page(
    'Statements',
    html`${form('')}
      <p><a href="/statements/all/today.pdf">All accounts (PDF)</a></p>`,
    true,
  );

export const resultPage = (
  number: string,
  hits: readonly { number: string; product: string }[],
  similar: readonly string[],
): string =>
  page(
    'Statements',
    html`${form(number)}
    ${
      hits.length === 0
        ? html`<p id="nothing">No account of yours has this number.</p>
            ${
              similar.length === 0
                ? undefined
                : html`<p>Your accounts with numbers like it:</p>
                    <ul id="like-it">
                      ${similar.map((each) => html`<li>${each}</li>`)}
                    </ul>`
            }`
        : html`<ul id="statements">
            ${hits.map(
              (hit) =>
                html`<li>
                  ${hit.product}, account ${hit.number}:
                  <a href="/statements/${encodeURIComponent(hit.number)}/today.pdf"
                    >Current statement (PDF)</a
                  >
                </li>`,
            )}
          </ul>`
    }`,
    true,
  );
