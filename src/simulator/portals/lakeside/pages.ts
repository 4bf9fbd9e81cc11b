import type { ShownPolicy } from '../policy-data.ts';
import { html, type Markup } from '../markup.ts';

const page = (title: string, body: Markup, signedIn = false): string =>
  `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title} | Lakeside Benefit</title>
        <style>
          body {
            font:
              15px/1.5 Verdana,
              sans-serif;
            margin: 0 auto;
            max-width: 860px;
            color: #22303a;
          }
          .bar {
            display: flex;
            justify-content: space-between;
            padding: 16px 0;
            border-bottom: 3px solid #2c7a7b;
          }
          table {
            border-collapse: collapse;
            margin: 12px 0;
          }
          td,
          th {
            padding: 6px 16px 6px 0;
            text-align: left;
          }
          .note {
            background: #fff4d6;
            padding: 8px 12px;
          }
          input {
            font: inherit;
            padding: 4px 6px;
          }
        </style>
      </head>
      <body>
        <div class="bar">
          <b>Lakeside Benefit</b>
          ${signedIn ? html`<a href="/log-off">Log off</a>` : html`<span>For producers</span>`}
        </div>
        <h1>${title}</h1>
        ${body}
      </body>
    </html>`.markup
  }\n`;

const notice = (title: string, text: string): string =>
  page(title, html`<p class="note">${text}</p>`);

export const signInPage = (said?: string): string =>
  page(
    'Producer log on',
    html`${said === undefined ? undefined : html`<p class="note">${said}</p>`}
      <form method="post" action="/log-on">
        <input type="hidden" name="form_token" value="lb-1c9e0f7a52" />
        <p>
          <label>Producer ID <input name="producer" autocomplete="username" /></label>
        </p>
        <p>
          <label
            >Password <input name="secret" type="password" autocomplete="current-password"
          /></label>
        </p>
        <button>Log on</button>
      </form>`,
  );

export const lockedPage = (): string =>
  notice('Access', 'Your access has been locked. Call the producer deps to unlock it.');
export const expiredPage = (): string => notice('Password', 'Your password has expired.');
export const termsPage = (): string =>
  notice('Agreement', 'You must accept the new terms before you go on.');
export const inUsePage = (): string =>
  notice('Log on', 'You are already logged on from another computer.');
export const maintenancePage = (): string =>
  notice('Back soon', 'The site is closed for scheduled maintenance.');
export const robotPage = (): string => notice('One moment', 'Please confirm that you are a human.');
export const errorPage = (): string =>
  page('Something went wrong', html`<p>We could not complete your request.</p>`, true);

const searchForm = (number: string): Markup =>
  html`<form action="/contracts">
    <label for="q">Contract number</label>
    <input id="q" name="q" value="${number}" /> <button>Find</button>
  </form>`;

export const searchPage = (): string =>
  page(
    'Find a contract',
    html`${searchForm('')}
      <p>Enter the number as it is printed on the contract.</p>
      <p><a href="/contracts/all">All contracts</a></p>`,
    true,
  );

export const resultsPage = (
  number: string,
  hits: readonly { number: string; owner: string; status: string }[],
): string =>
  page(
    'Find a contract',
    html`${searchForm(number)}
    ${
      hits.length === 0
        ? html`<p>No contracts match this number.</p>`
        : html`<table>
            <tr>
              <th>Contract number</th>
              <th>Owner</th>
              <th>Status</th>
            </tr>
            ${hits.map(
              (hit) =>
                html`<tr>
                  <td><a href="/contracts/${encodeURIComponent(hit.number)}">${hit.number}</a></td>
                  <td>${hit.owner}</td>
                  <td>${hit.status}</td>
                </tr>`,
            )}
          </table>`
    }`,
    true,
  );

const day = (iso: string): string =>
  new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' }).format(
    Date.parse(iso),
  );

const dollars = (amount: string): string =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(Number(amount));

/** What such pages show beside the values: a recording must not keep it. */
const OWNER = {
  birth: '03/14/1961',
  phone: '(212) 555-0147',
  mail: 'owner@mail.example',
  address: '48 Quarry Lane, Springfield, IL 62704',
};

export const contractPage = (policy: ShownPolicy): string =>
  page(
    `Contract ${policy.number}`,
    html`<dl>
        <dt>Contract number</dt>
        <dd>${policy.number}</dd>
        <dt>Contract status</dt>
        <dd>${policy.status}</dd>
        <dt>Product</dt>
        <dd>${policy.product}</dd>
        <dt>Owner</dt>
        <dd>${policy.owner}</dd>
        <dt>Date of birth</dt>
        <dd>${OWNER.birth}</dd>
        <dt>Phone</dt>
        <dd>${OWNER.phone}</dd>
        <dt>E-mail</dt>
        <dd><a href="mailto:${OWNER.mail}">${OWNER.mail}</a></dd>
        <dt>Address</dt>
        <dd>${OWNER.address}</dd>
      </dl>
      <table>
        <tr>
          <th>Value</th>
          <th>As of</th>
          <th>Amount</th>
        </tr>
        ${policy.values.map(
          (value) =>
            html`<tr>
              <td>${value.name}</td>
              <td>${day(value.asOf)}</td>
              <td>${value.amount === undefined ? 'Not available' : dollars(value.amount)}</td>
            </tr>`,
        )}
      </table>`,
    true,
  );

/** Contracts a screen of the list. */
export const SCREEN = 15;

/** One screen of all contracts, a line for each, with the values that a contract may have. */
export const listPage = (from: number, policies: readonly ShownPolicy[], total: number): string => {
  const names = ['Account Value', 'Surrender Value', 'Death Benefit'];
  const last = from + policies.length;
  const cellOf = (policy: ShownPolicy, name: string): string => {
    const amount = policy.values.find((value) => value.name === name)?.amount;
    return amount === undefined ? 'Not available' : dollars(amount);
  };
  return page(
    'All contracts',
    total === 0
      ? html`<p>You have no contracts.</p>`
      : html`<p>Contracts ${from + 1} to ${last} of ${total}</p>
          <table>
            <tr>
              <th>Contract number</th>
              <th>Owner</th>
              <th>Product</th>
              <th>Contract status</th>
              ${names.map((name) => html`<th>${name}</th>`)}
              <th>As of</th>
            </tr>
            ${policies.map(
              (policy) =>
                html`<tr>
                  <td>
                    <a href="/contracts/${encodeURIComponent(policy.number)}">${policy.number}</a>
                  </td>
                  <td>${policy.owner}</td>
                  <td>${policy.product}</td>
                  <td>${policy.status}</td>
                  ${names.map((name) => html`<td>${cellOf(policy, name)}</td>`)}
                  <td>${policy.values[0] && day(policy.values[0].asOf)}</td>
                </tr>`,
            )}
          </table>
          ${last < total ? html`<p><a href="/contracts/all?from=${last}">Next</a></p>` : undefined}`,
    true,
  );
};

/** The same facts after a redesign: nothing is where it was. */
export const redesignedPage = (policy: ShownPolicy): string =>
  page('Contract at a glance', html`<p>Contract ${policy.number}: see your statement.</p>`, true);
