import type { ShownPolicy } from '../policy-data.ts';
import { html, type Markup } from '../markup.ts';
import { document, dollars, shortDate, wholePage } from './shell.ts';

/** What is shown instead of the office, by what it answered to a password. */
export const REFUSALS = {
  locked: wholePage(
    'Sign On',
    html`<p class="error" role="alert">
      Your User ID has been disabled after too many attempts. Contact the Producer Help SlackDeps.
    </p>`,
  ),
  'password-expired': wholePage(
    'Change Password',
    html`<p class="error" role="alert">
      Your password has expired. You must change your password now.
    </p>`,
  ),
  terms: wholePage(
    'Producer Agreement',
    html`<p>You must accept the new terms of the producer agreement before you go on.</p>
      <form method="post"><button>I Accept</button></form>`,
  ),
  'in-use': wholePage(
    'Sign On',
    html`<p class="error" role="alert">
      This User ID is already signed on at another workstation.
    </p>`,
  ),
  maintenance: wholePage(
    'Not Available',
    html`<p>The system is closed for nightly maintenance. Please try again later.</p>`,
  ),
  'robot-check': wholePage(
    'Security Check',
    html`<p>We noticed unusual traffic from your network. Please confirm you are not a robot.</p>`,
  ),
} satisfies Record<string, string>;

export const signOnPage = (error?: string): string =>
  wholePage(
    'Sign On',
    html`${error === undefined ? undefined : html`<p class="error" role="alert">${error}</p>`}
      <form method="post" action="/signon" target="_top">
        <p>
          <label for="uid">User ID:</label>
          <input id="uid" name="uid" autocomplete="username" required />
        </p>
        <p>
          <label for="pwd">Password:</label>
          <input id="pwd" name="pwd" type="password" autocomplete="current-password" required />
        </p>
        <p><input type="submit" value="Sign On" /></p>
      </form>`,
  );

/** The office is two frames: the menu above, the work below. Its address never changes. */
export const framesetPage = (): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Granite Mutual Producer Office</title></head>
<frameset rows="48,*">
  <frame name="menu" title="Menu" src="/office/menu" noresize>
  <frame name="work" title="Work area" src="/office/policies">
  <noframes>This site needs frames.</noframes>
</frameset>
</html>
`;

/** Warns of the end of an idle session, in the work area, which has room for it. */
const WATCH = `
  const work = () => parent.frames['work'].document;
  const stay = async () => {
    await fetch('/office/stay', { method: 'POST' });
    work().getElementById('idle')?.remove();
  };
  const warn = () => {
    if (work().getElementById('idle')) return;
    const dialog = work().createElement('dialog');
    dialog.id = 'idle';
    dialog.setAttribute('aria-labelledby', 'idle-text');
    dialog.innerHTML = '<p id="idle-text">Your session will expire in less than 2 minutes.</p>';
    const button = work().createElement('button');
    button.textContent = 'Stay Signed On';
    button.addEventListener('click', stay);
    dialog.append(button);
    work().body.append(dialog);
    dialog.showModal();
  };
  setInterval(async () => {
    const answer = await fetch('/office/idle').catch(() => undefined);
    const left = answer?.ok ? Number(await answer.text()) : 0;
    if (left > 0 && left < 120000) warn();
  }, 1000);
