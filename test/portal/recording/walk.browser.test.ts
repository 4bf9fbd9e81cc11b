import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromium, type Browser } from 'playwright';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { showing, type Step } from '#portal/recording/step.ts';
import { forked, StepFailed, walk, walkAbsent, type Choose } from '#portal/recording/walk.ts';

const PAGE = `<label>Number <input></label>
  <button onclick="document.body.innerHTML = '<p>Policy 00123-4567 is in force</p>'">Look up</button>`;

const FILL: Step = { do: 'fill', find: { label: 'Number' } };
const press = (label: string): Step => ({ do: 'press', find: { role: ['button', label] } });

let browser: Browser;
beforeAll(async () => {
  const found = findChromium(process.env);
  if (found === undefined) throw new Error('No Chromium on this machine: npm test sets one up');
  browser = await chromium.launch(browserLaunch(found, process.env));
});
afterAll(() => browser.close());

const walked = async (choose?: Choose) => {
  await using context = await browser.newContext();
  context.setDefaultTimeout(5000);
  const page = await context.newPage();
  await page.setContent(PAGE);
  return await walk(page, '00123-4567', {
    steps: [FILL, press('Find')],
    ...(choose && { choose }),
  });
};

it('a step that fails is told, and the way goes on from there, in the same page', async () => {
  const failures: (Step | undefined)[] = [];
  const answers = [press('Search'), press('Look up'), 'here' as const];
  const way = await walked(async (_elements, failed) => {
    failures.push(failed);
    return answers.shift();
  });
  expect(failures).toEqual([press('Find'), press('Search'), undefined]);
  expect(way?.steps).toEqual([FILL, press('Look up')]);
  expect(way?.before).toHaveLength(2);
  expect(way?.results).toContain('is in force');
});

it('with nobody to ask, it says which step failed, after what, and what the page has', async () => {
  const failure = await walked().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StepFailed);
  expect(failure).toMatchObject({ step: press('Find'), done: [FILL] });
  expect((failure as StepFailed).shown.map(({ label }) => label)).toContain('Look up');
});

