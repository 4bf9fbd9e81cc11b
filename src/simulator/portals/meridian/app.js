// The page of Meridian's portal: draws what its JSON API answers, and keeps the bearer token for
// as long as the tab lives.
const TOKEN = 'meridian.token';
const view = document.querySelector('#view');
let challenge;

const WORDS = {
  invalid: 'That user name or password is not right.',
  locked: 'Your access is locked after too many tries. Call Meridian to unlock it.',
  password_expired: 'Your password has expired. Choose another one on the telephone service.',
  terms: 'You must accept the new terms of use before you continue.',
  in_use: 'You are already signed in on another device.',
  wrong_code: 'That code is not right.',
  code_expired: 'That code is no longer valid.',
  session_ended: 'Your session has ended. Sign in again.',
  signed_in_elsewhere: 'You were signed out because this login was used on another device.',
  maintenance: 'The site is down for maintenance.',
  robot: 'Please verify that you are a human.',
};

const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== undefined));
  return made;
};

const draw = (name, ...children) => {
  view.dataset.view = name;
  view.replaceChildren(...children.filter((child) => child !== undefined));
};

const alertOf = (error) =>
  error && element('p', { role: 'alert', textContent: WORDS[error] ?? 'Something went wrong.' });

const field = (label, properties) => [
  element('label', { htmlFor: properties.id, textContent: label }),
  element('input', { required: true, ...properties }),
];

const form = (id, onSubmit, ...children) => {
  const made = element('form', { id }, ...children.flat());
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    onSubmit(new FormData(made));
  });
  return made;
};

const button = (textContent, onClick) => {
  const made = element('button', { textContent, type: onClick ? 'button' : 'submit' });
  if (onClick) made.addEventListener('click', onClick);
  return made;
};

const call = async (path, body) => {
  const token = sessionStorage.getItem(TOKEN);
  const response = await fetch(path, {
    method: body ? 'POST' : 'GET',
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, ...(await response.json()) };
};

const signIn = (error) =>
  draw(
    'sign-in',
    element('h1', { textContent: 'Welcome' }),
    alertOf(error),
    form(
      'sign-in',
      async (data) => {
        const answer = await call('/api/sign-in', Object.fromEntries(data));
        if (answer.error) return signIn(answer.error);
        if (answer.next) return location.assign(answer.next);
        challenge = answer;
        enterCode();
      },
      field('User name', { id: 'user', name: 'user', autocomplete: 'username' }),
      field('Password', {
        id: 'password',
        name: 'password',
        type: 'password',
        autocomplete: 'current-password',
      }),
      button('Continue'),
    ),
  );

const enterCode = (error) =>
  draw(
    'code',
    element('h1', { textContent: 'Check your phone' }),
    element('p', { id: 'sent-to', textContent: `Sent to ${challenge.sentTo}` }),
    alertOf(error),
    form(
      'code-form',
      async (data) => {
        const answer = await call('/api/code', { id: challenge.id, code: data.get('code') });
        if (answer.error) return enterCode(answer.error);
        sessionStorage.setItem(TOKEN, answer.token);
        location.hash = '#/contracts';
      },
      field('Six-digit code', {
        id: 'code',
        name: 'code',
        inputMode: 'numeric',
        autocomplete: 'one-time-code',
      }),
      button('Confirm'),
      button('Send a new code', async () => {
        await call('/api/code/again', { id: challenge.id });
        enterCode();
      }),
    ),
  );

/** What a refused answer does to the page; true when it was refused. */
const refused = (answer) => {
  if (!answer.error) return false;
  if (answer.status === 401) {
    // Of several answers that say no, the first tells why; the others were asked without a token.
    if (sessionStorage.getItem(TOKEN) !== null) signIn(answer.error);
    sessionStorage.removeItem(TOKEN);
  } else draw('error', alertOf(answer.error));
  return true;
};

/** All contracts of the login, as many at once as the API gives. */
const showFrom = async (list, from) => {
  const answer = await call(`/api/contracts?${new URLSearchParams({ from })}`);
  if (refused(answer)) return;
  const { total, contracts = [] } = answer;
  list.append(
    ...contracts.map(({ contractNumber, status, values }) => {
      const amounts = values.map(({ label, amount }) => `${label} ${amount ?? '—'}`);
      const parts = [contractNumber, status.description, ...amounts];
      return element('p', { textContent: parts.join(' · ') });
    }),
    total === 0 ? 'You have no contracts.' : '',
  );
  const shown = from + contracts.length;
  if (shown >= total) return;
  const more = button(`Show more (${shown} of ${total})`, async () => {
    more.remove();
    await showFrom(list, shown);
  });
  list.append(more);
};

const contracts = async () => {
  if (refused(await call('/api/me'))) return;
  const found = element('div', { id: 'found' });
  draw(
    'contracts',
    element('h1', { textContent: 'Contracts' }),
    form(
      'search',
      async (data) => {
        const query = new URLSearchParams({ number: data.get('number') });
        const answer = await call(`/api/contracts?${query}`);
        if (refused(answer)) return;
        found.replaceChildren(
          ...answer.results.map((hit) =>
            element(
              'p',
              {},
              element('a', { href: `#/contracts/${hit.id}`, textContent: hit.number }),
            ),
          ),
          answer.results.length === 0 ? 'No contract has this number.' : '',
        );
      },
      field('Contract number', { id: 'number', name: 'number' }),
      button('Find'),
    ),
    found,
    button('Show all', async () => {
      found.replaceChildren();
      await showFrom(found, 0);
    }),
    button('Sign out', () => {
      sessionStorage.removeItem(TOKEN);
      location.hash = '#/sign-in';
    }),
  );
};

const contract = async (id) => {
  const answer = await call(`/api/contracts/${id}`);
  if (refused(answer)) return;
  const rows = (answer.values ?? []).map(({ label, amount, valuationDate }) =>
    element(
      'tr',
      {},
      element('td', { textContent: label }),
      element('td', { textContent: amount ?? '—' }),
      element('td', { textContent: valuationDate }),
    ),
  );
  draw(
    'contract',
    element('h1', { textContent: `Contract ${answer.contractNumber ?? ''}` }),
    element('p', { textContent: `${answer.product?.name ?? ''}: ${answer.status?.description}` }),
    element('table', {}, element('tbody', {}, ...rows)),
    element('p', {}, element('a', { href: '#/contracts', textContent: 'Back to contracts' })),
  );
};

const route = () => {
  const [, id] = /^#\/contracts\/(.+)$/.exec(location.hash) ?? [];
  if (!sessionStorage.getItem(TOKEN)) return signIn();
  return id ? contract(id) : contracts();
};

window.addEventListener('hashchange', () => void route());
void route();
