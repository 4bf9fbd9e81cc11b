import type { CarrierFactory } from '#portal/contract.ts';
import { bookParser } from './parse-book.ts';
import { statementParser } from './parse.ts';

/**
 * Summit Fidelity: values stand in a PDF statement for each account, and nowhere else. A demo carrier:
 * its portal runs on this machine.
 */
const summitFidelity: CarrierFactory = (kit) => {
  const address = kit.address('summit-fidelity', 'http://127.0.0.1:4806');
  return {
    id: 'summit-fidelity',
    name: 'Summit Fidelity',
    origins: [address],
    demo: true,
    portalUrl: address,
    unlockSteps: 'Call Summit Fidelity; they unlock the profile after two questions.',
    sessionMinutes: 20,
    automaticSignInsPerDay: 4,
    codes: 'never',
    signIn: {
      url: `${address}/login`,
      fields: [
        {
          name: 'username',
          label: 'Username',
          secret: false,
          autocomplete: 'username',
          find: { placeholder: 'Username' },
        },
        {
          name: 'passphrase',
          label: 'Passphrase',
          secret: true,
          autocomplete: 'current-password',
          find: { placeholder: 'Passphrase' },
        },
      ],
      submit: { role: ['button', 'Log in'] },
      outcomes: [
        { when: { text: /do not recognize this username/ }, is: 'bad-credentials' },
        { when: { text: /passphrase is over a year old/ }, is: 'password-expired' },
        { when: { css: '.bar a[href="/logout"]' }, is: 'signed-in' },
      ],
    },
    outcomes: [
      { when: { text: /username was used to log in on another device/ }, is: 'session-conflict' },
    ],
    openHome: async (page) => {
      await page.goto(`${address}/statements`);
    },
    readPolicy: async (page, number) => {
      await page.goto(`${address}/statements`);
      await (await kit.find(page, { label: 'Account number' })).fill(number);
      await (await kit.find(page, { role: ['button', 'Show statements'] })).click();
      await kit.find(page, { css: '#statements, #nothing' });
      const result = await kit.html(page);
      const link = page.getByRole('link', { name: 'Current statement (PDF)' });
      if ((await link.count()) !== 1) return { html: { result } };
      const file = await kit.download(page, () => link.click());
      return { html: { result }, text: { statement: await kit.pdf(file.bytes) } };
    },
    valueNames: kit.usualValueNames,
    parsePolicy: statementParser(kit),
    readBook: async function* (page) {
      await page.goto(`${address}/statements`);
      const link = await kit.find(page, { role: ['link', 'All accounts (PDF)'] });
      const file = await kit.download(page, () => link.click());
      yield { text: { accounts: await kit.pdf(file.bytes) } };
    },
    parseBook: bookParser(kit),
  };
};

export default summitFidelity;
