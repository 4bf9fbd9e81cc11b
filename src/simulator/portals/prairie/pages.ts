import type { PasswordAnswer } from '../authentication.ts';
import { html, type Markup } from '../markup.ts';
import type { Report } from './reports.ts';

const STYLE = `
  body { font: 14px Verdana, sans-serif; margin: 0; background: #eef1ea; color: #222 }
  #top { background: #5a6b3b; color: #fff; padding: 10px 20px } #top a { color: #fff; margin-left: 20px }
  #main { margin: 20px; background: #fff; border: 1px solid #b9c4a4; padding: 16px 20px; max-width: 820px }
  table { border-collapse: collapse } th, td { border: 1px solid #b9c4a4; padding: 5px 10px; text-align: left }
  .message { background: #fff6d8; border: 1px solid #d8b64c; padding: 8px }`;

interface Shown {
  signedIn?: boolean;
  /** After so many seconds the browser looks again by itself. */
  again?: number;
}

const page = (title: string, body: Markup, { signedIn, again }: Shown = {}): string =>
  `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        ${again === undefined ? undefined : html`<meta http-equiv="refresh" content="${again}" />`}
        <title>Prairie States Life: ${title}</title>
        <style>
          ${{ markup: STYLE }}
        </style>
      </head>
      <body>
        <div id="top">
          <b>PRAIRIE STATES LIFE</b>
          ${
            signedIn
              ? html`<a href="/reports">Reports</a> <a href="/log-off" id="log-off">Log off</a>`
              : undefined
          }
        </div>
        <div id="main">
          <h2>${title}</h2>
          ${body}
        </div>
      </body>
    </html>`.markup
  }\n`;

export const logOnPage = (message?: string): string =>
  page(
    'Agent log on',
    html`${message === undefined ? undefined : html`<p class="message">${message}</p>`}
      <form method="post" action="/log-on">
        <table>
          <tr>
            <td>Agent ID</td>
            <td><input name="agent" title="Agent ID" autocomplete="username" /></td>
          </tr>
          <tr>
            <td>Password</td>
            <td>
              <input
                name="password"
                title="Password"
                type="password"
                autocomplete="current-password"
              />
            </td>
          </tr>
        </table>
        <p><input type="submit" value="Log on" /></p>
      </form>`,
  );

const notice = (title: string, text: string): string =>
  page(title, html`<p class="message">${text}</p>`);

/** What is in the way of who asks. */
export const NOTICES: Record<
  Exclude<PasswordAnswer, 'accepted' | 'bad-password' | 'dropped' | 'redirects'>,
  [status: number, page: string]
> = {
  locked: [
    200,
    notice(
      'Log on',
      'Your access has been suspended. Call the Agent Help SlackDeps to restore it.',
    ),
  ],
  'password-expired': [
    200,
    notice('New password', 'You must change your password before you continue.'),
  ],
  terms: [
    200,
    notice('User agreement', 'Please read and accept the new user agreement to continue.'),
  ],
  'in-use': [200, notice('Log on', 'This Agent ID is already logged in at another location.')],
  maintenance: [
    503,
    notice('Not available', 'Our system is undergoing an upgrade and will be back in the morning.'),
  ],
  'robot-check': [403, notice('One moment', 'Checking your browser before you continue.')],
};

export const errorPage = (): string =>
  page('Error', html`<p>The request could not be completed.</p>`, { signedIn: true });

const stateOf = (report: Report): Markup =>
  report.state === 'ready'
    ? html`<a href="/reports/${report.id}">Ready</a>`
    : html`<a href="/reports/${report.id}">Preparing</a>`;

export const reportsPage = (reports: readonly Report[], types: readonly string[]): string =>
  page(
    'Reports',
    html`<form method="post" action="/reports">
        <p>
          <label for="type">Report</label>
          <select id="type" name="type">
            ${types.map((type) => html`<option>${type}</option>`)}
          </select>
          <input type="submit" value="Order report" />
        </p>
      </form>
      <table id="reports">
        <tr>
          <th>Ordered</th>
          <th>Report</th>
          <th>State</th>
        </tr>
        ${reports.map(
          (report) =>
            html`<tr>
              <td>${report.day}</td>
              <td>${report.type}</td>
              <td>${stateOf(report)}</td>
            </tr>`,
        )}
      </table>`,
    { signedIn: true },
  );

export const reportPage = (report: Report): string =>
  report.state === 'ready'
    ? page(
        'Report',
        html`<p id="ready">Your report is ready.</p>
          <dl>
            <dt>Report</dt>
            <dd>${report.type}</dd>
            <dt>Ordered</dt>
            <dd>${report.day}</dd>
          </dl>
          <p><a href="/reports/${report.id}/file">Download CSV</a></p>`,
        { signedIn: true },
      )
    : page(
        'Report',
        html`<p id="preparing">Your report is being prepared. This page looks again by itself.</p>`,
        { signedIn: true, again: 1 },
      );