it('an answer in the background that comes late is what the step has shown', async () => {
  const asking = `<label>Number <input></label><p>Nothing yet</p><button onclick="
    fetch('/answer').then((answer) => answer.text()).then((text) => {
      document.querySelector('p').textContent = text;
    })">Look up</button>`;
  const server = createServer(({ url }, response) => {
    response.setHeader('content-type', 'text/html');
    if (url === '/') response.end(asking);
    else setTimeout(() => response.end('Policy 00123-4567 is in force'), 2500);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('No port');
    await using context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${address.port}/`);
    const way = await walk(page, '00123-4567', { steps: [FILL, press('Look up')] });
    expect(way?.results).toContain('is in force');
  } finally {
    server.close();
  }
});

const NUMBER = '00123-4567';

it('a page of frames, which has no body, is looked through at once', async () => {
  await using context = await browser.newContext();
  // Whoever waited for the body would wait for ever.
  context.setDefaultTimeout(0);
  const page = await context.newPage();
  const inner = 'data:text/html,<p>Policy 00123-4567 is in force</p>';
  await page.setContent(`<frameset cols="*"><frame name="work" src="${inner}"></frameset>`);
  await expect.poll(async () => (await showing(page, NUMBER))?.name()).toBe('work');
});

const SEARCH = `<label>Number <input></label>
  <button onclick="document.body.innerHTML = document.querySelector('template').innerHTML">Look up</button>`;
const FACTS = `<dl><dt>Number</dt><dd>${NUMBER}</dd><dt>Status</dt><dd>In Force</dd></dl>`;
const VALUES = `<p>Policy ${NUMBER}</p>
  <table><tr><th>Kind</th><th>Amount</th></tr><tr><td>Account Value</td><td>$12.00</td></tr></table>`;

/** Walks the given way on a page of this, in a browser that is thrown away. */
const walkOn = async (
  content: string,
  steps: readonly Step[],
): Promise<Awaited<ReturnType<typeof walk>>> => {
  await using context = await browser.newContext();
  context.setDefaultTimeout(5000);
  const page = await context.newPage();
  await page.setContent(content);
  return await walk(page, NUMBER, { steps });
};

it('a policy whose values stand on another screen keeps both', async () => {
  const content = `${SEARCH}<template>${FACTS}
    <button onclick='document.body.innerHTML = ${JSON.stringify(VALUES).replaceAll("'", '&#39;')}'>Amounts</button></template>`;
  const steps = [FILL, press('Look up'), press('Amounts')];
  const way = await walkOn(content, steps);
  const both = way && forked(way, 2);
  expect(both).toMatchObject({ steps, fork: 2 });
  expect(both?.policy.html).toContain('In Force');
  expect(both?.values?.html).toContain('$12.00');
});

it('a policy whole on one screen ends the way there, whatever was pressed after it', async () => {
  const content = `${SEARCH}<template>${FACTS}${VALUES}
    <button onclick="document.body.append('Printed')">Print</button></template>`;
  const way = await walkOn(content, [FILL, press('Look up'), press('Print')]);
  const whole = way && forked(way, 2);
  expect(whole?.steps).toEqual(
    [FILL, press('Look up'), press('Print')].slice(0, whole?.policy.after),
  );
  expect(whole?.values).toBeUndefined();
});

it('goes on in the window that a step opens', async () => {
  const content = `<label>Number <input></label><button onclick="
    const page = window.open('').document; page.write('<p>Policy ${NUMBER} in a window</p>'); page.close()">Look up</button>`;
  const way = await walkOn(content, [FILL, press('Look up')]);
  expect(way?.steps).toEqual([FILL, { ...press('Look up'), opens: true }]);
  expect(way?.results).toContain('in a window');
});

it('presses Enter in a field that has no button', async () => {
  const content = `<form onsubmit="event.preventDefault();
    document.body.innerHTML = '<p>Policy ' + this.number.value + '</p>'"><label>Number <input name="number"></label></form>`;
  const way = await walkOn(content, [{ do: 'enter', find: { label: 'Number' } }]);
  expect(way?.results).toContain(`Policy ${NUMBER}`);
});

it('opens by a double click what one click only marks', async () => {
  const content = `<table><tr ondblclick="document.body.innerHTML = '<p>Policy ${NUMBER} opened</p>'">
    <td>First of the list</td></tr></table>`;
  const way = await walkOn(content, [
    { do: 'double', find: { css: ':text-is("First of the list")' } },
  ]);
  expect(way?.results).toContain('opened');
});

it('ticks a box and chooses from a menu before it searches', async () => {
  const content = `<label>Number <input></label>
    <label><input type="checkbox" id="closed"> Closed too</label>
    <label>Show <select id="show"><option>Open</option><option>All</option></select></label>
    <button onclick="document.body.innerHTML = '<p>Policy ${NUMBER}, closed ' + document.querySelector('#closed').checked +
      ', ' + document.querySelector('#show').value + '</p>'">Look up</button>`;
  const steps: Step[] = [
    FILL,
    { do: 'check', find: { label: 'Closed too' } },
    { do: 'choose', find: { label: 'Show' }, option: 'All' },
    press('Look up'),
  ];
  const way = await walkOn(content, steps);
  expect(way?.steps).toEqual(steps);
  expect(way?.results).toContain('closed true, All');
});

it('finds a policy in its frame by what the frame is called, and a step in another', async () => {
  const content = `<iframe name="menu" srcdoc="<button onclick=&quot;
      parent.frames.work.document.body.innerHTML = '<p>Policy ${NUMBER}</p>'&quot;>Look up</button>"></iframe>
    <iframe name="work" srcdoc="<p>Nothing yet</p>"></iframe>`;
  const way = await walkOn(content, [press('Look up')]);
  const named = (name: string): string[] => [`frame[name="${name}"], iframe[name="${name}"]`];
  expect(way?.steps).toEqual([{ ...press('Look up'), frame: named('menu') }]);
  expect(way?.policy.frame).toEqual(named('work'));
});

it('amounts in a list that was searched are no values of the policy behind it', async () => {
  const listed = `<p>Policy ${NUMBER}</p><table><tr><th>Number</th><th>Owner</th><th>Cash</th></tr>
    <tr><td>${NUMBER}</td><td>Bo</td><td>$7.00</td></tr></table>`;
  const content = `${SEARCH}<template>${listed}
    <button onclick='document.body.innerHTML = ${JSON.stringify(FACTS)}'>View</button></template>`;
  const way = await walkOn(content, [FILL, press('Look up'), press('View')]);
  const behind = way && forked(way, 2);
  expect(behind?.policy.html).toContain('In Force');
  expect(behind?.values).toBeUndefined();
});

it('a step for any number that is late for an absent one is not where the way forks', async () => {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<label>Number <input></label><p></p><button hidden onclick="
      document.querySelector('p').innerHTML = document.querySelector('input').value === '${NUMBER}'
        ? '<a href=&quot;#&quot;>Open ${NUMBER}</a>' : 'None has this number'">Look up</button>
      <script>setTimeout(() => { document.querySelector('button').hidden = false }, globalThis.name ? 8000 : 0);
        globalThis.name = 'again'</script>`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('No port');
    await using context = await browser.newContext();
    context.setDefaultTimeout(4000);
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${address.port}/`);
    const way = await walk(page, NUMBER, { steps: [FILL, press('Look up')] });
    expect(way?.fork).toBe(2);
    const absent = way && (await walkAbsent(page, '00999-9999', way));
    expect(absent).toMatchObject({ fork: 2, absent: expect.stringContaining('None has') });
  } finally {
    server.close();
  }
});
