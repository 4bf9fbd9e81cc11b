// What is done in the picture goes to the browser that it shows, in the order in which it is done.
const by = (id) => document.getElementById(id);
const picture = by('picture');
const shown = by('shown');
const MOVES_MS = 100;
let size = { width: 1, height: 1 };
let sent = Promise.resolve();

const send = (deed) => {
  sent = sent
    .then(() =>
      fetch('do', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(deed),
      }),
    )
    .catch(() => {});
};

/** Where in the portal's page something is, which the picture shows at another size. */
const placeOf = ({ clientX, clientY }) => {
  const { left, top, width, height } = shown.getBoundingClientRect();
  return {
    x: Math.max(0, Math.round(((clientX - left) / width) * size.width)),
    y: Math.max(0, Math.round(((clientY - top) / height) * size.height)),
  };
};

picture.addEventListener('click', (event) => {
  picture.focus();
  send({ do: 'click', ...placeOf(event), nth: Math.min(3, Math.max(1, event.detail)) });
});
picture.addEventListener(
  'wheel',
  (event) => {
    event.preventDefault();
    send({ do: 'scroll', ...placeOf(event), by: event.deltaY });
  },
  { passive: false },
);
let moved = 0;
picture.addEventListener('mousemove', (event) => {
  if (event.timeStamp - moved < MOVES_MS) return;
  moved = event.timeStamp;
  send({ do: 'move', ...placeOf(event) });
});
const KEYS = /^(Enter|Backspace|Delete|Escape|Home|End|Page(Up|Down)|Arrow\w+)$/;
picture.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.isComposing) return;
  if (KEYS.test(event.key)) send({ do: 'key', key: event.key });
  else if (Array.from(event.key).length === 1) send({ do: 'type', text: event.key });
  else return;
  event.preventDefault();
});
picture.addEventListener('paste', (event) => {
  event.preventDefault();
  send({ do: 'type', text: event.clipboardData.getData('text').trim().slice(0, 500) });
});

by('done').addEventListener('click', () => send({ do: 'end', how: 'done' }));
by('stop').addEventListener('click', () => send({ do: 'end', how: 'stop' }));
by('none-of-these').addEventListener('click', () => send({ do: 'choose' }));

const setText = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

const tell = ({ asks, done, problem, steps, menu, busy }) => {
  setText(by('asks'), asks);
  setText(by('problem'), problem ?? '');
  by('problem').hidden = problem === undefined;
  setText(by('done'), done ?? '');
  by('done').hidden = done === undefined;
  picture.ariaBusy = String(busy === true);
  by('steps').replaceChildren(
    ...steps.map((step) => Object.assign(document.createElement('li'), { textContent: step })),
  );
  by('menu').hidden = menu === undefined;
  by('options').replaceChildren(
    ...(menu ?? []).map((option) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = option;
      button.addEventListener('click', () => send({ do: 'choose', option }));
      return button;
    }),
  );
  if (menu !== undefined) by('options').firstElementChild?.focus();
};

const events = new EventSource('events');
events.addEventListener('told', ({ data }) => tell(JSON.parse(data)));
events.addEventListener('picture', ({ data }) => {
  const { picture: bytes, width, height } = JSON.parse(data);
  size = { width, height };
  shown.src = `data:image/jpeg;base64,${bytes}`;
  by('none').hidden = true;
});
events.addEventListener('over', () => {
  events.close();
  tell({ asks: 'The recording is over. You can close this page.', steps: [] });
  by('stop').hidden = true;
  picture.hidden = true;
  by('how').hidden = true;
});
