import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runMain, startMain, type Started } from '#test/support/started-bot.ts';

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

const filesOf = (dataDir: string): string[] => readdirSync(join(dataDir, 'local'));

describe('one folder, from its first start to its last', () => {
  let first: Started;
  // The path of its folder has a space.
  beforeAll(async () => {
    first = await startMain({ folder: 'My Files' });
  });
  afterAll(async () => {
    await first[Symbol.asyncDispose]();
  });

  it('prints the address of the local workspace first, and the workspace answers there', async () => {
    const [address] = /http:\S+/.exec(first.output()) ?? [];
    expect(first.output().split('\n')[0]).toContain(address);
    expect((await fetch(address ?? '')).status).toBe(200);
    expect(first.output()).not.toContain('the worker ended');
  });

  it.each([
    { words: [], what: 'a second start' },
    { words: ['--fresh'], what: 'a start with --fresh' },
  ])('refuses $what, and the first goes on', async ({ words }) => {
    const second = runMain(first.dataDir, words);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`runs already: ${first.url}. Stop that one first`);
    expect(filesOf(first.dataDir)).toContain('workspace.json');
    expect((await fetch(first.url)).status).toBe(200);
  });

  it('ends clean on Ctrl-C, which npm passes on a second time', async () => {
    first.bot.kill('SIGINT');
    first.bot.kill('SIGINT');
    expect(await first.ended).toBe(0);
    expect(first.output()).toMatch(/Stopping …[\s\S]*Stopped\.\n$/);
    expect(filesOf(first.dataDir).filter((name) => /-wal$|^workspace\.json$/.test(name))).toEqual(
      [],
    );
  });

  it('says that its worker cannot start, and ends', async () => {
    const broken = runMain(first.dataDir, [], { CHROMIUM: '/no/such/browser' });
    expect(await broken.ended).toBe(1);
    expect(broken.output()).toContain('CHROMIUM "/no/such/browser" is not a program.');
    expect(broken.output()).toContain('The worker did not start (code 1).');
    expect(broken.output()).not.toContain('Ready');
  });

  it('begins anew with --fresh, and leaves neither Redis nor worker behind when it is killed', async () => {
    const again = runMain(first.dataDir, ['--fresh']);
    await again.ready;
    expect(again.output()).toContain('A firm to try it with is seeded.');
    const children = childrenOf(again.bot.pid);
    expect(children.length).toBeGreaterThanOrEqual(2);
    again.bot.kill('SIGKILL');
    await vi.waitUntil(() => !children.some(isAlive), { timeout: 20_000 });
  });
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
  await expect
    .poll(() => started.output())
    .toMatch(/Ready[^]*syncs wait until a worker runs\..* npm start -- worker\n$/);
});

it('ends on Ctrl-C while Slack cannot be reached by socket, and says so in one line', async () => {
  const slack = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    const isSocket = request.url?.endsWith('apps.connections.open');
    response.end(
      JSON.stringify(
        isSocket
          ? { ok: true, url: `ws://${request.headers.host}/nobody` }
          : { ok: true, team_id: 'T1', bot_id: 'B1', user_id: 'U1' },
      ),
    );
  });
  await new Promise<void>((listening) => slack.listen(0, '127.0.0.1', listening));
  const folder = mkdtempSync(join(tmpdir(), 'sync-unreached-'));
  const running = runMain(folder, [], {
    CHROMIUM_SANDBOX: 'optional',
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_APP_TOKEN: 'xapp-1',
    SLACK_API_URL: `http://127.0.0.1:${(slack.address() as AddressInfo).port}/api`,
    PORT: '0',
  });
  await vi.waitUntil(() => running.output().includes('cannot be reached'), { timeout: 60_000 });
  running.bot.kill('SIGINT');
  expect(await running.ended).toBe(0);
  expect(running.output()).toMatch(/Stopping …\n[\s\S]*socket was not reached yet\.\n/);
  expect(running.output().match(/socket cannot be reached/g)).toHaveLength(1);
  expect(running.output()).not.toContain('WebSocket error');
  slack.close();
  slack.closeAllConnections();
  rmSync(folder, { recursive: true });
});
