import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { largeImport } from '#test/support/large-import.ts';

/** `npm run import:trial`: the real import of a large firm with planted faults, twice. */
const root = join(import.meta.dirname, '../..');
const SEED = ['people', 'statuses', 'contacts', 'sources', 'policies'].map((kind) =>
  join(root, `db/seed/${kind}.csv`),
);

const run = async (folder: string, files: readonly string[]) => {
  const began = performance.now();
  const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), 'import', ...files], {
    env: { ...process.env, DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  await new Promise((resolve) => child.once('close', resolve));
  return {
    seconds: Math.round((performance.now() - began) / 100) / 10,
    lines: text.trim().split('\n'),
  };
};

const { lines, faults, json } = new Command('import:trial')
  .description('Imports a large firm with planted faults, twice, and compares what was said.')
  .option('--lines <n>', 'how many lines', Number, 100_000)
  .option('--faults <n>', 'how many of them are bad', Number, 100)
  .option('--json', 'prints JSON alone')
  .parse()
  .opts<{ lines: number; faults: number; json?: true }>();

const folder = await mkdtemp(join(tmpdir(), 'import-trial-'));
try {
  const firm = largeImport(lines, faults);
  const files: string[] = [];
  for (const file of firm.files) {
    const path = join(folder, file.name);
    await writeFile(path, `${file.lines.join('\n')}\n`);
    files.push(path);
  }
  await run(folder, SEED);
  const first = await run(folder, files);
  const second = await run(folder, files);
  const said = (of: typeof first): string[] => of.lines.filter((line) => /^\w+\.csv:\d/.test(line));
  const exact = (of: typeof first): number =>
    said(of).filter((line, at) => line === firm.messages[at]).length;
  const unchanged = second.lines
    .filter((line) => / added /.test(line))
    .every((line) => /\b0 added {2}0 changed\b/.test(line));
  const report = {
    lines: firm.lines,
    faults: firm.messages.length,
    messages: said(first).length,
    exact: exact(first),
    seconds: first.seconds,
    again: {
      messages: said(second).length,
      exact: exact(second),
      unchanged,
      seconds: second.seconds,
    },
  };
  if (json) console.log(JSON.stringify(report));
  else {
    for (const line of said(first).slice(0, 10)) console.log(line);
    console.log(`... and ${said(first).length - 10} more messages`);
    for (const line of first.lines.slice(-3)) console.log(line);
    console.log(report);
  }
  const right =
    report.exact === report.faults &&
    report.messages === report.faults &&
    report.again.exact === report.faults &&
    unchanged;
  process.exitCode = right ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
