import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromium, type Browser } from 'playwright';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { StepFailed, walk, type Choose, type Step } from '#portal/recording/walk.ts';

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
