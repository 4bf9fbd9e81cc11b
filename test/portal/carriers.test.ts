import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectFolder } from '#setup/tools.mjs';
import { factsOf, loadCarriers } from '#portal/carriers.ts';

const shipped = join(projectFolder, 'carriers');

const PIN = {
  name: 'pin',
  label: 'PIN',
  secret: true,
  autocomplete: 'off',
  find: { label: 'PIN' },
};

/** The sign-in of `outside`, with a difference. */
const signInWith = (changes: Record<string, unknown>) => ({
  signIn: {
    url: 'https://portal.evergreen.example/login',
    fields: [PIN],
    submit: { css: 'button' },
    outcomes: [{ when: { css: '#home' }, is: 'signed-in' }],
    ...changes,
  },
});

const CHANNELS = {
  offered: [
    { id: 'text', label: 'Text message', find: { label: 'Text message' } },
    { id: 'app', label: 'Authenticator', find: { label: 'Authenticator' } },
  ],
  authenticator: 'app',
};

/** A carrier from outside the repository: plain JavaScript that imports nothing. */
const outside = (changes: Record<string, unknown> = {}): string => {
  const folder = mkdtempSync(join(tmpdir(), 'carriers-'));
  mkdirSync(join(folder, 'evergreen'));
  const facts = {
    id: 'evergreen',
    name: 'Evergreen Mutual',
    origins: ['https://portal.evergreen.example'],
    portalUrl: 'https://portal.evergreen.example/',
    unlockSteps: 'Call.',
    sessionMinutes: 30,
    automaticSignInsPerDay: 3,
    codes: 'never',
    ...signInWith({}),
    ...changes,
  };
  writeFileSync(
    join(folder, 'evergreen', 'index.mjs'),
    `export default (kit) => ({ ...${JSON.stringify(facts)}, openHome: async () => {},
      readPolicy: async () => ({}), parsePolicy: () => { throw new kit.PortalChanged('x'); } });`,
  );
  return folder;
};

it('loads shipped carriers and one from outside, and tells the hash of each one', async () => {
  const lines: { carrier: string; sha256: string }[] = [];
  const carriers = await loadCarriers({
    folders: [shipped, outside()],
    allowDemo: true,
    log: (line) => lines.push(line),
  });
  expect(carriers.map((carrier) => carrier.id)).toEqual(
    expect.arrayContaining(['meridian-annuity', 'northbridge-life', 'evergreen']),
  );
  expect(lines.map((line) => line.carrier)).toEqual(carriers.map((carrier) => carrier.id));
  expect(lines.every((line) => /^[0-9a-f]{64}$/.test(line.sha256))).toBe(true);
});

it('leaves demo carriers out where they are not allowed', async () => {
  const carriers = await loadCarriers({ folders: [shipped, outside()], allowDemo: false });
  expect(carriers.map((carrier) => carrier.id)).toContain('evergreen');
  expect(carriers.filter((carrier) => carrier.demo)).toEqual([]);
});

it('points a carrier at the address that the configuration names', async () => {
  const addresses = { 'northbridge-life': 'http://127.0.0.1:9999' };
  const carriers = await loadCarriers({ folders: [shipped], addresses, allowDemo: true });
  const northbridge = carriers.find((carrier) => carrier.id === 'northbridge-life');
  expect(northbridge?.origins).toEqual(['http://127.0.0.1:9999']);
  expect(northbridge && factsOf(northbridge)).toMatchObject({
    portalUrl: 'http://127.0.0.1:9999',
    codes: 'never',
    fields: [
      { name: 'user', secret: false },
      { name: 'password', secret: true },
    ],
  });
});

it('tells the rest of the program which ways a code may go, and what keeps a session', async () => {
  const code = { pattern: '^x$', channels: CHANNELS, trust: { find: { css: '#trust' }, days: 30 } };
  const folder = outside({
    ...signInWith({ code }),
    codes: 'sometimes',
    keepAlive: { everyMinutes: 8 },
  });
  const [carrier] = await loadCarriers({ folders: [folder], allowDemo: false });
  expect(carrier && factsOf(carrier)).toMatchObject({
    channels: [
      { id: 'text', label: 'Text message' },
      { id: 'app', label: 'Authenticator' },
    ],
    authenticatorChannel: 'app',
    trustDays: 30,
    keepAliveMinutes: 8,
    sendsCodeAgain: false,
  });
});

it.each([
  ['plain http elsewhere', { origins: ['http://portal.evergreen.example'] }, /not https/],
  ['an id that is taken', { id: 'northbridge-life' }, /taken/],
  ['an id with spaces', { id: 'Ever Green' }, /kebab/],
  ['no name', { name: undefined }, /evergreen: name is missing/],
  ['no sign-in', { signIn: undefined }, /evergreen: signIn is missing/],
  ['no session life', { sessionMinutes: 0 }, /sessionMinutes/],
  ['codes without a code form', { codes: 'always' }, /codes/],
  [
    'a secret before the last screen of its sign-in',
    signInWith({
      fields: [
        { ...PIN, next: { css: '#next' } },
        { ...PIN, name: 'other' },
      ],
    }),
    /secret field comes before the last screen/,
  ],
  [
    'a last field that leads nowhere',
    signInWith({ fields: [PIN, { ...PIN, secret: false, next: { css: '#next' } }] }),
    /secret field comes before|nothing follows the last field/,
  ],
  [
    'an authenticator that is no channel',
    signInWith({ code: { channels: { ...CHANNELS, authenticator: 'yubikey' } } }),
    /authenticator channel yubikey is not among/,
  ],
  ['a keep-alive without pause', { keepAlive: { everyMinutes: 0 } }, /everyMinutes is not above 0/],
  ['a book that nobody can parse', { readBook: 'x' }, /readBook and parseBook go together/],
  ['a sign-in elsewhere', { origins: ['https://other.example'] }, /not on one of its origins/],
])('refuses a carrier with %s in one clear line', async (_what, changes, message) => {
  const loading = loadCarriers({ folders: [shipped, outside(changes)], allowDemo: true });
  await expect(loading).rejects.toThrow(message);
});

it('says which folder of carriers is not there', async () => {
  const loading = loadCarriers({ folders: ['/nowhere/carriers'], allowDemo: true });
  await expect(loading).rejects.toThrow('/nowhere/carriers');
});

it('says which file of a carrier cannot be loaded, and why, in one line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'carriers-'));
  mkdirSync(join(folder, 'torn'));
  writeFileSync(join(folder, 'torn', 'index.mjs'), 'export default (kit) => {');
  const loading = loadCarriers({ folders: [folder], allowDemo: true });
  await expect(loading).rejects.toThrow(/^Carrier .*torn: index\.mjs could not be loaded: [^\n]+$/);
});
