import { createHash } from 'node:crypto';
import { html, type Markup } from '../markup.ts';
import type { ShownPolicy } from '../policy-data.ts';

const page = (body: Markup): string =>
  `<!doctype html>${
    html`<html lang="en">
      <head>
        <title>Cedar Assurance</title></head
      >${body}
    </html>`.markup
  }\n`;

export const REFUSALS: Record<string, string> = {
  locked: 'Your user ID has been locked.',
  'password-expired': 'Your password has expired.',
  terms: 'You must accept the new terms.',
  'in-use': 'Another session is active.',
};

export const enterPage = (said?: string): string =>
  page(
    html`<body>
      <h1>Cedar Assurance</h1>
      <p role="alert">${said}</p>
      <form method="post" action="/enter">
        <label for="user">User ID</label> <input id="user" name="user" />
        <label for="secret">Password</label> <input id="secret" name="secret" type="password" />
        <button>Enter the desk</button>
      </form>
    </body>`,
  );

/** The same words, whether time or another sign-in has ended it. */
export const overPage = (): string =>
  page(
    html`<body>
      <p>Your session has expired. Please sign in again.</p>
    </body>`,
  );

export const strangerPage = (): string =>
  page(
    html`<body>
      <p>There is nothing here.</p>
    </body>`,
  );

export const desk = (id: string): string =>
  page(
    html`<frameset rows="60,*">
      <frame name="bar" src="/desk/${id}/bar" />
      <frame name="work" src="/desk/${id}/find" />
    </frameset>`,
  );

export const barFrame = (id: string): string =>
  page(
    html`<body>
      <p>Desk ${id} <a href="/enter">Leave the desk</a></p>
    </body>`,
  );

export const findFrame = (id: string, asked: string, hit: string | undefined): string =>
  page(
    html`<body>
      <form>
        <label for="number">Policy</label> <input id="number" name="number" value="${asked}" />
        <button>Find it</button>
      </form>
      ${
        hit === undefined
          ? asked === ''
            ? html``
            : html`<p>This desk has no policy ${asked}.</p>`
          : html`<a href="/desk/${id}/policy/${encodeURIComponent(hit)}/facts">Open ${hit}</a>`
      }
    </body>`,
  );

/** Another one after each change of the policy. */
const editionOf = (policy: ShownPolicy): string =>
  createHash('sha256').update(JSON.stringify(policy)).digest('hex').slice(0, 8);

const head = (policy: ShownPolicy): Markup =>
  html`<dl>
    <dt>Policy</dt>
    <dd>${policy.number}</dd>
    <dt>Edition</dt>
    <dd>${editionOf(policy)}</dd>
  </dl>`;

export const factsFrame = (id: string, policy: ShownPolicy): string =>
  page(
    html`<body>
      ${head(policy)}
      <dl>
        <dt>Standing</dt>
        <dd>${policy.status}</dd>
        <dt>Plan</dt>
        <dd>${policy.product}</dd>
      </dl>
      <a href="/desk/${id}/policy/${encodeURIComponent(policy.number)}/values">Values</a>
    </body>`,
  );

export const valuesFrame = (id: string, policy: ShownPolicy): string =>
  page(
    html`<body>
      ${head(policy)}
      <table>
        <tr>
          <th>Kind</th>
          <th>Amount</th>
          <th>Valued on</th>
        </tr>
        ${policy.values.map(
          ({ name, amount, asOf }) =>
            html`<tr>
              <td>${name}</td>
              <td>${amount === undefined ? '-' : `$${amount}`}</td>
              <td>${asOf}</td>
            </tr>`,
        )}
      </table>
      <p>Notes: on 13/45/2019 the premium account was suspended; the given date was incorrect.</p>
      <a href="/desk/${id}/policy/${encodeURIComponent(policy.number)}/facts">Facts</a>
    </body>`,
  );