`;

export const menuFrame = (user: string): string =>
  document(
    'Menu',
    html`<div class="banner">
      Granite Mutual Producer Office <span>User: ${user}</span>
      <a href="/office/policies" target="work">Policy Inquiry</a>
      <a href="/office/register" target="work">Policy Register</a>
      <a href="/signoff" target="_top">Sign Off</a>
    </div>`,
    WATCH,
  );

/** A frame or window of a session that is over: it says so, and nothing else changes. */
export const overPage = (why: string): string =>
  document(
    'Signed Off',
    html`<p class="error" role="alert">${why}</p>
      <p><a href="/signon" target="_top">Return to Sign On</a></p>`,
  );

export const errorPage = (): string =>
  document(
    'Error',
    html`<p class="error">The transaction could not be completed. Reference 0C7.</p>`,
  );

const inquiryForm = (number: string, all: boolean): Markup => {
  const chosen = (yes: boolean): Markup => ({ markup: yes ? 'selected' : '' });
  return html`<form method="get" action="/office/policies">
    <p>
      <label for="polno">Policy Number:</label>
      <input id="polno" name="polno" value="${number}" />
      <label for="show">Show:</label>
      <select id="show" name="show">
        <option value="active" ${chosen(!all)}>Active only</option>
        <option value="all" ${chosen(all)}>All policies</option>
      </select>
      <input type="submit" value="Find" />
    </p>
  </form>`;
};

export const inquiryFrame = (): string =>
  document(
    'Policy Inquiry',
    html`<h1>Policy Inquiry</h1>
      ${inquiryForm('', false)}`,
  );

const OPEN_DETAIL = `
  for (const link of document.querySelectorAll('a[target="detail"]'))
    link.addEventListener('click', (event) => {
      event.preventDefault();
      window.open(link.href, 'detail', 'width=640,height=560');
    });
`;

export const resultsFrame = (
  asked: { number: string; all: boolean },
  hits: readonly { number: string; owner: string; product: string; status: string }[],
  similar: readonly string[],
): string => {
  const found = html`<table>
    <tr>
      <th>Policy No.</th>
      <th>Insured</th>
      <th>Plan</th>
      <th>Status</th>
      <th>Detail</th>
    </tr>
    ${hits.map(
      (hit) =>
        html`<tr>
          <td>${hit.number}</td>
          <td>${hit.owner}</td>
          <td>${hit.product}</td>
          <td>${hit.status}</td>
          <td>
            <a href="/office/detail?polno=${encodeURIComponent(hit.number)}" target="detail"
              >View</a
            >
          </td>
        </tr>`,
    )}
  </table>`;
  const none = html`<p role="status">NO POLICIES FOUND FOR THIS SELECTION</p>
    ${
      similar.length === 0
        ? undefined
        : html`<h2>Similar Policy Numbers</h2>
            <ul>
              ${similar.map((each) => html`<li>${each}</li>`)}
            </ul>`
    }`;
  return document(
    'Policy Inquiry',
    html`<h1>Policy Inquiry</h1>
      ${inquiryForm(asked.number, asked.all)} ${hits.length > 0 ? found : none}`,
    OPEN_DETAIL,
  );
};

const CLOSE = `document.getElementById('close').addEventListener('click', () => window.close());`;

export const detailWindow = (policy: ShownPolicy): string =>
  document(
    'Policy Detail',
    html`<h1>Policy Detail</h1>
      <table>
        <tr>
          <th scope="row">Policy Number:</th>
          <td>${policy.number}</td>
        </tr>
        <tr>
          <th scope="row">Insured:</th>
          <td>${policy.owner}</td>
        </tr>
        <tr>
          <th scope="row">Plan:</th>
          <td>${policy.product}</td>
        </tr>
        <tr>
          <th scope="row">Policy Status:</th>
          <td>${policy.status}</td>
        </tr>
      </table>
      <h2>Values</h2>
      <table>
        <tr>
          <th>Value Type</th>
          <th>Value Date</th>
          <th>Amount</th>
        </tr>
        ${policy.values.map(
          (value) =>
            html`<tr>
              <td>${value.name}</td>
              <td>${shortDate(value.asOf)}</td>
              <td class="num">${value.amount === undefined ? 'N/A' : dollars(value.amount)}</td>
            </tr>`,
        )}
      </table>
      <p><button id="close">Close Window</button></p>`,
    CLOSE,
  );

/** The same facts after a redesign: a form, and no dates. */
export const redesignedWindow = (policy: ShownPolicy): string =>
  document(
    'Contract Browser',
    html`<h1>Contract Browser</h1>
      <form>
        <input aria-label="Contract" value="${policy.number}" readonly />
        ${policy.values.map(
          (value) => html`<input aria-label="${value.name}" value="${value.amount}" readonly />`,
        )}
      </form>`,
  );
