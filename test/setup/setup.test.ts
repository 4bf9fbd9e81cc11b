import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { findChromium, findRedis } from '#setup/tools.mjs';

const TOKENS = { SLACK_BOT_TOKEN: 'xoxb-not-a-token', SLACK_APP_TOKEN: 'xapp-not-a-token' };

/** A clone in which nothing is installed yet, on a machine with no programs of ours. */
async function bareClone(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'sync-clone-'));
  await cp('src/setup', join(path, 'src/setup'), { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) await cp(file, join(path, file));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

function setUp(clone: string, purpose: string, env: Record<string, string>) {
  const { PATH, HOME } = process.env;
  return spawnSync(process.execPath, [join(clone, 'src/setup/run.mjs'), purpose], {
    encoding: 'utf8',
    env: { PATH, HOME, ...env },
  });
}

it('says and does nothing when nothing is missing', () => {
  setUp(resolve('.'), 'check', {});
  const { status, stdout, stderr } = setUp(resolve('.'), 'check', {});
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});

it('beside Slack tokens names what is missing, installs nothing, and stops', async () => {
  await using clone = await bareClone();
  const before = await readdir(clone.path);
  const { status, stdout, stderr } = setUp(clone.path, 'start', TOKENS);
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain('Packages are missing: npm ci');
  expect(await readdir(clone.path)).toEqual(before);
});

it.each([
  ['SELF_SIGNED_CERT_IN_CHAIN', 'npm config set cafile'],
  ['EAI_AGAIN', 'npm config set https-proxy'],
  ['ENOSPC', 'Free some space'],
])('says what to do where npm ends with %s', async (code, cure) => {
  await using clone = await bareClone();
  const npm = join(clone.path, 'npm.js');
  await writeFile(npm, `console.error('npm error code ${code}'); process.exit(1);`);
  const { status, stderr } = setUp(clone.path, 'packages', { npm_execpath: npm });
  expect(status).toBe(1);
  expect(stderr).toContain(`npm error code ${code}`);
  expect(stderr).toContain(cure);
});

it('in production without tokens installs nothing either', async () => {
  await using clone = await bareClone();
  const { status, stderr } = setUp(clone.path, 'start', { NODE_ENV: 'production' });
  expect(status).toBe(1);
  expect(stderr).toContain('Packages are missing');
});

it('says in one line that CHROMIUM is not a program', async () => {
  await using clone = await bareClone();
  const { status, stderr } = setUp(clone.path, 'start', {
    ...TOKENS,
    CHROMIUM: '/no/such/browser',
  });
  expect(status).toBe(1);
  expect(stderr).toBe('CHROMIUM is /no/such/browser, which is not a program.\n');
  expect(findChromium({ CHROMIUM: '/no/such/browser' })).toBeUndefined();
});

it('uses the program that CHROMIUM names before any other', () => {
  expect(findChromium({ CHROMIUM: process.execPath })).toEqual({ path: process.execPath });
});

it('finds a Redis on this machine', async () => {
  expect((await stat(findRedis(process.env)?.path ?? '')).isFile()).toBe(true);
});

/** Takes the lock in a process of its own, notes when it had it, and holds it for a moment. */
function holder(lock: string, notes: string, name: string) {
  const program = `
    import { withLock } from '#setup/lock.mjs';
    import { appendFileSync } from 'node:fs';
    await withLock(${JSON.stringify(lock)}, async () => {
      appendFileSync(${JSON.stringify(notes)}, '${name} in\\n');
      await new Promise((done) => setTimeout(done, 300));
      appendFileSync(${JSON.stringify(notes)}, '${name} out\\n');
    });`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: 'ignore',
    // The age of a lock is that of its file, whose clock nobody moves.
    env: { ...process.env, MOVED_CLOCK_MS: '0' },
  });
}

it('two set-ups of one clone take turns', async () => {
  await using clone = await bareClone();
  const notes = join(clone.path, 'notes');
  const lock = join(clone.path, 'lock');
  await Promise.all(['a', 'b'].map((name) => once(holder(lock, notes, name), 'exit')));
  const [first, second, third, fourth] = (await readFile(notes, 'utf8')).split('\n');
  expect(new Set([first?.[0], third?.[0]])).toEqual(new Set(['a', 'b']));
  expect([second, fourth]).toEqual([`${first?.[0]} out`, `${third?.[0]} out`]);
});

it('takes over the lock of a set-up that was killed', async () => {
  await using clone = await bareClone();
  const notes = join(clone.path, 'notes');
  const lock = join(clone.path, 'lock');
  const killed = holder(lock, notes, 'killed');
  await expect.poll(() => readFile(notes, 'utf8').catch(() => '')).not.toBe('');
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  await once(holder(lock, notes, 'next'), 'exit');
  expect(await readFile(notes, 'utf8')).toBe('killed in\nnext in\nnext out\n');
});

it('takes over a lock that was never signed', async () => {
  await using clone = await bareClone();
  const notes = join(clone.path, 'notes');
  const lock = join(clone.path, 'lock');
  await mkdir(lock);
  const minuteAgo = (await stat(lock)).mtimeMs / 1000 - 60;
  await utimes(lock, minuteAgo, minuteAgo);
  await once(holder(lock, notes, 'next'), 'exit');
  expect(await readFile(notes, 'utf8')).toBe('next in\nnext out\n');
});

it('takes no program from what an earlier set-up kept when it is gone', async () => {
  await using clone = await bareClone();
  await mkdir(join(clone.path, '.cache'));
  const gone = { redis: { path: '/gone/redis-server' } };
  await writeFile(join(clone.path, '.cache/tools.json'), JSON.stringify(gone));
  const question = `
    import { findRedis } from ${JSON.stringify(join(clone.path, 'src/setup/tools.mjs'))};
    console.log(findRedis(process.env)?.path);`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', question], {
    encoding: 'utf8',
  });
  expect(stdout).not.toContain('/gone');
  expect(status).toBe(0);
});

const PACKAGE = JSON.parse(await readFile('package.json', 'utf8')) as {
  scripts: Record<string, string>;
};

it('every script runs on a fresh clone under an old Node: set-up comes before it', () => {
  const bare = Object.entries(PACKAGE.scripts).filter(
    ([name, script]) =>
      !name.startsWith('pre') &&
      !script.startsWith('exec "$npm_node_execpath" src/setup/') &&
      !/^"\$npm_node_execpath" src\/setup\/run\.mjs \w+$/.test(PACKAGE.scripts[`pre${name}`] ?? ''),
  );
  expect(bare.map(([name]) => name)).toEqual([]);
});

it('the doctor runs where nothing is installed, and says what is missing', async () => {
  await using clone = await bareClone();
  const { PATH, HOME } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(clone.path, 'src/setup/swivel-sync.mjs'), 'doctor'],
    { encoding: 'utf8', env: { PATH, HOME } },
  );
  expect(stderr).toBe('');
  expect(stdout).toContain('BAD  Packages are missing: npm ci');
  expect(stdout).toContain(`This is Node ${process.versions.node}`);
  expect(status).toBe(1);
});

it('beside Slack tokens names libatomic too, where neither it nor the pinned Node is found', async () => {
  await using clone = await bareClone();
  const machine = join(clone.path, 'src/setup/tools.mjs');
  const looked = (await readFile(machine, 'utf8')).replaceAll("'libatomic.so.1'", "'none.so'");
  await writeFile(machine, looked);
  const { stderr } = setUp(clone.path, 'start', TOKENS);
  expect(stderr).toContain('libatomic is missing, which Node 26 needs');
});
