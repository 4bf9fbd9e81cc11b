import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { startPortals } from '#simulator/portals/start.ts';
import type { PortalData } from '#simulator/portals/data.ts';
import { createBrowser } from '#portal/browser.ts';
import type { Carrier, CarrierFactory } from '#portal/contract.ts';
import { createKit } from '#portal/kit/kit.ts';
import type { StepLimits } from '#portal/limits.ts';
import { createPortals } from '#portal/portals.ts';
import { credentials } from './portals.ts';

export const RIDGELINE = { id: 'S7', carrierId: 'ridgeline-life', name: 'Ana' };
export const CEDAR = { id: 'S8', carrierId: 'cedar-assurance', name: 'Ana' };
export const ana = credentials('ana.ruiz', 'lantern-42');
export const POLICY = 'RC-4711-20';
export const SEED = 'JBSWY3DPEHPK3PXP';

const value = (name: string, amount: string) => ({ name, amount, asOf: '2026-11-20' });
const both = ['ridgeline-life', 'cedar-assurance'];

const DATA: PortalData = {
  logins: both.map((carrier) => ({
    carrier,
    user: 'ana.ruiz',
    password: 'lantern-42',
    policies: [POLICY],
  })),
  policies: both.map((carrier) => ({
    carrier,
    number: POLICY,
    product: 'Flexible Life',
    status: 'In Force',
    owner: 'Margaret Chen',
    values: [value('Account Value', '41250.75'), value('Surrender Value', '40100')],
  })),
};

const login = [
  {
    name: 'user',
    label: 'User',
    secret: false,
    autocomplete: 'username' as const,
    find: { css: '#user' },
  },
  {
    name: 'password',
    label: 'Password',
    secret: true,
    autocomplete: 'current-password' as const,
    find: { css: '#secret' },
  },
];

/** One page over JSON-RPC, whose password box opens again without a word after a wrong one. */
export const ridgeline: CarrierFactory = (kit) => {
  const address = kit.address('ridgeline-life', 'http://127.0.0.1:4807');
  return {
    id: 'ridgeline-life',
    name: 'Ridgeline Life',
    origins: [address],
    portalUrl: address,
    unlockSteps: 'Call them.',
    sessionMinutes: 20,
    automaticSignInsPerDay: 4,
    codes: 'never',
    signIn: {
      url: `${address}/`,
      fields: login,
      submit: { role: ['button', 'Enter'] },
      outcomes: [
        { when: { css: '#box[open]' }, is: 'bad-credentials', at: 'after' },
        { when: { css: '#leave' }, is: 'signed-in' },
      ],
    },
    openHome: async (page) => void (await page.goto(`${address}/`)),
    readPolicy: async (page, number) => {
      await page.goto(`${address}/`);
      await (await kit.find(page, { label: 'Policy number' })).fill(number);
      await (await kit.find(page, { role: ['button', 'Look up'] })).click();
      await kit.find(page, { css: '#answer p' });
      return { html: { policy: await kit.html(page) } };
    },
    parsePolicy: ({ html = {} }) => {
      const $ = kit.load(html['policy'] ?? '');
      if (kit.says($, 'Nobody of yours has this number.')) return { kind: 'absent' };
      const shown = kit.values($, {
        labels: {
          number: 'Policy',
          status: 'Standing',
          account: 'Account Value',
          surrender: 'Surrender Value',
        },
      });
      const asOf = '2026-11-20';
      return {
        kind: 'found',
        snapshot: {
          number: shown.number,
          status: shown.status,
          values: [
            { name: 'Account Value', amount: kit.money(shown.account, 'USD'), asOf },
            { name: 'Surrender Value', amount: kit.money(shown.surrender, 'USD'), asOf },
          ],
        },
      };
    },
  };
};

