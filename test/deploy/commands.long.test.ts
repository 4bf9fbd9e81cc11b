import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellLinesOf } from '#test/support/page-commands.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** The commands of the pages that an operator follows, in their order, run as they stand there. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sync-operate-'));
  for (const file of ['people.csv', 'contacts.csv', 'policies.csv', 'sources.csv', 'statuses.csv'])
    copyFileSync(join('db/seed', file), join(folder, file));
  mkdirSync(join(folder, 'safe'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What an engine brought back is settled in test/cli/recovered.*.test.ts, which have one. */
const commandsOf = (page: string): string[] =>
  shellLinesOf(page).filter(
    (line) =>
      /^([A-Z_]+=\S+ )?(npm run -s sync --|(node_modules\/\.bin\/)?node src\/) ?/.test(line) &&
      !line.includes('--recovered'),
  );

/** In the test's folder stand those of the operator: /backups, /safe, and what is beside them. */
const run = async (command: string): Promise<{ code: number; output: string }> => {
  const words = command
    .replace('npm run -s sync --', 'node src/cli/main.ts')
    .replaceAll(/ (\/backups|\/safe)/g, ` ${folder}$1`)
    .replaceAll(/ (\w+\.csv)/g, ` ${folder}/$1`)
    .split(' ');
  const given = words.filter((word) => /^[A-Z_]+=/.test(word)).map((word) => word.split('='));
  const [, ...rest] = words.slice(given.length);
  const env = {
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^SLACK_|^REDIS_/.test(name)),
    ),
    // The demo carriers load for the local workspace alone, and its keys are where its data is.
    LOCAL_WORKSPACE: '1',
    DATA_DIR: join(folder, 'data'),
    ...Object.fromEntries(given),
  };
  if (env.DATA_DIR.startsWith('.')) env.DATA_DIR = join(folder, env.DATA_DIR);
  const child = spawn(process.execPath, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
};

it.each(['docs/deploy.md', 'docs/operate.md'])(
  'every command of %s does what it says',
  async (page) => {
    const commands = commandsOf(page);
    expect(commands.length).toBeGreaterThan(5);
    // A start has made the keys and the tables.
    await run('node src/app/make-keys.ts');
    await run('npm run -s sync -- migrate');
    for (const command of commands) {
      const { code, output } = await run(command);
      // The doctor may find this machine bare; every other one ends well.
      const expected = command.includes(' doctor') ? [0, 1] : [0];
      if (!expected.includes(code)) throw new Error(`${command} ended with ${code}:\n${output}`);
      expect(output).not.toMatch(/^\s+at .*:\d+:\d+/m);
    }
  },
  300_000,
);
