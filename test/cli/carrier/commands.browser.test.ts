import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectFolder } from '#setup/tools.mjs';
import { startPortals, type Portals } from '#simulator/portals/start.ts';
import { loadCarriers } from '#portal/carriers.ts';

const folder = mkdtempSync(join(tmpdir(), 'own-carriers-'));
let portals: Portals;
let address: string;
beforeAll(async () => {
  portals = await startPortals({
    data: { logins: [], policies: [] },
    only: ['lakeside-benefit', 'cedar-assurance', 'ridgeline-life'],
  });
  address = portals.addresses['lakeside-benefit'] ?? '';
});
afterAll(() => portals.close());

/** As a person types it, with the login in the environment. */
const sync = (args: string[], login: { user?: string; password?: string } = {}) =>
  new Promise<{ code: number; out: string }>((resolve) => {
    const env = {
      ...process.env,
      CARRIERS_PATH: folder,
      CARRIER_USER: login.user ?? 'sandbox',
      CARRIER_PASSWORD: login.password ?? 'sandbox',
    };
    const child = execFile(
      process.execPath,
      [join(projectFolder, 'src/cli/main.ts'), 'carrier', ...args],
      { env },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? 1, out: `${stdout}${stderr}` }),
    );
    child.stdin?.end();
  });

const live = (...numbers: string[]): string[] => [
  'check',
  'lakeside-benefit',
  ...numbers.flatMap((number) => ['--number', number]),
];

it('makes a carrier of a sign-in page and records a policy, outside of the repository', async () => {
  const made = await sync(['new', 'lakeside-benefit', '--url', `${address}/log-on`]);
  expect(made).toMatchObject({ code: 0 });
  expect(made.out).toContain('field "Producer ID" (text)');
  expect(readFileSync(join(folder, 'lakeside-benefit/index.mjs'), 'utf8')).toContain(
    "label: 'Producer ID'",
  );

  const recorded = await sync(['record', 'lakeside-benefit', '--number', 'SB-1001']);
  expect(recorded).toMatchObject({ code: 0 });
  expect(recorded.out).toContain('Wrote parse.mjs');
  const files = readdirSync(join(folder, 'lakeside-benefit'), {
    recursive: true,
    encoding: 'utf8',
  });
  expect(files).toContain('recording/traffic.har');
  const everything = files
    .filter((file) => /^(pages|recording)\/.*\./.test(file))
    .map((file) => readFileSync(join(folder, 'lakeside-benefit', file), 'utf8'))
    .join('\n');
  for (const seen of ['SB-1001', 'Sandbox', 'sandbox', '555-0147', '03/14/1961', 'Quarry'])
    expect(everything).not.toContain(seen);
});

it('reads the recording as expected once a person has looked at it, and then the portal', async () => {
  const unread = await sync(['check', 'lakeside-benefit', '--recording']);
  expect(unread).toMatchObject({ code: 1, out: expect.stringContaining('--accept') });
  expect((await sync(['check', 'lakeside-benefit', '--recording', '--accept'])).code).toBe(0);
  expect(await sync(['check', 'lakeside-benefit', '--recording'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('2 of 2 recorded cases are read as expected'),
  });
  const mutants = await sync(['check', 'lakeside-benefit', '--mutants']);
  expect(mutants.out).toContain('0 wrong values, 0 false not found, 0 silently empty');
  expect(mutants).toMatchObject({ code: 0 });

  const read = await sync(live('SB-1001', 'SB-1002', 'SB-1003', 'SB-9999'));
  expect(read).toMatchObject({ code: 0 });
  for (const line of [
    'In Force -> open',
    'Surrendered -> closed',
    '$41,250.75 USD',
    'named without an amount',
    'this login has no such policy',
  ])
    expect(read.out).toContain(line);

  const carriers = await loadCarriers({ folders: [folder], allowDemo: false });
  expect(carriers.map((carrier) => carrier.id)).toEqual(['lakeside-benefit']);
});

it('says what came of a sign-in and of a page that is not understood, with the next step', async () => {
  const locked = await sync(live('SB-1001'), { user: 'sandbox-locked' });
  expect(locked).toMatchObject({
    code: 1,
    out: expect.stringMatching(/locked: Rule .* held after .*\n +Next: .*unlock/i),
  });
  const wrong = await sync(live('SB-1001'), { user: 'sandbox-wrong-password' });
  expect(wrong).toMatchObject({
    code: 1,
    out: expect.stringMatching(/bad-credentials: Rule .* held after .*\n +Next: /),
  });
  const pictures = join(folder, '..', `pictures-${process.pid}`);
  const trace = join(pictures, 'trace.zip');
  const changed = await sync([...live('SB-3001'), '--pictures', pictures, '--trace', trace], {
    user: 'sandbox-changed-page',
  });
  expect(changed).toMatchObject({
    code: 1,
    out: expect.stringMatching(/portal-changed: .*\n +Picture .*\n +Next: /),
  });
  expect(changed.out).toContain('begins after the password had left');
  const kinds = readdirSync(pictures).map((file) => file.split('.').at(-1));
  expect(kinds).toEqual(expect.arrayContaining(['png', 'zip']));
});

it('leaves a file alone that a person has made their own', async () => {
  const file = join(folder, 'lakeside-benefit/parse.mjs');
  const mine = readFileSync(file, 'utf8').replace(/^.*\n/, '// Mine.\n');
  writeFileSync(file, mine);
  const again = await sync(['record', 'lakeside-benefit', '--number', 'SB-1002', '--anew']);
  expect(again).toMatchObject({
    code: 0,
    out: expect.stringContaining('parse.mjs is yours by now'),
  });
  expect(readFileSync(file, 'utf8')).toBe(mine);
});

const codeOf = (carrier: string, file: string): string =>
  readFileSync(join(folder, carrier, file), 'utf8');

it('records a way through frames, up to what a number that nobody has does not come to', async () => {
  const name = 'cedar-assurance';
  const made = await sync(['new', name, '--url', `${portals.addresses[name]}/enter`]);
  expect(made).toMatchObject({ code: 0 });
  const words = ['--signed-in', 'Leave the desk', '--keep', 'Standing'];
  const recorded = await sync(['record', name, '--number', 'SB-1001', ...words]);
  expect(recorded.out).toContain('Wrote way.mjs');
  expect(codeOf(name, 'index.mjs')).toContain(
    "{ when: { text: /Leave the desk/ }, is: 'signed-in' }",
  );
  const way = codeOf(name, 'way.mjs');
  for (const part of ['frame[name="work"]', 'kit.numberWithin(number)', 'homes.get(page)'])
    expect(way).toContain(part);
  // Neither the number nor the id of the login in each address.
  expect(way).not.toMatch(/SB-|\/desk/);
  const read = await sync(['check', name, '--number', 'SB-9999']);
  expect(read.out).toContain('this login has no such policy');
}, 180_000);

it('records a page that answers in the background, in lines of a label and a value', async () => {
  const name = 'ridgeline-life';
  await sync(['new', name, '--url', `${portals.addresses[name]}/`]);
  const keep = ['Nobody of yours has this number.', 'Standing', 'Look up'];
  await sync(['record', name, '--number', 'SB-1001', ...keep.flatMap((text) => ['--keep', text])]);
  expect(codeOf(name, 'parse.mjs')).toContain("number: 'Policy', status: 'Standing'");
  const read = await sync(['check', name, '--number', 'SB-9999']);
  expect(read.out).toContain('this login has no such policy');
}, 180_000);
