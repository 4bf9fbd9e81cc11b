import type { CarrierFactory } from '#portal/contract.ts';
import { bookParser } from './parse-book.ts';
import { accountParser } from './parse.ts';

/**
 * Harbor Trust: a sign-on on several screens, with a choice of how the code comes. A demo carrier:
 * its portal runs on this machine.
 */
const harborTrust: CarrierFactory = (kit) => {
  const address = kit.address('harbor-trust', 'http://127.0.0.1:4804');
  return {
    id: 'harbor-trust',
    name: 'Harbor Trust',
    origins: [address],
    demo: true,
    portalUrl: address,
    unlockSteps: 'Call Harbor Trust Service and answer the security questions of the User ID.',
    sessionMinutes: 20,
    automaticSignInsPerDay: 4,
    // None on a device that it remembers.
    codes: 'sometimes',
    signIn: {
      url: `${address}/sign-on`,
      fields: [
        {
          name: 'user',
          label: 'User ID',
          secret: false,
          autocomplete: 'username',
          find: { label: 'User ID' },
          next: { role: ['button', 'Continue'] },
        },
        {
          name: 'password',
          label: 'Password',
          secret: true,
          autocomplete: 'current-password',
          find: { label: 'Password' },
        },
      ],
      submit: { role: ['button', 'Sign on'] },
      outcomes: [
        { when: { text: /password you entered is incorrect/i }, is: 'bad-credentials' },
        {
          when: { text: /security code you entered is incorrect/i },
          is: 'code-rejected',
          at: 'after',
        },
        { when: { text: /security code has expired/i }, is: 'code-timed-out' },
        {
          when: { text: /How would you like to receive your security code/ },
          is: 'channel-needed',
        },
        { when: { css: 'input[autocomplete="one-time-code"]' }, is: 'code-needed' },
        { when: { css: 'a[href="/sign-off"]' }, is: 'signed-in' },
      ],
      code: {
        field: { label: 'Security code' },
        submit: { role: ['button', 'Verify'] },
        resend: { role: ['button', 'Send a new code'] },
        hint: { css: '#sent' },
        pattern: /^\d{6}$/,
        // The portal ends a sign-in after three.
        tries: 2,
        channels: {
          offered: [
            { id: 'text', label: 'Text message', find: { label: /^Text message/ } },
            { id: 'voice', label: 'Voice call', find: { label: /^Voice call/ } },
            { id: 'email', label: 'E-mail', find: { label: /^E-mail/ } },
            { id: 'app', label: 'Authenticator app', find: { label: /^Authenticator app/ } },
          ],
          submit: { role: ['button', 'Send code'] },
          another: { role: ['link', 'Use another way'] },
          authenticator: 'app',
        },
        trust: { find: { label: /^Remember this device/ }, days: 30 },
      },
      passwordEnds: {
        find: { css: '[role="status"]' },
        pattern: /password will expire on ([A-Z][a-z]+ \d{1,2}, \d{4})/,
        format: 'MMMM d, yyyy',
      },
    },
    outcomes: [
      { when: { text: /signed off because this User ID signed on/ }, is: 'session-conflict' },
    ],
    interruptions: [
      {
        when: { text: /News for advisors/ },
        close: { role: ['button', 'Continue to my accounts'] },
      },
    ],
    openHome: async (page) => {
      await page.goto(`${address}/accounts`);
    },
    readPolicy: async (page, number) => {
      await page.goto(`${address}/accounts`);
      await (await kit.find(page, { label: 'Account number' })).fill(number);
      await (await kit.find(page, { role: ['button', 'Find account'] })).click();
      // Either the account itself, or word that there is none.
      await page.waitForURL(/\/accounts[/?]./);
      await kit.find(page, { css: 'main h1' });
      const screen = /\/accounts\//.test(page.url()) ? 'account' : 'search';
      return { html: { [screen]: await kit.html(page) } };
    },
    valueNames: kit.usualValueNames,
    parsePolicy: accountParser(kit),
    readBook: async function* (page) {
      await page.goto(`${address}/accounts`);
      await (await kit.find(page, { role: ['link', 'All accounts'] })).click();
      if (await kit.choose(page, { label: 'Include closed accounts' }, true))
        await (await kit.find(page, { role: ['button', 'Show accounts'] })).click();
      await page.waitForURL(/closed=yes/);
      const next = { role: ['link', 'Next accounts'] } as const;
      for await (const accounts of kit.pages(page, { next })) yield { html: { accounts } };
    },
    parseBook: bookParser(kit),
  };
};

export default harborTrust;
