import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { runMain, startMain } from '#test/support/started-bot.ts';

// Each starts Node twice, a Redis and a workspace.
vi.setConfig({ testTimeout: 120_000 });

interface Running {
  pid: string;
  parent: string;
  state: string;
}

/** From /proc, since a bare machine has no `ps`; and from that where there is no /proc. */
function processes(): Running[] {
  const lines = existsSync('/proc/self/stat')
    ? readdirSync('/proc').filter(isNumber).map(statusOf)
    : execFileSync('ps', ['-A', '-o', 'pid=,stat=,ppid='], { encoding: 'utf8' }).split('\n');
  return lines.map((line) => {
    const [pid = '', state = '', parent = ''] = line.trim().split(/\s+/);
    return { pid, parent, state };
  });
}

const isNumber = (name: string): boolean => /^\d+$/.test(name);

/** The name in brackets may hold spaces. */
function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/\(.*\)/s, '');
  } catch {
    return '';
  }
}

const childrenOf = (pid: number | undefined): string[] =>
  processes().flatMap((running) => (running.parent === String(pid) ? [running.pid] : []));

/** A zombie has ended, and waits for somebody to count it. */
const isAlive = (pid: string): boolean =>
  processes().some((running) => running.pid === pid && !running.state.startsWith('Z'));

it('prints the address of the local workspace first, and the workspace answers there', async () => {
  await using started = await startMain();
  const [address] = /http:\S+/.exec(started.output()) ?? [];
  expect(started.output().split('\n')[0]).toContain(address);
  expect((await fetch(address ?? '')).status).toBe(200);
});

it('leaves neither Redis nor worker behind when it is killed', async () => {
  await using started = await startMain();
  const children = childrenOf(started.bot.pid);
  expect(children.length).toBeGreaterThanOrEqual(2);
  started.bot.kill('SIGKILL');
  await vi.waitUntil(() => !children.some(isAlive), { timeout: 20_000 });
});

it('starts where the path of its folder has a space, its worker too', async () => {
  await using started = await startMain({ folder: 'My Files' });
  expect(started.output()).not.toContain('the worker ended');
});

it('says that its worker cannot start, and ends', async () => {
  await using started = await startMain();
  started.bot.kill('SIGTERM');
  await started.ended;
  const broken = runMain(started.dataDir, [], { CHROMIUM: '/no/such/browser' });
  expect(await broken.ended).toBe(1);
  expect(broken.output()).toContain('CHROMIUM "/no/such/browser" is not a program.');
  expect(broken.output()).toContain('The worker did not start (code 1).');
  expect(broken.output()).not.toContain('Ready');
});

const filesOf = (dataDir: string): string[] => readdirSync(join(dataDir, 'local'));

it('ends clean on Ctrl-C, which npm passes on a second time', async () => {
  await using started = await startMain();
  started.bot.kill('SIGINT');
  started.bot.kill('SIGINT');
  expect(await started.ended).toBe(0);
  expect(started.output()).toMatch(/Stopping …[\s\S]*Stopped\.\n$/);
  expect(filesOf(started.dataDir).filter((name) => /-wal$|^workspace\.json$/.test(name))).toEqual(
    [],
  );
});

it('refuses a second start in the same folder, and the first goes on', async () => {
  await using started = await startMain();
  const second = runMain(started.dataDir);
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(`runs already: ${started.url}. Stop that one first`);
  expect(filesOf(started.dataDir)).toContain('workspace.json');
  expect((await fetch(started.url)).status).toBe(200);
});

it('begins anew with --fresh, and not while it runs', async () => {
  await using started = await startMain();
  const early = runMain(started.dataDir, ['--fresh']);
  expect(await early.ended).toBe(1);
  expect(early.output()).toContain('runs already');
  started.bot.kill('SIGTERM');
  await started.ended;
  const again = runMain(started.dataDir, ['--fresh']);
  await again.ready;
  expect(again.output()).toContain('A firm to try it with is seeded.');
  again.bot.kill('SIGTERM');
  await again.ended;
});

it('tells of a setting that names nothing at the start', async () => {
  const told = async (own: Record<string, string>): Promise<string> => {
    const running = runMain('no-such-folder', [], own);
    expect(await running.ended).toBe(1);
    return running.output();
  };
  expect(await told({ CARRIERS_PATH: '/nope' })).toContain('CARRIERS_PATH "/nope" is no folder.');
  expect(await told({ CARRIER_ADDRESSES: '{"nope":"http://127.0.0.1:1"}' })).toContain(
    'CARRIER_ADDRESSES names "nope", and there is no such carrier: there are granite-mutual',
  );
  expect(existsSync('no-such-folder')).toBe(false);
});

it('as a bot alone says that it has no worker, and how to run one', async () => {
  await using started = await startMain({ words: ['bot'] });
  expect(started.output()).toMatch(/syncs wait until a worker runs\..* npm start -- worker\n/);
});
