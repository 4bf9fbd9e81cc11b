import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { stepOf, stepWords } from '#portal/recording/step-words.ts';
import type { Step } from '#portal/recording/step.ts';
import { walk, walkAgain, type Choose, type Walked } from '#portal/recording/walk.ts';
import { openWindow } from '#portal/recording/window/window.ts';

const NUMBER = 'SB-1001';

let browser: Browser;
beforeAll(async () => {
  const found = findChromium(process.env);
  if (found === undefined) throw new Error('No Chromium on this machine: npm test sets one up');
  browser = await chromium.launch(browserLaunch(found, process.env));
});
afterAll(() => browser.close());

/** A person at the browser's own window, with the mouse and the keys of that window. */
const atWindow = async (html: string) => {
  const context: BrowserContext = await browser.newContext();
  context.setDefaultTimeout(5000);
  const page: Page = await context.newPage();
  await page.setContent(html);
  const said: string[] = [];
  let here = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const stop = new AbortController();
  let kept: readonly Step[] = [];
  const window = await openWindow({
    context,
    page: () => page,
    number: NUMBER,
    picture: false,
    says: (line) => said.push(line),
    answered: () => {
      asked.resolve();
      return here.promise;
    },
    kept: (steps) => {
      kept = steps;
    },
    anew: () => {},
    signal: stop.signal,
  });
  return {
    context,
    page,
    window,
    said,
    says: async (words: string) => {
      await expect.poll(() => said.join('\n')).toContain(words);
    },
    here: () => here.resolve(),
    notYet: () => {
      here = Promise.withResolvers();
    },
    stop,
    kept: () => kept,
    /** Once something is asked for, so that what is done counts. */
    asked: asked.promise,
    /** The next step, when this was done. */
    step: async (deed: () => Promise<unknown>): Promise<Step | 'here' | undefined> => {
      const step = window.choose([], undefined);
      step.catch(() => {});
      await asked.promise;
      await deed();
      return step;
    },
    click: async (words: string, clickCount = 1): Promise<void> => {
      const box = await page.getByText(words, { exact: true }).first().boundingBox();
      if (box === null) throw new Error(`"${words}" is not in sight`);
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2, { clickCount });
    },
    [Symbol.asyncDispose]: async () => {
      await window[Symbol.asyncDispose]();
      await context.close();
    },
  };
};

const LIST = `<script>window.pressed = []</script>
  <body onclick="pressed.push(event.target.textContent)">
  <a href="#all">All policies</a><button>Search</button><div role="button">Go on</div><span>Plain words</span>
  <label><input type="checkbox">Closed ones</label>
  <table><tr><th>Policy</th><th>Plan</th><th></th><th></th></tr>
  <tr><td>SB-1000</td><td>Term Life</td><td><a href="#a">View</a></td><td>More</td></tr>
  <tr><td>SB-1001</td><td>Flexible Life</td><td><a href="#b">View</a></td><td>More</td></tr></table>
  <p><a href="#c">Statement of SB-1001</a></p>`;

it.each([
  ['All policies', 1, 'press', { role: ['link', 'All policies'] }, undefined],
  ['Search', 1, 'press', { role: ['button', 'Search'] }, undefined],
  ['Go on', 2, 'double', { role: ['button', 'Go on'] }, undefined],
  ['Plain words', 1, 'press', { text: 'Plain words' }, undefined],
  ['Closed ones', 1, 'check', { label: 'Closed ones' }, undefined],
  ['SB-1001', 2, 'double', { text: 'SB-1001' }, 'alone'],
  ['Flexible Life', 1, 'press', { text: 'SB-1001' }, 'alone'],
  ['Statement of SB-1001', 1, 'press', { role: ['link', 'Statement of SB-1001'] }, 'within'],
])(
  '"%s", pressed %i times, is kept from the page and told as %s',
  async (words, times, deed, find, byNumber) => {
    await using person = await atWindow(LIST);
    const step = await person.step(() => person.click(words, times));
    expect(step).toEqual({ do: deed, find, ...(byNumber && { byNumber }) });
    expect(await person.page.evaluate('pressed')).toEqual([]);
  },
);

it.each([
  ['a link', 'View', { role: ['link', 'View'] }],
  ['words', 'More', { text: 'More' }],
])('%s that each row has is that of the row with the number', async (_what, words, find) => {
  await using person = await atWindow(LIST);
  const step = await person.step(async () => {
    const box = await person.page.getByText(words, { exact: true }).nth(1).boundingBox();
    await person.page.mouse.click((box?.x ?? 0) + 2, (box?.y ?? 0) + 2);
  });
  expect(step).toEqual({ do: 'press', find, byNumber: 'row' });
});

