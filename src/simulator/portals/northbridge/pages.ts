import type { ShownPolicy } from '../policy-data.ts';
import { html, type Markup } from '../markup.ts';

const STYLE = `
  body { font: 16px/1.5 Georgia, serif; margin: 0; color: #1d2b36; background: #f6f4ef }
  header { background: #14324a; color: #fff; padding: 14px 24px; display: flex; gap: 24px }
  header a { color: #cfe2f1 } main { max-width: 760px; margin: 24px auto; padding: 0 24px }
  table { border-collapse: collapse; width: 100%; background: #fff } th, td { text-align: left; padding: 8px 12px; border-bottom: 1px solid #ddd6c8 }
  td.amount { text-align: right; font-variant-numeric: tabular-nums }
  dl { display: grid; grid-template-columns: 160px 1fr } dd { margin: 0 }
  label { display: block; margin: 12px 0 4px } input { font: inherit; padding: 6px 8px; width: 260px }
  button { font: inherit; margin-top: 16px; padding: 6px 18px } .alert { border-left: 4px solid #a33; padding: 8px 12px; background: #fbeeee }`;

export const page = (title: string, body: Markup, signedIn = false): string =>
  `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title} - Northbridge Life</title>
        <style>
          ${{ markup: STYLE }}
        </style>
      </head>
      <body>
        <header>
          <strong>Northbridge Life</strong>
          ${
            signedIn
              ? html`<a href="/policies">Policy search</a> <a href="/book">All policies</a>
                  <a href="/sign-out">Sign out</a>`
              : html`<span>Advisor access</span>`
          }
        </header>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`.markup
  }\n`;

export const signInPage = (alert?: string): string =>
  page(
    'Sign in',
    html`${alert === undefined ? undefined : html`<p class="alert" role="alert">${alert}</p>`}
      <form method="post" action="/login">
        <label for="user">User ID</label>
        <input id="user" name="userId" autocomplete="username" required />
        <label for="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
        />
        <div><button type="submit">Sign in</button></div>
      </form>`,
  );

export const lockedPage = (): string =>
  page(
    'Account locked',
    html`<p class="alert" role="alert">
      Your account has been locked after too many unsuccessful attempts. Call Advisor Services to
      unlock it.
    </p>`,
  );

export const expiredPage = (): string =>
  page(
    'Choose a new password',
    html`<p class="alert" role="alert">Your password has expired.</p>
      <form method="post">
        <label for="new">New password</label><input id="new" type="password" />
        <div><button>Save</button></div>
      </form>`,
  );

export const termsPage = (): string =>
  page(
    'Terms of use',
    html`<p>Our terms have changed. Please review and accept the terms of use to continue.</p>
      <form method="post"><button>I accept</button></form>`,
  );

export const inUsePage = (): string =>
  page(
    'Already signed in',
    html`<p class="alert" role="alert">
      You are already signed in on another device. Sign out there before you continue here.
    </p>`,
  );

export const maintenancePage = (): string =>
  page(
    'Scheduled maintenance',
    html`<p>The site is down for scheduled maintenance. Please come back later.</p>`,
  );

export const robotPage = (): string =>
  page(
    'One more step',
    html`<p>Please verify that you are a human before you continue.</p>
      <div id="challenge-form"></div>`,
  );

export const errorPage = (): string =>
  page('Something went wrong', html`<p>We could not complete your request.</p>`, true);

const searchForm = (number: string): Markup =>
  html`<form method="get" action="/policies">
    <label for="number">Policy number</label>
    <input id="number" name="number" value="${number}" />
    <button type="submit">Search</button>
  </form>`;

export const searchPage = (): string =>
  page(
    'Policy search',
    html`${searchForm('')}
      <p>Enter the number as it is printed on the contract.</p>`,
    true,
  );

export const resultsPage = (
  number: string,
  hits: readonly { number: string; owner: string; product: string; status: string }[],
  similar: readonly string[],
): string => {
  const table = html`<table id="results">
    <thead>
      <tr>
        <th>Policy number</th>
        <th>Owner</th>
        <th>Product</th>
        <th>Status</th>
      </tr>
    </thead>
    <tbody>
      ${hits.map(
        (hit) =>
          html`<tr>
            <td><a href="/policies/${encodeURIComponent(hit.number)}">${hit.number}</a></td>
            <td>${hit.owner}</td>
            <td>${hit.product}</td>
            <td>${hit.status}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
  const none = html`<p id="no-results">No policies match your search.</p>
    ${
      similar.length === 0
        ? undefined
        : html`<h2>Similar policy numbers</h2>
            <ul id="similar">
              ${similar.map((each) => html`<li>${each}</li>`)}
            </ul>`
    }`;
  return page(
    'Search results',
    html`${searchForm(number)} ${hits.length > 0 ? table : none}`,
    true,
  );
};

export const usDate = (iso: string): string =>
  `${iso.slice(5, 7)}/${iso.slice(8)}/${iso.slice(0, 4)}`;

/** "$1,234.50", and "($12.00)" for a negative one, as statements print it. */
export const dollars = (amount: string): string => {
  const text = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    currencySign: 'accounting',
  });
  // What is no number is shown as it is: portals do.
  return Number.isNaN(Number(amount)) ? amount : text.format(Number(amount));
};

export const policyPage = (policy: ShownPolicy): string =>
  page(
    `Policy ${policy.number}`,
    html`<dl id="policy">
        <dt>Policy number</dt>
        <dd>${policy.number}</dd>
        <dt>Product</dt>
        <dd>${policy.product}</dd>
        <dt>Owner</dt>
        <dd>${policy.owner}</dd>
        <dt>Policy status</dt>
        <dd>${policy.status}</dd>
      </dl>
      <h2>Policy values</h2>
      <table id="values">
        <thead>
          <tr>
            <th>Value</th>
            <th>Amount</th>
            <th>As of</th>
          </tr>
        </thead>
        <tbody>
          ${policy.values.map(
            (value) =>
              html`<tr>
                <td>${value.name}</td>
                <td class="amount">
                  ${value.amount === undefined ? 'Not available' : dollars(value.amount)}
                </td>
                <td>${usDate(value.asOf)}</td>
              </tr>`,
          )}
        </tbody>
      </table>`,
    true,
  );

/** The same facts after a redesign: nothing is where it was. */
export const redesignedPage = (policy: ShownPolicy): string =>
  page(
    'Contract overview',
    html`<section class="tiles">
      <div class="tile">Contract ${policy.number}</div>
      ${policy.values.map((value) => html`<div class="tile">${value.name}: see statement</div>`)}
    </section>`,
    true,
  );
