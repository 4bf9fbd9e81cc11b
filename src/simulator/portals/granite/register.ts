import type { ShownPolicy } from '../policy-data.ts';
import { html, type Markup } from '../markup.ts';
import { document, dollars, shortDate } from './shell.ts';

/** Policies a screen, as many lines as each has values. */
export const SCREEN = 25;

const form = (all: boolean): Markup => {
  const chosen = (yes: boolean): Markup => ({ markup: yes ? 'selected' : '' });
  return html`<form method="get" action="/office/register">
    <p>
      <label for="show">Show:</label>
      <select id="show" name="show">
        <option value="active" ${chosen(!all)}>Active only</option>
        <option value="all" ${chosen(all)}>All policies</option>
      </select>
      <input type="submit" value="Display" />
    </p>
  </form>`;
};

/** The register before anything was asked of it. */
export const registerForm = (): string =>
  document(
    'Policy Register',
    html`<h1>Policy Register</h1>
      ${form(false)}`,
  );

const linesOf = (policy: ShownPolicy): Markup[] => {
  const values = policy.values.map(({ name, asOf, amount }) => [
    name,
    shortDate(asOf),
    amount === undefined ? 'N/A' : dollars(amount),
  ]);
  return (values.length === 0 ? [['', '', '']] : values).map(
    ([name, day, amount]) =>
      html`<tr>
        <td>${policy.number}</td>
        <td>${policy.owner}</td>
        <td>${policy.product}</td>
        <td>${policy.status}</td>
        <td>${name}</td>
        <td>${day}</td>
        <td class="num">${amount}</td>
      </tr>`,
  );
};

/** One screen of the register: a line for each value of each policy. */
export const registerFrame = (
  asked: { all: boolean; from: number },
  policies: readonly ShownPolicy[],
  total: number,
): string => {
  const last = asked.from + policies.length;
  const list = html`<p>POLICIES ${asked.from + 1} - ${last} OF ${total}</p>
    <table>
      <tr>
        <th>Policy No.</th>
        <th>Insured</th>
        <th>Plan</th>
        <th>Status</th>
        <th>Value Type</th>
        <th>Value Date</th>
        <th>Amount</th>
      </tr>
      ${policies.flatMap(linesOf)}
    </table>
    ${
      last < total
        ? html`<form method="get" action="/office/register">
            <input type="hidden" name="show" value="${asked.all ? 'all' : 'active'}" />
            <input type="hidden" name="from" value="${last}" />
            <p><input type="submit" value="Next Screen" /></p>
          </form>`
        : undefined
    }`;
  return document(
    'Policy Register',
    html`<h1>Policy Register</h1>
      ${form(asked.all)}
      <p>SELECTION: ${asked.all ? 'ALL POLICIES' : 'ACTIVE POLICIES'}</p>
      ${total === 0 ? html`<p role="status">NO POLICIES FOUND FOR THIS SELECTION</p>` : list}`,
  );
};
