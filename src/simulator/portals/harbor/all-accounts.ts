import type { ShownPolicy } from '../policy-data.ts';
import { html, type Markup } from '../markup.ts';
import { accountDetails } from './pages.ts';
import { page } from './shell.ts';

/** Accounts a screen. */
export const SCREEN = 25;

const form = (closed: boolean): Markup =>
  html`<form method="get" action="/accounts/all">
    <div>
      <input
        type="checkbox"
        id="closed"
        name="closed"
        value="yes"
        ${{ markup: closed ? 'checked' : '' }}
      />
      <label class="beside" for="closed">Include closed accounts</label>
    </div>
    <div><button type="submit">Show accounts</button></div>
  </form>`;

/** One screen of all accounts of a login, a card each. */
export const allAccountsPage = (
  asked: { closed: boolean; from: number },
  policies: readonly ShownPolicy[],
  total: number,
): string => {
  const last = asked.from + policies.length;
  const next = `/accounts/all?${asked.closed ? 'closed=yes&' : ''}from=${last}`;
  const cards = html`<p>Accounts ${asked.from + 1}–${last} of ${total}</p>
    ${policies.map((policy) => html`<article>${accountDetails(policy)}</article>`)}
    ${last < total ? html`<p><a href="${next}">Next accounts</a></p>` : undefined}`;
  return page(
    'All accounts',
    html`${form(asked.closed)}
      <p>${asked.closed ? 'Open and closed accounts' : 'Open accounts'}</p>
      ${total === 0 ? html`<p role="status">You have no accounts here.</p>` : cards}`,
    true,
  );
};
