import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { loadCarriers } from '#portal/carriers.ts';
import { startOwnCarriers, type OwnCarriers } from '#test/support/own-carriers.ts';

// Each starts processes, with a browser of their own, one after the other.
vi.setConfig({ testTimeout: 240_000 });

let own: OwnCarriers;
beforeAll(async () => {
  own = await startOwnCarriers('lakeside-benefit');
});
afterAll(() => own[Symbol.asyncDispose]());

const live = (...numbers: string[]): string[] => [
  'check',
  'lakeside-benefit',
  ...numbers.flatMap((number) => ['--number', number]),
];

it('makes a carrier of a sign-in page and records a policy, outside of the repository', async () => {
  const made = await own.sync([
    'new',
    'lakeside-benefit',
    '--url',
    `${own.addressOf('lakeside-benefit')}/log-on`,
  ]);
  expect(made).toMatchObject({ code: 0 });
  expect(made.out).toContain('field "Producer ID" (text)');
  expect(readFileSync(join(own.folder, 'lakeside-benefit/index.mjs'), 'utf8')).toContain(
    "label: 'Producer ID'",
  );

  const recorded = await own.sync(['record', 'lakeside-benefit', '--number', 'SB-1001']);
  expect(recorded).toMatchObject({ code: 0 });
  expect(recorded.out).toContain('Wrote parse.mjs');
  const files = readdirSync(join(own.folder, 'lakeside-benefit'), {
    recursive: true,
    encoding: 'utf8',
  });
  expect(files).toContain('recording/traffic.har');
  const everything = files
    .filter((file) => /^(pages|recording)\/.*\./.test(file))
    .map((file) => readFileSync(join(own.folder, 'lakeside-benefit', file), 'utf8'))
    .join('\n');
  for (const seen of ['SB-1001', 'Sandbox', 'sandbox', '555-0147', '03/14/1961', 'Quarry'])
    expect(everything).not.toContain(seen);
});

it('reads the recording as expected once a person has looked at it, and then the portal', async () => {
  const unread = await own.sync(['check', 'lakeside-benefit', '--recording']);
  expect(unread).toMatchObject({ code: 1, out: expect.stringContaining('--accept') });
  expect((await own.sync(['check', 'lakeside-benefit', '--recording', '--accept'])).code).toBe(0);
  expect(await own.sync(['check', 'lakeside-benefit', '--recording'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('2 of 2 recorded cases are read as expected'),
  });
  const mutants = await own.sync(['check', 'lakeside-benefit', '--mutants']);
  expect(mutants.out).toContain('0 wrong values, 0 false not found, 0 silently empty');
  expect(mutants).toMatchObject({ code: 0 });

  const read = await own.sync(live('SB-1001', 'SB-1002', 'SB-1003', 'SB-9999'));
  expect(read).toMatchObject({ code: 0 });
  for (const line of [
    'In Force -> open',
    'Surrendered -> closed',
    '$41,250.75 USD',
    'named without an amount',
    'this login has no such policy',
  ])
    expect(read.out).toContain(line);

  const carriers = await loadCarriers({ folders: [own.folder], allowDemo: false });
  expect(carriers.map((carrier) => carrier.id)).toEqual(['lakeside-benefit']);
});

it('says what came of a sign-in and of a page that is not understood, with the next step', async () => {
  const locked = await own.sync(live('SB-1001'), 'sandbox-locked');
  expect(locked).toMatchObject({
    code: 1,
    out: expect.stringMatching(/locked: Rule .* held after .*\n +Next: .*unlock/i),
  });
  const wrong = await own.sync(live('SB-1001'), 'sandbox-wrong-password');
  expect(wrong).toMatchObject({
    code: 1,
    out: expect.stringMatching(/bad-credentials: Rule .* held after .*\n +Next: /),
  });
  const pictures = join(own.folder, '..', `pictures-${process.pid}`);
  const trace = join(pictures, 'trace.zip');
  const changed = await own.sync(
    [...live('SB-3001'), '--pictures', pictures, '--trace', trace],
    'sandbox-changed-page',
  );
  expect(changed).toMatchObject({
    code: 1,
    out: expect.stringMatching(/portal-changed: .*\n +Picture .*\n +Next: /),
  });
  expect(changed.out).toContain('begins after the password had left');
  const kinds = readdirSync(pictures).map((file) => file.split('.').at(-1));
  expect(kinds).toEqual(expect.arrayContaining(['png', 'zip']));
});

it('leaves a file alone that a person has made their own', async () => {
  const file = join(own.folder, 'lakeside-benefit/parse.mjs');
  const mine = readFileSync(file, 'utf8').replace(/^.*\n/, '// Mine.\n');
  writeFileSync(file, mine);
  const again = await own.sync(['record', 'lakeside-benefit', '--number', 'SB-1002', '--anew']);
  expect(again).toMatchObject({
    code: 0,
    out: expect.stringContaining('parse.mjs is yours by now'),
  });
  expect(readFileSync(file, 'utf8')).toBe(mine);
});