it.each<Step>([
  { do: 'fill', find: { label: 'Policy number' } },
  { do: 'enter', find: { placeholder: 'Number or name' } },
  { do: 'press', find: { role: ['button', 'Search'] } },
  { do: 'press', find: { role: ['link', 'All in one'] } },
  { do: 'press', find: { text: 'Plain words' } },
  { do: 'double', find: { text: 'More' }, byNumber: 'row' },
  { do: 'choose', find: { name: 'show' }, option: 'All policies' },
])('%o is said in words that are read as the same', (step) => {
  expect(stepOf(stepWords(step))).toEqual(step);
});

const SEARCH = `<script>window.heard = []; window.news = 0</script>
  <body onclick="heard.push('click')" onkeydown="event.key === 'Enter' && heard.push('Enter')">
  <input aria-label="Policy number"><input aria-label="Name of the owner"><input type="password" aria-label="PIN">
  <button>Search</button><select aria-label="Show" onchange="heard.push('change')"><option>Open ones</option><option>All policies</option></select>`;

it('a number that is typed is filled in before what is pressed next', async () => {
  await using person = await atWindow(SEARCH);
  const fill = await person.step(async () => {
    await person.page.getByLabel('Policy number').focus();
    await person.page.keyboard.type('sb 1001');
    await person.click('Search');
  });
  expect(fill).toEqual({ do: 'fill', find: { label: 'Policy number' } });
  expect(await person.window.choose([], undefined)).toEqual({
    do: 'press',
    find: { role: ['button', 'Search'] },
  });
  expect(person.kept()).toHaveLength(2);
  expect(await person.page.evaluate('heard')).toEqual([]);
});

it('Enter in the field of the number, and an option of a menu, are steps of their own', async () => {
  await using person = await atWindow(SEARCH);
  const enter = await person.step(async () => {
    await person.page.getByLabel('Policy number').focus();
    await person.page.keyboard.type(NUMBER);
    await person.page.keyboard.press('Enter');
  });
  expect(enter).toEqual({ do: 'enter', find: { label: 'Policy number' } });
  const choose = await person.step(async () => {
    await person.page.getByLabel('Show').focus();
    await person.page.keyboard.press('ArrowDown');
  });
  expect(choose).toEqual({ do: 'choose', find: { label: 'Show' }, option: 'All policies' });
  expect(await person.page.evaluate('heard')).toEqual([]);
});

it.each(['Name of the owner', 'PIN'])(
  'other text, typed into "%s", is said to be a problem, and not said itself',
  async (field) => {
    await using person = await atWindow(SEARCH);
    const step = person.step(async () => {
      await person.page.getByLabel(field).click();
      await person.page.keyboard.type('Chen 4711');
      await person.click('Search');
    });
    await person.says('Only the policy number can be typed');
    expect(person.said.join()).not.toMatch(/Chen|4711/);
    await person.page.getByLabel(field).click();
    await person.page.keyboard.press('ControlOrMeta+a');
    await person.page.keyboard.press('Delete');
    await person.click('Search');
    expect(await step).toEqual({ do: 'press', find: { role: ['button', 'Search'] } });
  },
);

const FRAMES = `<iframe title="Search" srcdoc="<button>Titled</button>"></iframe>
  <iframe name="outer" srcdoc="<iframe srcdoc='<button>Deep</button>'></iframe>"></iframe>
  <iframe srcdoc="<button>Nameless</button>"></iframe>`;

it.each([
  ['Titled', ['frame[title="Search"], iframe[title="Search"]']],
  ['Deep', ['frame[name="outer"], iframe[name="outer"]', 'frame, iframe']],
])('the frame of "%s" is found again by what it is called, or alone', async (words, frame) => {
  await using person = await atWindow(FRAMES);
  expect(await person.step(() => inFrame(person.page, words))).toEqual({
    do: 'press',
    find: { role: ['button', words] },
    frame,
  });
});

it('a frame that cannot be found again is said', async () => {
  await using person = await atWindow(FRAMES);
  const step = person.step(() => inFrame(person.page, 'Nameless'));
  await person.says('This frame cannot be found again');
  await inFrame(person.page, 'Titled');
  expect(await step).toMatchObject({ find: { role: ['button', 'Titled'] } });
});

