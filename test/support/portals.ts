import { join } from 'node:path';
import { browserLaunch, findChromium, projectFolder } from '#setup/tools.mjs';
import type { PortalData } from '#simulator/portals/data.ts';
import { SITES } from '#simulator/portals/sites.ts';
import { startPortals } from '#simulator/portals/start.ts';
import { createBrowser } from '#portal/browser.ts';
import { loadCarriers } from '#portal/carriers.ts';
import type { StepLimits } from '#portal/limits.ts';
import type { PortalEvent } from '#portal/tab.ts';
import { createPortals } from '#portal/portals.ts';
import { Secret } from '#shared/secret.ts';

export const DATA: PortalData = {
  logins: [
    {
      carrier: 'northbridge-life',
      user: 'ana.ruiz',
      password: 'lantern-42',
      policies: ['00123-4567', '00123-9000'],
    },
    {
      carrier: 'northbridge-life',
      user: 'agency',
      password: 'harbor-77',
      policies: ['00123-4567'],
    },
    {
      carrier: 'meridian-annuity',
      user: 'ana@ruiz',
      password: 'tulip-19',
      policies: ['MA-88-1204'],
    },
  ],
  policies: [
    {
      carrier: 'northbridge-life',
      number: '00123-4567',
      product: 'Variable Universal Life',
      status: 'In Force',
      owner: 'Margaret Chen',
      values: [
        { name: 'Account Value', amount: '41250.75', asOf: '2026-11-20' },
        { name: 'Surrender Value', amount: '-120.00', asOf: '2026-11-20' },
      ],
    },
    {
      carrier: 'northbridge-life',
      number: '00123-9000',
      product: 'Whole Life <Select>',
      status: 'Surrendered',
      owner: "Aoife O'Brien",
      values: [{ name: 'Cash Value', amount: '0', asOf: '2026-10-01' }],
    },
    {
      carrier: 'meridian-annuity',
      number: 'MA-88-1204',
      product: 'Meridian Flex VA',
      status: 'Active',
      owner: 'Margaret Chen',
      values: [
        { name: 'Account Value', amount: '210400.10', asOf: '2026-11-20' },
        { name: 'Death Benefit', amount: '250000', asOf: '2026-11-20' },
      ],
    },
  ],
};

/** Portals, a real browser, and the shipped carriers pointed at them; disposed as one. */
export const openHouse = async (
  options: {
    data?: PortalData;
    pictures?: string;
    sessionMinutes?: number;
    codeMinutes?: number;
    time?: { now: number };
  } = {},
) => {
  const { time = { now: Date.parse('2026-11-21T15:00:00Z') } } = options;
  const clock = (): number => time.now;
  const { sessionMinutes = 20, codeMinutes = 5 } = options;
  const sites = await startPortals({
    data: options.data ?? DATA,
    clock,
    options: Object.fromEntries(
      Object.keys(SITES).map((carrier) => [carrier, { sessionMinutes, codeMinutes }]),
    ),
  });
  const carriers = await loadCarriers({
    folders: [join(projectFolder, 'carriers')],
    addresses: sites.addresses,
    allowDemo: true,
  });
  const chromium = findChromium(process.env);
  if (!chromium) throw new Error('No Chromium on this machine: npm test sets one up');
  const browser = createBrowser({
    launch: browserLaunch(chromium, process.env),
    origins: carriers.flatMap((carrier) => carrier.origins),
  });
  const events: PortalEvent[] = [];
  const portalsWith = (limits: Partial<StepLimits>) =>
    createPortals({
      browser,
      carriers,
      clock,
      limits,
      log: (event) => events.push(event),
      ...(options.pictures === undefined ? {} : { pictures: options.pictures }),
    });
  return {
    ...sites,
    portalsWith,
    portals: portalsWith({}),
    /** For tests that wait a limit out; the others take a busy machine's time. */
    hasty: portalsWith({ wait: 5000, read: 8000, signIn: 4000 }),
    browser,
    carriers,
    events,
    time,
    [Symbol.asyncDispose]: async () => {
      await browser[Symbol.asyncDispose]();
      await sites.close();
    },
  };
};

export const NORTHBRIDGE = { id: 'S1', carrierId: 'northbridge-life', name: 'Ana' };
export const MERIDIAN = { id: 'S2', carrierId: 'meridian-annuity', name: 'Ana' };

export const credentials = (user: string, password: string) => ({
  user: new Secret(user),
  password: new Secret(password),
});

export const ana = credentials('ana.ruiz', 'lantern-42');

/** Hooks of a sign-in where nobody is asked for a code. */
export const quietly = {
  beforeSubmit: () => Promise.resolve(),
  code: () => Promise.resolve(undefined),
};
