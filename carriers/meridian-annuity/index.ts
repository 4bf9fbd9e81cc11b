import type { CarrierFactory } from '#worker/contract.ts';
import { contractParser, hitsOf } from './parse.ts';

/** Meridian Annuity: a single page over a JSON API. A demo carrier: its portal runs on this machine. */
const meridianAnnuity: CarrierFactory = (kit) => {
  const address = kit.address('meridian-annuity', 'http://127.0.0.1:4802');
  return {
    id: 'meridian-annuity',
    name: 'Meridian Annuity',
    origins: [address],
    demo: true,
    portalUrl: address,
    unlockSteps: 'Call Meridian support and answer two questions to unlock the user name.',
    sessionMinutes: 20,
    // A code comes with every sign-in, so none can happen without a person.
    automaticSignInsPerDay: 0,
    codes: 'always',
    signIn: {
      url: `${address}/#/sign-in`,
      fields: [
        {
          name: 'user',
          label: 'User name',
          secret: false,
          autocomplete: 'username',
          find: { label: 'User name' },
        },
        {
          name: 'password',
          label: 'Password',
          secret: true,
          autocomplete: 'current-password',
          find: { label: 'Password' },
        },
      ],
      submit: { role: ['button', 'Continue'] },
      outcomes: [
        { when: { text: /user name or password is not right/ }, is: 'bad-credentials' },
        { when: { text: /That code is not right/ }, is: 'code-rejected' },
        { when: { text: /That code is no longer valid/ }, is: 'code-timed-out' },
        { when: { css: '#code-form' }, is: 'code-needed' },
        { when: { css: '[data-view="contracts"]' }, is: 'signed-in' },
      ],
      code: {
        field: { label: 'Six-digit code' },
        submit: { role: ['button', 'Confirm'] },
        resend: { role: ['button', 'Send a new code'] },
        hint: { css: '#sent-to' },
        pattern: /^\d{6}$/,
      },
    },
    outcomes: [{ when: { text: /login was used on another device/ }, is: 'session-conflict' }],
    openHome: async (page) => {
      await page.goto(`${address}/#/contracts`);
    },
    readPolicy: async (page, number) => {
      await page.goto(`${address}/#/contracts`);
      const box = await kit.find(page, { label: 'Contract number' });
      await box.fill(number);
      const search = await kit.json(page, /\/api\/contracts\?/, () => box.press('Enter'));
      if (hitsOf(kit, search) !== 1) return { json: { search } };
      const link = await kit.find(page, { css: '#found a' });
      const contract = await kit.json(page, /\/api\/contracts\/[\w-]+$/, () => link.click());
      return { json: { search, contract } };
    },
    parsePolicy: contractParser(kit),
  };
};

export default meridianAnnuity;