/** Presses the middle of what a frame shows. */
const inFrame = async (page: Page, words: string): Promise<void> => {
  for (const frame of page.frames()) {
    const found = frame.getByText(words);
    if ((await found.count()) === 0) continue;
    const box = await found.boundingBox();
    await page.mouse.click((box?.x ?? 0) + 5, (box?.y ?? 0) + 5);
  }
};

it('the person ends it by their word, and an abort ends it too', async () => {
  await using person = await atWindow(LIST);
  await person.step(() => person.click('Search'));
  expect(await person.step(async () => person.here())).toBe('here');
  await using other = await atWindow(LIST);
  await other.step(() => other.click('Search'));
  const waiting = other.step(() => Promise.resolve());
  other.stop.abort(new Error('Stopped'));
  await expect(waiting).rejects.toThrow('Stopped');
  expect(other.kept().map(stepWords)).toEqual(['press Search']);
});

it('whoever closes the window stops', async () => {
  await using person = await atWindow(LIST);
  expect(await person.step(() => person.page.close())).toBe(undefined);
});

it('words that a person points at are not pressed', async () => {
  await using person = await atWindow(LIST);
  const pointed = person.window.pointed();
  await person.says('Click words that show only behind the sign-in');
  await person.click('All policies');
  expect(await pointed).toBe('All policies');
  expect(person.page.url()).not.toContain('#all');
});

it('a step that fails is told with why, and taken from what is kept', async () => {
  await using person = await atWindow(LIST);
  const first = (await person.step(() => person.click('Search'))) as Step;
  const second = (await person.step(() => person.click('Go on'))) as Step;
  const next = person.window.choose([], second);
  await person.says('"press Go on" found nothing to use');
  await person.click('Plain words');
  await next;
  expect(person.kept()).toEqual([first, { do: 'press', find: { text: 'Plain words' } }]);
});

it('the way is repeated by itself, and where that fails the person leads on from there', async () => {
  await using person = await atWindow('');
  const { page, window } = person;
  let loads = 0;
  await page.route('http://portal.test/', (route) => {
    loads += 1;
    const called = loads === 1 ? 'Look up' : 'Find';
    return route.fulfill({
      contentType: 'text/html',
      body: `<button onclick="document.body.innerHTML = '<p>Policy SB-1001 in force</p>'">${called}</button>`,
    });
  });
  await page.goto('http://portal.test/');
  const acting = window.acting;
  const led = walk(page, NUMBER, { choose: window.choose, acting, led: 'now' });
  await person.asked;
  await person.click('Look up');
  await page.getByText('in force').waitFor();
  person.here();
  const way = await led;
  expect(way?.steps).toEqual([{ do: 'press', find: { role: ['button', 'Look up'] } }]);

  person.notYet();
  const again = walkAgain(page, NUMBER, way as Walked, { choose: window.choose, acting });
  await person.says('"press Look up" found nothing to use');
  await person.click('Find');
  await page.getByText('in force').waitFor();
  person.here();
  expect((await again)?.steps).toEqual([{ do: 'press', find: { role: ['button', 'Find'] } }]);
});

it('the way goes on in a window that a step has opened', async () => {
  await using person = await atWindow('');
  const { page, window, context } = person;
  await context.route('http://portal.test/*', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: route.request().url().endsWith('/values')
        ? '<button onclick="this.textContent = `SB-1001 in force`">Values</button>'
        : '<button onclick="window.open(`/values`)">Details</button><button>Others</button>',
    }),
  );
  await page.goto('http://portal.test/');
  let turns = 0;
  const choose: Choose = (elements, failed) => {
    turns += 1;
    return window.choose(elements, failed);
  };
  const led = walk(page, NUMBER, { choose, acting: window.acting, led: 'now' });
  await person.asked;
  const opening = context.waitForEvent('page');
  await person.click('Details');
  const opened = await opening;
  await expect.poll(() => turns).toBe(2);
  const box = await opened.getByText('Values').boundingBox();
  await opened.mouse.click((box?.x ?? 0) + 5, (box?.y ?? 0) + 5);
  await expect.poll(() => turns).toBe(3);
  await page.bringToFront();
  await person.click('Others');
  await person.says('The way goes on in the window that opened last.');
  person.here();
  expect((await led)?.steps).toEqual([
    { do: 'press', find: { role: ['button', 'Details'] }, opens: true },
    { do: 'press', find: { role: ['button', 'Values'] } },
  ]);
});
