import type { ShownPolicy } from '../policy-data.ts';
import type { CodeWay } from '../handle.ts';
import { html, type Markup } from '../markup.ts';
import { dollars, longDate, page } from './shell.ts';

/** What is shown instead of the next screen, by what the office answered. */
export const REFUSALS = {
  locked: page(
    'We can’t sign you on',
    html`<p class="alert" role="alert">
      Your access has been locked because of repeated attempts. Please call Harbor Trust Service.
    </p>`,
  ),
  'password-expired': page(
    'Time for a new password',
    html`<p class="alert" role="alert">
      You must change your password before you can see your accounts.
    </p>`,
  ),
  terms: page(
    'Our agreement has changed',
    html`<p>Please read and accept our terms and conditions to continue to your accounts.</p>
      <form method="post"><button>Accept</button></form>`,
  ),
  'in-use': page(
    'Already signed on',
    html`<p class="alert" role="alert">
      This User ID is already signed on from another browser. Sign off there first.
    </p>`,
  ),
  maintenance: page(
    'We’ll be right back',
    html`<p>Our site is currently unavailable. Maintenance is in progress.</p>`,
  ),
  'robot-check': page(
    'Just a moment',
    html`<p>Checking your browser before you go on.</p>
      <div id="challenge-form"></div>`,
  ),
} satisfies Record<string, string>;

export const errorPage = (): string =>
  page('Sorry', html`<p>We can’t show this page right now.</p>`, true);

const alertLine = (text: string | undefined): Markup | undefined =>
  text === undefined ? undefined : html`<p class="alert" role="alert">${text}</p>`;

export const userPage = (alert?: string): string =>
  page(
    'Sign on',
    html`${alertLine(alert)}
      <form method="post" action="/sign-on">
        <label for="user">User ID</label>
        <input id="user" name="user" autocomplete="username" required />
        <div><button type="submit">Continue</button></div>
      </form>`,
  );

export const passwordPage = (user: string, alert?: string): string =>
  page(
    'Enter your password',
    html`${alertLine(alert)}
      <p>Signing on as <strong>${user}</strong>. <a href="/sign-on">Not you?</a></p>
      <form method="post" action="/sign-on/password">
        <input type="hidden" name="user" value="${user}" />
        <label for="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
        />
        <div><button type="submit">Sign on</button></div>
      </form>`,
  );

const WAYS: Record<CodeWay, string> = {
  text: 'Text message to (•••) •••-••17',
  voice: 'Voice call to (•••) •••-••17',
  email: 'E-mail to a•••@•••.com',
  app: 'Authenticator app',
};

const SENT: Record<CodeWay, string> = {
  text: 'We sent a code by text message to (•••) •••-••17.',
  voice: 'We are calling (•••) •••-••17 with your code.',
  email: 'We sent a code by e-mail to a•••@•••.com.',
  app: 'Open your authenticator app and enter the code it shows.',
};

export const waysPage = (ways: readonly CodeWay[]): string =>
  page(
    'Confirm it’s you',
    html`<form method="post" action="/sign-on/way">
      <fieldset>
        <legend>How would you like to receive your security code?</legend>
        ${ways.map(
          (way, index) =>
            html`<div>
              <input
                type="radio"
                id="way-${way}"
                name="way"
                value="${way}"
                ${{ markup: index === 0 ? 'checked' : '' }}
              />
              <label class="beside" for="way-${way}">${WAYS[way]}</label>
            </div>`,
        )}
      </fieldset>
      <div><button type="submit">Send code</button></div>
    </form>`,
  );

export const codePage = (way: CodeWay, choice: boolean, alert?: string): string =>
  page(
    'Enter your security code',
    html`${alertLine(alert)}
      <p id="sent">${SENT[way]}</p>
      <form method="post" action="/sign-on/code">
        <label for="code">Security code</label>
        <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required />
        <div>
          <input type="checkbox" id="remember" name="remember" value="yes" />
          <label class="beside" for="remember">Remember this device for 30 days</label>
        </div>
        <div><button type="submit">Verify</button></div>
      </form>
      ${
        way === 'app'
          ? undefined
          : html`<form method="post" action="/sign-on/again">
              <button class="quiet">Send a new code</button>
            </form>`
      }
      ${choice ? html`<p><a href="/sign-on/way">Use another way</a></p>` : undefined}`,
  );

const searchForm = (number: string): Markup =>
  html`<form method="get" action="/accounts">
    <label for="number">Account number</label>
    <input id="number" name="number" value="${number}" />
    <button type="submit">Find account</button>
  </form>`;

export const homePage = (passwordEnds?: string): string =>
  page(
    'Accounts',
    html`${
        passwordEnds === undefined
          ? undefined
          : html`<p class="notice" role="status">
              Your password will expire on ${longDate(passwordEnds)}.
              <a href="/password">Change it now</a>
            </p>`
      }
      ${searchForm('')}
      <p><a href="/accounts/all">All accounts</a></p>`,
    true,
  );

export const newsPage = (): string =>
  page(
    'News for advisors',
    html`<p>Our new statements arrive in January. There is nothing you need to do.</p>
      <form method="post" action="/news">
        <button type="submit">Continue to my accounts</button>
      </form>`,
  );

export const noAccountPage = (number: string, similar: readonly string[]): string =>
  page(
    'Accounts',
    html`${searchForm(number)}
      <p role="status">We found no account with this number.</p>
      ${
        similar.length === 0
          ? undefined
          : html`<p>Were you looking for one of these?</p>
              <ul>
                ${similar.map((each) => html`<li>${each}</li>`)}
              </ul>`
      }`,
    true,
  );

/** What an account's own page shows of it, and its card among all accounts. */
export const accountDetails = (policy: ShownPolicy): Markup =>
  html`<div class="facts">
      ${(
        [
          ['Account number', policy.number],
          ['Registration', policy.owner],
          ['Product', policy.product],
          ['Account status', policy.status],
        ] as const
      ).map(
        ([label, text]) =>
          html`<div>
            <div class="label">${label}</div>
            <div class="data">${text}</div>
          </div>`,
      )}
    </div>
    <h2>Values</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Description</th>
          <th scope="col">Valuation date</th>
          <th scope="col">Value (USD)</th>
        </tr>
      </thead>
      <tbody>
        ${policy.values.map(
          (value) =>
            html`<tr>
              <th scope="row">${value.name}</th>
              <td>${longDate(value.asOf)}</td>
              <td class="amount">${value.amount === undefined ? '—' : dollars(value.amount)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;

export const accountPage = (policy: ShownPolicy): string =>
  page('Account summary', accountDetails(policy), true);

/** The same facts after a redesign: nothing is called what it was called. */
export const redesignedPage = (policy: ShownPolicy): string =>
  page(
    'Your wealth at a glance',
    html`<p>${policy.product} ${policy.number}</p>
      <ul>
        ${policy.values.map((value) => html`<li>${value.name}: open the app to see it</li>`)}
      </ul>`,
    true,
  );
