import type { CarrierFactory } from '#portal/contract.ts';
import { bookParser } from './parse-book.ts';
import { policyParser } from './parse.ts';

/** Northbridge Life: pages drawn by the server. A demo carrier: its portal runs on this machine. */
const northbridgeLife: CarrierFactory = (kit) => {
  const address = kit.address('northbridge-life', 'http://127.0.0.1:4801');
  return {
    id: 'northbridge-life',
    name: 'Northbridge Life',
    origins: [address],
    demo: true,
    portalUrl: address,
    unlockSteps: 'Call Northbridge Advisor Services and ask them to unlock your User ID.',
    sessionMinutes: 20,
    automaticSignInsPerDay: 6,
    codes: 'never',
    signIn: {
      url: `${address}/login`,
      fields: [
        {
          name: 'user',
          label: 'User ID',
          secret: false,
          autocomplete: 'username',
          find: { label: 'User ID' },
        },
        {
          name: 'password',
          label: 'Password',
          secret: true,
          autocomplete: 'current-password',
          find: { label: 'Password' },
        },
      ],
      submit: { role: ['button', 'Sign in'] },
      outcomes: [
        { when: { text: /User ID or password you entered is not correct/ }, is: 'bad-credentials' },
        { when: { css: 'header a[href="/sign-out"]' }, is: 'signed-in' },
      ],
    },
    outcomes: [{ when: { text: /this login signed in elsewhere/ }, is: 'session-conflict' }],
    openHome: async (page) => {
      await page.goto(`${address}/policies`);
    },
    readPolicy: async (page, number) => {
      await page.goto(`${address}/policies`);
      await (await kit.find(page, { label: 'Policy number' })).fill(number);
      await (await kit.find(page, { role: ['button', 'Search'] })).click();
      await kit.find(page, { css: '#results, #no-results' });
      const results = await kit.html(page);
      const hit = page.locator('#results a');
      if ((await hit.count()) !== 1) return { html: { results } };
      await hit.click();
      await kit.find(page, { css: '#policy' });
      return { html: { results, policy: await kit.html(page) } };
    },
    valueNames: kit.usualValueNames,
    parsePolicy: policyParser(kit),
    readBook: async function* (page) {
      await page.goto(`${address}/book`);
      await (await kit.find(page, { label: 'Show' })).selectOption({ label: 'All policies' });
      await (await kit.find(page, { label: 'Rows' })).selectOption({ label: '25' });
      await (await kit.find(page, { role: ['button', 'Update list'] })).click();
      for (let screen = 1; ; screen += 1) {
        await page.waitForURL(screen === 1 ? /show=all/ : new RegExp(`page=${screen}$`));
        await kit.find(page, { css: '#book, #no-policies' });
        yield { html: { book: await kit.html(page) } };
        const next = page.locator('#next');
        if ((await next.count()) === 0) return;
        await next.click();
      }
    },
    parseBook: bookParser(kit),
  };
};

export default northbridgeLife;
