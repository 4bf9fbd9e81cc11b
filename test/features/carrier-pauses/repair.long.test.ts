import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { projectFolder } from '#setup/tools.mjs';
import { PORTAL_SEED } from '#simulator/firm.ts';
import { readPortalData } from '#simulator/portals/data.ts';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { askFor, isCardOf, startFirm, type TestFirm } from '#test/support/firm.ts';

const TEAM = 'CTEAM0001';
const SUPPORT = 'CSUPPORT1';
const ANA = 'UANARUIZ1';
const SAM = 'USAMOKAF1';

let folder: string;
let firm: TestFirm;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'own-carriers-'));
  await cp(join(projectFolder, 'carriers'), folder, { recursive: true });
  firm = await startFirm({ carriersFolder: folder });
});
afterEach(async () => {
  await firm[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Ana's login at Northbridge, and numbers that it sees there. */
const atPortal = async () => {
  const { logins } = readPortalData(PORTAL_SEED);
  const login = logins.find(
    ({ carrier, user }) => carrier === 'northbridge-life' && user === 'aruiz',
  );
  if (login === undefined) throw new Error('Ana has no login at Northbridge');
  const seen = new Set(login.policies);
  const rows = await firm.db
    .selectFrom('policy as p')
    .innerJoin('book as b', 'b.contact_id', 'p.contact_id')
    .innerJoin('person as w', 'w.id', 'b.person_id')
    .select('p.number')
    .distinct()
    .where('w.slack_user_id', '=', ANA)
    .where('p.carrier_id', '=', 'northbridge-life')
    .where('p.status', '=', 'In Force')
    .orderBy('p.number')
    .execute();
  return { login, numbers: rows.map(({ number }) => number).filter((each) => seen.has(each)) };
};

const pausedReason = async (): Promise<string | null> =>
  (
    await firm.db
      .selectFrom('carrier')
      .select('paused_reason')
      .where('id', '=', 'northbridge-life')
      .executeTakeFirstOrThrow()
  ).paused_reason;

/** What a person answers at the keyboard, each to the question that ends so. */
type Answer = readonly [question: RegExp, answer: string];

/** As an operator pastes it into a terminal where the carriers are, and answers what it asks there. */
const run = (command: string, env: Record<string, string>, answers: readonly Answer[]) =>
  new Promise<{ code: number | null; out: string }>((resolve) => {
    const words = command.replace('npm run sync -- ', '').split(' ');
    const line = [process.execPath, join(projectFolder, 'src/cli/main.ts'), ...words];
    // A terminal of its own, so that it asks, and hides what is typed unseen.
    const inTerminal =
      process.platform === 'darwin'
        ? ['-q', '/dev/null', ...line]
        : ['-qec', line.map((word) => `'${word}'`).join(' '), '/dev/null'];
    const child = spawn('script', inTerminal, { env: { ...process.env, ...env } });
    const left = [...answers];
    let out = '';
    let unread = '';
    const hear = (said: Buffer): void => {
      out += said.toString();
      unread += said.toString();
      const [next] = left;
      if (next === undefined || !next[0].test(unread)) return;
      left.shift();
      unread = '';
      child.stdin.write(`${next[1]}\r`);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('close', (code) => resolve({ code, out }));
  });

it('is paused by a renamed label, repaired by the one command of the notice, and reads all that waited', async () => {
  await firm.work();
  const { login, numbers } = await atPortal();
  const [late, ...first] = numbers.slice(0, 6);
  await firm.local.portals.northbridge.rename('Policy status', 'Standing of the policy');

  const ask = (number: string): Promise<LocalMessage> =>
    askFor(firm, ANA, TEAM, `/sync policy ${number}`, isCardOf(ANA, number));
  const cards: LocalMessage[] = [];
  for (const number of first) cards.push(await ask(number));
  await expect.poll(pausedReason, { timeout: 120_000 }).toBe('portal-changed');
  cards.push(await ask(late ?? ''));

  const notice = await firm.client.waitForMessage({
    as: SAM,
    channel: SUPPORT,
    what: 'the notice with its command',
    that: ({ text }) => text.includes('Northbridge Life is paused'),
  });
  const [, command = ''] = /`(npm run sync -- carrier repair [\w-]+)`/.exec(notice.text) ?? [];
  const repaired = await run(
    command,
    {
      DATABASE_FILE: firm.databaseFile,
      // The portals are found as those of the local workspace that runs there.
      DATA_DIR: firm.dataFolder,
      CARRIERS_PATH: folder,
    },
    [
      [/User ID: /, login.user],
      [/Password: /, login.password],
      [/\(yes or no\) /, 'yes'],
    ],
  );
  expect(repaired.out).not.toContain(login.password);
  expect(repaired.out).toContain('"Policy status" is now "Standing of the policy"');
  expect(repaired.out).toContain("['Standing of the policy', 'Policy status']");
  expect(repaired.out).toContain('0 wrong values, 0 false not found, 0 silently empty');
  expect(repaired.out).toContain('Northbridge Life goes on');
  expect(repaired.code).toBe(0);

  expect(await pausedReason()).toBeNull();
  for (const card of cards)
    await firm.client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'the card to say how it went',
      that: ({ ts, text }) => ts === card.ts && text.includes('Success'),
      ms: 120_000,
    });
  const parser = await readFile(join(folder, 'northbridge-life/parse.ts'), 'utf8');
  expect(parser).toContain("status: ['Standing of the policy', 'Policy status']");
  const { action } = await firm.db
    .selectFrom('audit')
    .select('action')
    .where('subject_type', '=', 'carrier')
    .executeTakeFirstOrThrow();
  expect(action).toBe('carrier.repaired');
}, 600_000);
