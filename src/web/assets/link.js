// The page works without this: here it follows the sign-in without reloading, shows a password on
// request, keeps a user ID in this tab for one more try, says a time in the zone of its reader, and lets a form be sent once.

const POLL = 1000;

const follow = async () => {
  for (;;) {
    const page = document.querySelector('main');
    if (page.dataset.watched !== 'true') return;
    await new Promise((resolve) => setTimeout(resolve, POLL));
    try {
      const answer = await fetch(page.dataset.state);
      if (!answer.ok) continue;
      const { key } = await answer.json();
      if (key !== page.dataset.key) await redraw();
    } catch {
      // Offline for a moment: the next look tells.
    }
  }
};

const redraw = async () => {
  const answer = await fetch(document.querySelector('main').dataset.page);
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  document.title = fresh.title;
  document.querySelector('main').replaceWith(fresh.querySelector('main'));
  prepare();
  (document.querySelector('[autofocus]') ?? document.querySelector('h1')).focus();
};

const showTime = (time) => {
  const options = { hour: 'numeric', minute: '2-digit' };
  time.textContent = `until ${new Date(time.dateTime).toLocaleTimeString('en-US', options)}`;
};

const prepare = () => {
  for (const time of document.querySelectorAll('time.until')) showTime(time);
  for (const secret of document.querySelectorAll('.secret')) addReveal(secret);
  for (const form of document.querySelectorAll('form')) form.addEventListener('submit', sendOnce);
  fillKept();
};

const KEPT = 'user id';
const pageOf = () => document.querySelector('main').dataset.page;
const plainInputs = () =>
  [...document.querySelectorAll('.field input[type=text]')].filter(
    (input) => input.id.startsWith('field-') && !input.closest('.secret'),
  );

/** A refused sign-in often has one wrong character: what is no secret need not be typed again. */
const keepTyped = () => {
  const inputs = plainInputs();
  if (inputs.length === 0) return;
  const typed = Object.fromEntries(inputs.map(({ id, value }) => [id, value]));
  sessionStorage.setItem(KEPT, JSON.stringify({ page: pageOf(), typed }));
};

const fillKept = () => {
  const { page, typed } = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}');
  const inputs = plainInputs();
  if (page === pageOf() && inputs.length > 0)
    for (const input of inputs) input.value ||= typed[input.id] ?? '';
  else if (document.querySelector('main').dataset.watched !== 'true')
    sessionStorage.removeItem(KEPT);
};

const addReveal = (secret) => {
  const input = secret.querySelector('input');
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Show';
  button.setAttribute('aria-pressed', 'false');
  button.setAttribute('aria-label', `Show ${input.dataset.label}`);
  button.addEventListener('click', () => {
    const shown = input.type === 'text';
    input.type = shown ? 'password' : 'text';
    button.textContent = shown ? 'Show' : 'Hide';
    button.setAttribute('aria-pressed', String(!shown));
  });
  secret.append(button);
};

const sendOnce = (event) => {
  const form = event.currentTarget;
  if (form.dataset.sent === 'true') {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'true';
  keepTyped();
  for (const input of form.querySelectorAll('.secret input')) input.type = 'password';
  for (const button of form.querySelectorAll('button'))
    button.setAttribute('aria-disabled', 'true');
};

// A page kept by the browser for "back" may be sent again on purpose.
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form')) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll('button')) button.removeAttribute('aria-disabled');
  }
});

prepare();
document.querySelector('.notice.bad')?.focus();
void follow();
