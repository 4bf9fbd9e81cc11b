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
    only: ['lakeside-benefit', 'cedar-assurance', 'ridgeline-life', 'granite-mutual'],
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
}, 240_000);

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

/** What `check` says of this policy at the portal, and whether it was right in all. */
const readLive = async (name: string, ...numbers: string[]) => {
  const { code, out } = await sync([
    'check',
    name,
    ...numbers.flatMap((number) => (number === '--book' ? [number] : ['--number', number])),
  ]);
  return { code, lines: out.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, '  ')) };
};

const AMOUNTS = ['$41,250.75', '−$120.00', '$250,000.00'];

it('records a policy on two screens in frames, and joins them by what both show', async () => {
  const name = 'cedar-assurance';
  const made = await sync(['new', name, '--url', `${portals.addresses[name]}/enter`]);
  expect(made).toMatchObject({ code: 0 });
  const steps = ['fill Policy', 'press Find it', 'open Open SB-1001', 'open Values'];
  const recorded = await sync([
    'record',
    name,
    '--number',
    'SB-1001',
    '--signed-in',
    'Leave the desk',
    ...steps.flatMap((step) => ['--step', step]),
  ]);
  expect(recorded.out).toContain('Wrote way.mjs');
  expect(codeOf(name, 'index.mjs')).toContain(
    "{ when: { text: /Leave the desk/ }, is: 'signed-in' }",
  );
  const way = codeOf(name, 'way.mjs');
  for (const part of ['frame[name="work"]', 'kit.numberWithin(number)', 'homes.get(page)'])
    expect(way).toContain(part);
  // Neither the number nor the id of the login in each address.
  expect(way).not.toMatch(/SB-|\/desk/);
  expect(codeOf(name, 'parse.mjs')).toContain("kit.agree([$, valued], ['Policy', 'Edition']");

  expect(await sync(['check', name, '--recording', '--accept'])).toMatchObject({ code: 0 });
  const read = await readLive(name, 'SB-1001', 'SB-1002', 'SB-1003', 'SB-9999');
  expect(read.code).toBe(0);
  const [account, surrender, death] = AMOUNTS;
  expect(read.lines).toEqual(
    expect.arrayContaining([
      'Status  In Force -> open',
      expect.stringMatching(`^Account Value  \\${account} USD, as of .*, fresh$`),
      expect.stringContaining(`Surrender Value  ${surrender} USD`),
      expect.stringContaining(`Death Benefit  ${death} USD`),
      'Status  Surrendered -> closed',
      'Surrender Value  named without an amount',
      'The portal says that this login has no such policy.',
    ]),
  );
  const mutants = await sync(['check', name, '--mutants']);
  expect(mutants.out).toContain('0 wrong values, 0 false not found, 0 silently empty');
  expect(mutants.code).toBe(0);
}, 240_000);

it('records a page that answers in the background and shows no day, and makes none up', async () => {
  const name = 'ridgeline-life';
  await sync(['new', name, '--url', `${portals.addresses[name]}/`]);
  const keep = ['Nobody of yours has this number.', 'Look up'];
  await sync(['record', name, '--number', 'SB-1001', ...keep.flatMap((text) => ['--keep', text])]);
  const parser = codeOf(name, 'parse.mjs');
  expect(parser).toContain("number: 'Policy', status: 'Standing'");
  expect(parser).not.toContain('say it yourself');

  expect(await sync(['check', name, '--recording', '--accept'])).toMatchObject({ code: 0 });
  const read = await readLive(name, 'SB-1001', 'SB-1002', 'SB-9999');
  expect(read.code).toBe(0);
  expect(read.lines).toEqual(
    expect.arrayContaining([
      ...AMOUNTS.map((amount) => expect.stringContaining(`${amount} USD, no date shown`)),
      'Status  Surrendered -> closed',
      'Surrender Value  named without an amount',
      'The portal says that this login has no such policy.',
    ]),
  );
  const mutants = await sync(['check', name, '--mutants']);
  expect(mutants.out).toContain('0 wrong values, 0 false not found, 0 silently empty');
  expect(mutants.code).toBe(0);
}, 240_000);

it('records the list of all policies behind a link, a line for each, and reads it screen by screen', async () => {
  const name = 'lakeside-listed';
  await sync(['new', name, '--url', `${address}/log-on`]);
  const recorded = await sync([
    'record',
    name,
    '--number',
    'SB-1001',
    '--book',
    'open All contracts',
  ]);
  expect(recorded.out).toContain('Wrote into index.mjs: readBook, parseBook');
  expect((await sync(['check', name, '--recording', '--accept'])).out).toContain('5 of 5 recorded');
  const { code, lines } = await readLive(name, 'SB-1001', 'SB-1002', '--book');
  expect(code).toBe(0);
  expect(lines).toEqual(
    expect.arrayContaining([
      '40 policies on 3 screens, of 40',
      'SB-1001  as it is read alone',
      'SB-1002  as it is read alone',
    ]),
  );
  const mutants = await sync(['check', name, '--mutants']);
  expect(mutants.out).toContain('0 wrong values, 0 false not found, 0 silently empty');
}, 240_000);

it('records a register in frames with a line for each value, and a window for each policy', async () => {
  const name = 'granite-own';
  await sync(['new', name, '--url', `${portals.addresses['granite-mutual']}/signon`]);
  const steps = ['fill Policy Number:', 'choose All policies in Show:', 'press Find', 'open View'];
  const book = ['open Policy Register', 'choose All policies in Show:', 'press Display'];
  const recorded = await sync([
    'record',
    name,
    '--number',
    'SB-1001',
    '--signed-in',
    'Sign Off',
    '--keep',
    'NO POLICIES FOUND FOR THIS SELECTION',
    ...steps.flatMap((step) => ['--step', step]),
    ...book.flatMap((step) => ['--book', step]),
  ]);
  expect(recorded.out).toContain('Wrote book.mjs');
  expect(codeOf(name, 'way.mjs')).toContain('kit.popup(page');
  expect(await sync(['check', name, '--recording', '--accept'])).toMatchObject({ code: 0 });
  const { code, lines } = await readLive(name, 'SB-1001', 'SB-9999', '--book');
  expect(code).toBe(0);
  expect(lines).toEqual(
    expect.arrayContaining([
      'The portal says that this login has no such policy.',
      '40 policies on 2 screens, of 40',
      'SB-1001  as it is read alone',
    ]),
  );
  const mutants = await sync(['check', name, '--mutants']);
  expect(mutants.out).toContain('0 wrong values, 0 false not found, 0 silently empty');
}, 240_000);

it('keeps what it recorded of a policy where the list is not come to', async () => {
  const name = 'lakeside-unlisted';
  await sync(['new', name, '--url', `${address}/log-on`]);
  const recorded = await sync(['record', name, '--number', 'SB-1001', '--book', 'open Everything']);
  expect(recorded).toMatchObject({
    code: 0,
    out: expect.stringContaining(
      'The list of all policies was not recorded: The step "open Everything" found nothing to use',
    ),
  });
  expect(codeOf(name, 'parse.mjs')).toContain('Contract status');
}, 120_000);
