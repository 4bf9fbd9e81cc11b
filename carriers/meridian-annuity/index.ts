import type { CarrierFactory, JsonPortal } from '#portal/contract.ts';
import { bookParser, contractParser, hitsOf, lengthOf } from './parse.ts';

/** Meridian Annuity: a single page over a JSON API. A demo carrier: its portal runs on this machine. */
const meridianAnnuity: CarrierFactory = (kit) => {
  const address = kit.address('meridian-annuity', 'http://127.0.0.1:4802');
  const bearer = async (portal: JsonPortal): Promise<Record<string, string>> => {
    const token = await portal.stored('meridian.token');
    if (token === undefined) throw new kit.PortalChanged('The page keeps no token');
    return { authorization: `Bearer ${token}` };
  };
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
        { when: { text: /That code is not right/ }, is: 'code-rejected', at: 'after' },
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
        // The portal ends a sign-in after three.
        tries: 2,
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
    readJson: async (portal, number) => {
      const headers = await bearer(portal);
      const query = new URLSearchParams({ number });
      const search = await portal.get(`${address}/api/contracts?${query}`, headers);
      if (hitsOf(kit, search) !== 1) return { json: { search } };
      const id = encodeURIComponent(kit.property(search, 'results.0.id'));
      return {
        json: { search, contract: await portal.get(`${address}/api/contracts/${id}`, headers) },
      };
    },
    valueNames: kit.usualValueNames,
    parsePolicy: contractParser(kit),
    readBook: async function* (page, portal) {
      await page.goto(`${address}/#/contracts`);
      await kit.find(page, { label: 'Contract number' });
      const headers = await bearer(portal);
      for (let from = 0; ;) {
        const contracts = await portal.get(`${address}/api/contracts?from=${from}`, headers);
        yield { json: { contracts } };
        const { shown, total } = lengthOf(kit, contracts);
        from += shown;
        if (shown === 0 || from >= total) return;
      }
    },
    parseBook: bookParser(kit),
  };
};

export default meridianAnnuity;
