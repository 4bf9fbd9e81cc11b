import type { CarrierFactory, Finds } from '#portal/contract.ts';
import { bookParser } from './parse-book.ts';
import { policyParser } from './parse.ts';

const MENU: Finds = { css: 'frame[name="menu"], iframe[name="menu"]' };
const WORK: Finds = { css: 'frame[name="work"], iframe[name="work"]' };

/**
 * Granite Mutual: frames whose address never changes, and a window for each policy. A demo carrier:
 * its portal runs on this machine.
 */
const graniteMutual: CarrierFactory = (kit) => {
  const address = kit.address('granite-mutual', 'http://127.0.0.1:4803');
  return {
    id: 'granite-mutual',
    name: 'Granite Mutual',
    origins: [address],
    demo: true,
    portalUrl: address,
    unlockSteps: 'Call the Granite Mutual Producer Help Desk and ask them to enable your User ID.',
    sessionMinutes: 60,
    automaticSignInsPerDay: 6,
    codes: 'never',
    signIn: {
      url: `${address}/signon`,
      fields: [
        {
          name: 'user',
          label: 'User ID',
          secret: false,
          autocomplete: 'username',
          find: [{ label: 'User ID:' }, { name: 'uid' }],
        },
        {
          name: 'password',
          label: 'Password',
          secret: true,
          autocomplete: 'current-password',
          find: [{ label: 'Password:' }, { name: 'pwd' }],
        },
      ],
      submit: { role: ['button', 'Sign On'] },
      outcomes: [
        { when: { text: /Invalid User ID or password/ }, is: 'bad-credentials' },
        { when: { text: /Policy Inquiry[\s\S]*Sign Off/ }, is: 'signed-in' },
      ],
    },
    outcomes: [
      { when: { text: /User ID signed on at another workstation/ }, is: 'session-conflict' },
    ],
    interruptions: [
      {
        when: { text: /session will expire in less than/ },
        close: { role: ['button', 'Stay Signed On'], frame: 'any' },
      },
    ],
    // The portal ends a session after ten minutes without use, and warns two minutes before.
    keepAlive: {
      everyMinutes: 7,
      act: async (page) => {
        // What a menu opens in the work frame uses the session, and says so where it has ended.
        await (await kit.frame(page, WORK)).goto(`${address}/office/policies`);
      },
    },
    openHome: async (page) => {
      await page.goto(`${address}/office`);
    },
    readPolicy: async (page, number) => {
      await page.goto(`${address}/office`);
      const work = await kit.frame(page, WORK);
      await (await kit.find(work, { label: 'Policy Number:' })).fill(number);
      // It shows active policies only unless it is told otherwise.
      await (await kit.find(work, { label: 'Show:' })).selectOption('All policies');
      await (await kit.find(work, { role: ['button', 'Find'] })).click();
      await work.waitForURL(/polno=/);
      await work.waitForLoadState('domcontentloaded');
      const results = await kit.html(work);
      const view = work.getByRole('link', { name: 'View' });
      if ((await view.count()) !== 1) return { html: { results } };
      const detail = await kit.popup(page, () => view.click());
      return { html: { results, detail: await kit.html(detail) } };
    },
    valueNames: [...kit.usualValueNames, 'Loan'],
    parsePolicy: policyParser(kit),
    readBook: async function* (page) {
      await page.goto(`${address}/office`);
      const menu = await kit.frame(page, MENU);
      await (await kit.find(menu, { role: ['link', 'Policy Register'] })).click();
      const work = await kit.frame(page, WORK);
      await work.waitForURL(/\/register$/);
      await kit.choose(work, { label: 'Show:' }, 'All policies');
      await (await kit.find(work, { role: ['button', 'Display'] })).click();
      await work.waitForURL(/show=all/);
      const next = { role: ['button', 'Next Screen'] } as const;
      for await (const register of kit.pages(work, { next })) yield { html: { register } };
    },
    parseBook: bookParser(kit),
  };
};

export default graniteMutual;
