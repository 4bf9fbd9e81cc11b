import type { ShownPolicy } from '../policy-data.ts';
import { html, type Markup } from '../markup.ts';
import { dollars, page, usDate } from './pages.ts';

/** What the form above the list asks for; without `closed` it shows policies in force alone. */
export interface BookQuery {
  closed: boolean;
  rows: number;
  page: number;
}

/** Rows a screen that may be chosen. */
export const ROWS = [10, 25] as const;

const SHOWN = { open: 'Open policies', all: 'All policies' };

const choice = (value: string | number, text: string, chosen: boolean): Markup =>
  html`<option value="${value}" ${chosen ? { markup: 'selected' } : undefined}>${text}</option>`;

const form = ({ closed, rows }: BookQuery): Markup =>
  html`<form method="get" action="/book">
    <label for="show">Show</label>
    <select id="show" name="show">
      ${choice('open', SHOWN.open, !closed)} ${choice('all', SHOWN.all, closed)}
    </select>
    <label for="rows">Rows</label>
    <select id="rows" name="rows">
      ${ROWS.map((each) => choice(each, String(each), each === rows))}
    </select>
    <div><button type="submit">Update list</button></div>
  </form>`;

const cellOf = (policy: ShownPolicy, name: string): string => {
  const value = policy.values.find((each) => each.name === name);
  if (!value) return '—';
  if (value.amount === undefined) return 'Not available';
  return `${dollars(value.amount)} (${usDate(value.asOf)})`;
};

/** The list of a whole book, a screen at a time. */
export const bookPage = (
  query: BookQuery,
  policies: readonly ShownPolicy[],
  total: number,
): string => {
  const names = [...new Set(policies.flatMap((policy) => policy.values.map(({ name }) => name)))];
  const from = (query.page - 1) * query.rows + 1;
  const next = `/book?show=${query.closed ? 'all' : 'open'}&rows=${query.rows}&page=${query.page + 1}`;
  const list = html`<p id="count">Policies ${from} to ${from + policies.length - 1} of ${total}</p>
    <table id="book">
      <thead>
        <tr>
          <th>Policy number</th>
          <th>Owner</th>
          <th>Product</th>
          <th>Status</th>
          ${names.map((name) => html`<th>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${policies.map(
          (policy) =>
            html`<tr>
              <td><a href="/policies/${encodeURIComponent(policy.number)}">${policy.number}</a></td>
              <td>${policy.owner}</td>
              <td>${policy.product}</td>
              <td>${policy.status}</td>
              ${names.map((name) => html`<td class="amount">${cellOf(policy, name)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
    ${
      from + policies.length - 1 < total
        ? html`<p><a id="next" href="${next}">Next page</a></p>`
        : undefined
    }`;
  return page(
    'Your policies',
    html`${form(query)}
      <p id="shown">${query.closed ? SHOWN.all : SHOWN.open}</p>
      ${
        total === 0 ? html`<p id="no-policies">There are no policies under this User ID.</p>` : list
      }`,
    true,
  );
};
