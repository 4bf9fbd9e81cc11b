import { expect, it } from 'vitest';
import { Secret } from '#shared/secret.ts';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { createBrowser } from '#portal/browser.ts';
import type { Carrier } from '#portal/contract.ts';
import { createKit } from '#portal/kit/kit.ts';
import { record, UNRECORDED } from '#portal/recording/recording.ts';
import { redactRecording } from '#portal/recording/redacted-recording.ts';
import { PLANTED, startPlantedPortal } from '#test/support/planted-portal.ts';

const carrierOf = (url: string): Carrier => {
  const { PortalChanged } = createKit();
  const unknown = (): never => {
    throw new PortalChanged(UNRECORDED);
  };
  return {
    id: 'planted',
    name: 'Planted',
    origins: [url],
    portalUrl: url,
    unlockSteps: 'Call.',
    sessionMinutes: 10,
    automaticSignInsPerDay: 1,
    codes: 'never',
    signIn: {
      url: `${url}/login`,
      fields: [
        {
          name: 'user',
          label: 'User',
          secret: false,
          autocomplete: 'username',
          find: { label: 'User' },
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
      outcomes: [{ when: { text: /Sign out/ }, is: 'signed-in' }],
    },
    openHome: async (page) => {
      await page.goto(url);
    },
    readPolicy: async () => unknown(),
    parsePolicy: unknown,
  };
};

const recorded = async (options: { keep?: string[]; maskAmounts?: boolean } = {}) => {
  const recent = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);
  await using portal = await startPlantedPortal(recent);
  const found = findChromium(process.env);
  if (found === undefined) throw new Error('No Chromium on this machine: npm test sets one up');
  const carrier = carrierOf(portal.url);
  await using browser = createBrowser({
    launch: browserLaunch(found, process.env),
    origins: carrier.origins,
  });
  const asked = { carrier, number: '00123-4567', absentNumber: '00777-0001' };
  const seen = await record({
    ...asked,
    browser,
    clock: Date.now,
    credentials: { user: new Secret('aruiz77'), password: new Secret('lantern-42') },
    hooks: { code: async () => undefined },
    signal: AbortSignal.timeout(60_000),
  });
  return {
    seen,
    recent,
    recording: redactRecording(seen, {
      ...asked,
      hide: [],
      code: [],
      keep: options.keep ?? [],
      maskAmounts: options.maskAmounts ?? false,
      now: Date.now(),
      key: Buffer.from('the same stand-ins at each run'),
    }),
  };
};

/** The text as it is, and everything that decoding finds in it, again and again. */
const unfolded = (text: string, depth = 3): string => {
  if (depth === 0) return text;
  const forms = [
    text,
    text.replaceAll(/<[^>]*>/g, ''),
    text.replaceAll(/&#(\d+);?/g, (_, code: string) =>
      String.fromCodePoint(Number(code) % 0x110000),
    ),
    text.replaceAll(/&#x([0-9a-f]+);?/gi, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16) % 0x110000),
    ),
    text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll(/\\"/g, '"'),
    text.replaceAll(/%([0-9a-f]{2})/gi, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    ),
    text.replaceAll(/\\u([0-9a-f]{4})/gi, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    ),
    ...(text.match(/[A-Za-z0-9+/_-]{6,}={0,2}/g) ?? []).map((blob) =>
      Buffer.from(blob, 'base64').toString(),
    ),
  ];
  const fresh = forms.slice(1).filter((form) => form !== text && form.length < 4 * text.length);
  return [text, ...fresh.map((form) => unfolded(form, form.length > 2000 ? 1 : depth - 1))].join(
    '\n',
  );
};

const squeezed = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

it('keeps none of the names, numbers and secrets that a portal is full of, in no encoding', async () => {
  const { seen, recording } = await recorded();
  const raw = JSON.stringify([seen.found, seen.home, seen.exchanges]);
  for (const planted of [
    'Margaret',
    '123-45-6789',
    'lantern-42',
    'ck-5f4e',
    'tok_9f8e7d6c5b4a3210',
  ])
    expect(raw, `${planted} was in what was seen`).toContain(planted);

  for (const [name, content] of Object.entries(recording.files)) {
    const all = unfolded(content).toLowerCase();
    for (const planted of [...PLANTED.names, ...PLANTED.others])
      expect(all.includes(planted.toLowerCase()), `${planted} in ${name}`).toBe(false);
    const bare = squeezed(content);
    for (const planted of [...PLANTED.numbers, 'margaretchen', '2125550147', '19610314'])
      expect(bare.includes(squeezed(planted)), `${planted} in ${name}`).toBe(false);
  }
});

it('keeps what a parser needs: labels, amounts, recent dates, and one stand-in for one number', async () => {
  const { recording, recent } = await recorded();
  const { number } = JSON.parse(recording.files['pages/found.expected.json'] ?? '') as {
    number: string;
  };
  expect(number).toMatch(/^\d{5}-\d{4}$/);
  const policy = recording.files['pages/found.policy.html'] ?? '';
  for (const kept of ['Policy status', 'In Force', '$41,250.75', recent, number])
    expect(policy).toContain(kept);
  expect(recording.files['pages/found.results.html']).toContain(`href="/policy/${number}"`);
  expect(recording.files['pages/absent.results.html']).toContain('No policies were found.');
  expect(recording.proposal).toMatchObject({
    nothing: 'No policies were found.',
    number: 'Policy number',
    status: 'Policy status',
    table: { name: 'Value', amount: 'Amount', asOf: 'As of' },
    dates: 'yyyy-MM-dd',
  });
  expect(recording.unkept).toEqual([]);
});

it('replaces amounts where that is asked for, and keeps the words it is told to', async () => {
  const { recording } = await recorded({ maskAmounts: true, keep: ['Vandermeer Select'] });
  const policy = recording.files['pages/found.policy.html'] ?? '';
  expect(policy).not.toContain('41,250.75');
  expect(policy).toContain('Vandermeer Select');
});