/** Frames whose addresses hold the login's own id, and a policy on two screens. */
export const cedar: CarrierFactory = (kit) => {
  const address = kit.address('cedar-assurance', 'http://127.0.0.1:4808');
  const work = { css: 'frame[name="work"]' };
  return {
    id: 'cedar-assurance',
    name: 'Cedar Assurance',
    origins: [address],
    portalUrl: address,
    unlockSteps: 'Call them.',
    sessionMinutes: 20,
    automaticSignInsPerDay: 20,
    codes: 'never',
    signIn: {
      url: `${address}/enter`,
      fields: login,
      submit: { role: ['button', 'Enter the desk'] },
      outcomes: [
        { when: { text: /do not belong together|incorrect/ }, is: 'bad-credentials' },
        { when: { text: /Leave the desk/ }, is: 'signed-in' },
      ],
    },
    openHome: async (page) => void (await page.goto(`${address}/enter`)),
    readPolicy: async (page, number) => {
      // The address of the desk holds an id of the login, and is where the sign-in has led.
      await page.goto(page.url());
      const frame = await kit.frame(page, work);
      await (await kit.find(frame, { label: 'Policy' })).fill(number);
      await (await kit.find(frame, { role: ['button', 'Find it'] })).click();
      const open = { role: ['link', /^Open /] } as const;
      await kit.find(frame, [open, { css: 'p' }]);
      const results = await kit.html(frame);
      if ((await frame.getByRole('link', { name: /^Open / }).count()) !== 1)
        return { html: { results } };
      await (await kit.find(frame, open)).click();
      await (await kit.find(frame, { role: ['link', 'Values'] })).waitFor();
      const facts = await kit.html(frame);
      await (await kit.find(frame, { role: ['link', 'Values'] })).click();
      await kit.find(frame, { role: ['link', 'Facts'] });
      return { html: { facts, values: await kit.html(frame) } };
    },
    parsePolicy: ({ html = {} }) => {
      if (html['facts'] === undefined) {
        const $ = kit.load(html['results'] ?? '');
        if (!kit.says($, /^This desk has no policy/)) throw new kit.PortalChanged('No word of it');
        return { kind: 'absent' };
      }
      const $ = kit.load(html['facts']);
      const valued = kit.load(html['values'] ?? '');
      const { number, status } = kit.values($, {
        labels: { number: 'Policy', status: 'Standing' },
      });
      const columns = { name: 'Kind', amount: 'Amount', asOf: 'Valued on' };
      const snapshot = {
        number,
        status,
        values: kit.rows(valued, { columns }).map((row) => ({
          name: row.name,
          amount: kit.money(row.amount, 'USD'),
          asOf: row.asOf,
        })),
      };
      return { kind: 'found', snapshot: kit.agree([$, valued], ['Policy', 'Edition'], snapshot) };
    },
  };
};

/** The two strange local portals with their carriers; `change` makes others of these. */
export const openStrange = async (change: (carrier: Carrier) => Carrier = (carrier) => carrier) => {
  const time = { now: Date.parse('2026-11-21T15:00:00Z') };
  const sites = await startPortals({ data: DATA, only: both, clock: () => time.now });
  const kit = createKit(sites.addresses);
  const carriers = [ridgeline(kit), cedar(kit)].map(change);
  const chromium = findChromium(process.env);
  if (!chromium) throw new Error('No Chromium on this machine: npm test sets one up');
  const browser = createBrowser({
    launch: browserLaunch(chromium, process.env),
    origins: carriers.flatMap((carrier) => carrier.origins),
  });
  const portalsOf = (each: (carrier: Carrier) => Carrier, limits: Partial<StepLimits> = {}) =>
    createPortals({ browser, carriers: carriers.map(each), clock: () => time.now, limits });
  return {
    time,
    kit,
    carriers,
    browser,
    portalsOf,
    portals: portalsOf((carrier) => carrier),
    ridgeline: sites.of('ridgeline-life'),
    cedar: sites.of('cedar-assurance'),
    [Symbol.asyncDispose]: async () => {
      await browser[Symbol.asyncDispose]();
      await sites.close();
    },
  };
};
