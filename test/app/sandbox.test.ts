import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { sandboxAdvice, sandboxRule } from '#app/sandbox.ts';
import { examine } from '#cli/doctor/doctor.ts';

const configOf = (env: Record<string, string>) =>
  loadConfig({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', ...env });

it.each([
  [true, { NODE_ENV: 'production' }, 'on'],
  [false, { NODE_ENV: 'production' }, 'refused'],
  [false, { NODE_ENV: 'production', CHROMIUM_SANDBOX: 'optional' }, 'off'],
  [false, {}, 'off'],
  [false, { CHROMIUM_SANDBOX: 'required' }, 'refused'],
] as const)('a sandbox that works (%s) under %o is %s', (works, env, expected) => {
  expect(sandboxRule(works, configOf(env))).toBe(expected);
});

it.each([
  ['refused', {}, true, /^Start as a user who is not root .*, or set CHROMIUM_SANDBOX=optional\.$/],
  [
    'refused',
    {},
    false,
    /^Let this user make user namespaces .*, or set CHROMIUM_SANDBOX=optional/,
  ],
  ['off', {}, false, /^Let this user make user namespaces .*; production refuses it otherwise\.$/],
  ['off', { CHROMIUM_SANDBOX: 'optional' }, false, /^CHROMIUM_SANDBOX=optional allows that\. For/],
] as const)('where it is %s under %o (root: %s), what is left is said', (is, env, root, says) => {
  const advice = sandboxAdvice(is, configOf(env), root);
  expect(advice).toMatch(says);
  expect(advice.includes('not root')).toBe(root);
  expect(advice.includes('set CHROMIUM_SANDBOX')).toBe(is === 'refused');
});

/** Root has no sandbox on Linux, whatever the program; Node itself stands for Chromium. */
it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'production does not start a worker without it, and says what to do',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
    const env = {
      PATH: process.env['PATH'],
      DATA_DIR: folder,
      CHROMIUM: process.execPath,
      NODE_ENV: 'production',
      REDIS_URL: 'redis://127.0.0.1:1',
    };
    const [code, said] = await new Promise<[unknown, string]>((done) => {
      execFile(process.execPath, ['src/main.ts', 'worker'], { env }, (error, _out, stderr) =>
        done([error?.code, stderr]),
      );
    });
    expect(said).toContain(
      'Chromium runs without its sandbox here. Start as a user who is not root',
    );
    expect(code).toBe(1);
    const findings = [];
    const { REDIS_URL: _, ...local } = env;
    for await (const finding of examine({ ...local, NODE_ENV: 'development' }))
      findings.push(finding);
    expect(findings.find(({ of }) => of === 'Chromium')).toMatchObject({
      is: 'note',
      found: expect.stringContaining('without its sandbox'),
    });
    const allowed = [];
    for await (const finding of examine({ ...env, CHROMIUM_SANDBOX: 'optional' }))
      allowed.push(finding);
    expect(allowed.find(({ of }) => of === 'Chromium')).toMatchObject({
      is: 'note',
      next: expect.stringMatching(/^CHROMIUM_SANDBOX=optional allows that/) as string,
    });
    rmSync(folder, { recursive: true });
  },
);
