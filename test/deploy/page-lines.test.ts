import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { shellLinesOf } from '#test/support/page-commands.ts';

/**
 * Each line that an operator copies from a page is run by a test, or stands below with why none runs
 * it and what of it is checked instead: no engine for containers, no Kubernetes, no systemd and no
 * machine to install on are at hand where tests run.
 */

const PAGES = readdirSync('docs')
  .filter((file) => file.endsWith('.md'))
  .map((file) => join('docs', file));

const LINES = PAGES.flatMap((page) => shellLinesOf(page).map((line) => ({ page, line })));

/** Where a test runs lines that begin so. */
const RUN_BY: readonly [RegExp, string][] = [
  [/^npm run -s sync -- restore --recovered/, 'test/cli/recovered.postgres.test.ts'],
  [/--recovered$|^litestream /, 'test/cli/recovered.long.test.ts'],
  [
    /^(mkdir -p|pg_receivewal|pg_basebackup|cp -a|for piece|echo "restore_command|touch) /,
    'test/cli/recovered.postgres.test.ts',
  ],
  [/^npm run -s sync -- init/, 'test/cli/init.test.ts'],
  [/^npm run sync -- move-to /, 'test/database/move.postgres.test.ts'],
  [/^npm run sync -- import /, 'test/cli/import-and-doctor.test.ts'],
  [/^npm run sync -- carrier practice/, 'test/cli/carrier/commands.browser.test.ts'],
  [/^npm run sync -- carrier repair/, 'test/cli/carrier/repair.browser.test.ts'],
  [
    /^([A-Z_]+=\S+ )?(npm run -s sync --|(node_modules\/\.bin\/)?node src\/) ?/,
    'test/deploy/commands.long.test.ts',
  ],
  [/^install deploy\/swivel-sync /, 'test/deploy/units.test.ts'],
];

const text = (file: string): string => readFileSync(file, 'utf8');
const units = (): string =>
  readdirSync('deploy/systemd')
    .map((file) => text(join('deploy/systemd', file)))
    .join('\n');
const unitIsThere = (name: string): boolean =>
  existsSync(join('deploy/systemd', `${name.replace(/@.*/, '@')}.service`));
const { services } = parse(text('compose.yaml'), { merge: true }) as {
  services: Record<string, { volumes?: string[]; environment?: Record<string, string> }>;
};
const manifests = (): string =>
  readdirSync('deploy/kubernetes')
    .map((file) => text(join('deploy/kubernetes', file)))
    .join('\n');

/** What is wrong with the words after `node`: a file that is not there, a command that there is not. */
const programFaults = ([program, file = '', command = '']: readonly string[]): string[] => {
  if (program !== 'node') return [];
  if (!existsSync(file)) return [`there is no ${file}`];
  return text('src/cli/main.ts').includes(`.command('${command}')`)
    ? []
    : [`no command ${command}`];
};

/** `docker compose <what> [options] [service] [words]`, as far as the pages use it. */
const composeFaults = (line: string): string[] => {
  const [, , what = '', ...rest] = line.replaceAll('"', '').split(' ');
  if (!['up', 'stop', 'exec', 'run'].includes(what)) return [`no page uses compose ${what}`];
  const folders: string[] = [];
  const words = [...rest];
  while (words[0]?.startsWith('-') === true) {
    const option = words.shift() ?? '';
    if (option === '-v') folders.push(words.shift()?.split(':')[1] ?? '');
    else if (!['-d', '--build', '--rm', '--no-deps'].includes(option))
      return [`no option ${option}`];
  }
  const [service = ''] = words;
  const isTokenless =
    words.includes('src/cli/main.ts') &&
    // They talk to Slack; every other command asks for no token (test/cli/beside-workers.test.ts).
    (words.includes('init') || words.includes('offboard')) &&
    services[service]?.environment?.['SLACK_BOT_TOKEN'] === undefined;
  const named = what === 'stop' ? words : words.slice(0, 1);
  const after = what === 'stop' ? [] : words.slice(1);
  const mounted = [
    ...folders,
    ...named.flatMap((name) =>
      (services[name]?.volumes ?? []).map((volume) => volume.split(':')[1] ?? ''),
    ),
  ];
  return [
    ...named.filter((name) => !(name in services)).map((name) => `no service ${name}`),
    ...programFaults(after),
    ...(isTokenless && service in services ? [`${service} has no token of Slack`] : []),
    // A file that it reads or writes lies in a folder that the container has from outside.
    ...after
      .filter((word) => word.startsWith('/'))
      .filter((word) => !mounted.some((folder) => word.startsWith(`${folder}/`)))
      .map((word) => `${word} is in no volume`),
  ];
};

const kubectlFaults = (line: string): string[] => {
  const [, deployment, command = ''] =
    /^kubectl exec -n swivel-sync deploy\/(\S+) -- (.*)$/.exec(line) ?? [];
  if (deployment !== undefined)
    return manifests().includes(`kind: Deployment\nmetadata: { name: ${deployment},`)
      ? programFaults(command.split(' '))
      : [`no deployment ${deployment}`];
  const applied = /^kubectl apply -f (\S+)$/.exec(line)?.[1];
  if (applied !== undefined) return existsSync(applied) ? [] : [`there is no ${applied}`];
  const [, kind, name = '', given = ''] =
    /^kubectl create (configmap|secret generic) (\S+) -n swivel-sync (.*)$/.exec(line) ?? [];
  if (kind === undefined) return ['it is none that the pages use'];
  const asked =
    kind === 'configmap' ? `configMap: { name: ${name} }` : `secretRef: { name: ${name} }`;
  const files = [...given.matchAll(/--from-file=(?:[A-Z_]+=)?(\S+)/g)].map(([, file = '']) => file);
  return [
    ...(manifests().includes(asked) ? [] : [`no manifest asks for ${name}`]),
    ...files
      .filter((file) => !text('src/database/keys.ts').includes(basename(file)))
      .map((file) => `no key is called ${file}`),
  ];
};

const lacking = (words: readonly string[], where: string): string[] =>
  words.filter((word) => !where.includes(word)).map((word) => `${word} is not what the others say`);

/** Lines that no test runs: why, and what is wrong with one as far as that can be seen. */
const NOT_RUN: readonly [RegExp, why: string, faults: (line: string) => string[]][] = [
  [
    /^apt install /,
    'it installs on the machine',
    (line) => lacking(line.split(' ').slice(2), text('Dockerfile') + text('src/setup/machine.mjs')),
  ],
  [
    /^useradd /,
    'it makes a user of the machine',
    (line) =>
      lacking([line.split(' ').at(-1) ?? '', /--home (\S+)/.exec(line)?.[1] ?? ''], units()),
  ],
  [
    /^git clone /,
    'the address is an example',
    (line) => lacking([line.split(' ')[3] ?? ''], units()),
  ],
  [
    /^cd \//,
    'the folder is of the machine',
    (line) => lacking([line.split(' ')[1] ?? ''], units()),
  ],
  [
    /^npm ci /,
    'it installs from a registry, as the images do',
    (line) =>
      lacking(['--ignore-scripts', '--omit=dev'], line).concat(
        lacking(['npm ci --ignore-scripts --omit=dev'], text('Dockerfile')),
      ),
  ],
  [
    /^mkdir -m 755 \/etc/,
    'the folder is of the machine',
    (line) => lacking([line.split(' ').at(-1) ?? ''], units()),
  ],
  [
    /^cp deploy\/systemd\/\* /,
    'it writes into the machine',
    () => (readdirSync('deploy/systemd').length > 0 ? [] : ['there is no unit']),
  ],
  [
    /^(systemctl|journalctl) /,
    'there is no systemd; test/deploy/units.test.ts reads the units',
    (line) =>
      line
        .split(' ')
        .filter((word) => word.startsWith('swivel-sync'))
        .filter((word) => !unitIsThere(word))
        .map((word) => `there is no unit ${word}`),
  ],
  [
    /^swivel-sync /,
    'there is no systemd; test/deploy/units.test.ts says how it calls that',
    (line) => programFaults(['node', 'src/cli/main.ts', line.split(' ')[1] ?? '']),
  ],
  [/^docker compose /, 'there is no engine for containers', composeFaults],
  [/^kubectl /, 'there is no Kubernetes', kubectlFaults],
  [
    /^install -d -m 700 -o 1000 /,
    'it gives a folder to another user',
    () => lacking(['runAsUser: 1000'], manifests()),
  ],
  [
    /npm start$/,
    'it needs the tokens of a real Slack; test/app/start.browser.test.ts starts it without',
    (line) =>
      [...line.matchAll(/\b([A-Z]+_[A-Z_]+)=/g)]
        .map(([, name = '']) => name)
        .filter((name) => !text('docs/settings.md').includes(`\`${name}\``))
        .map((name) => `there is no setting ${name}`),
  ],
];

const faultsOf = (line: string): string[] => {
  const by = RUN_BY.find(([begins]) => begins.test(line));
  if (by !== undefined) return existsSync(by[1]) ? [] : [`there is no ${by[1]}`];
  const known = NOT_RUN.find(([begins]) => begins.test(line));
  return known?.[2](line) ?? ['no test runs it, and nothing says why'];
};

it.each(LINES)(
  '$page: "$line" is run, or it is said why not, and nothing is wrong with it',
  ({ line }) => {
    expect(faultsOf(line)).toEqual([]);
  },
);

it.each([
  ['docker compose exec bots node src/cli/main.ts doctor', 'no service bots'],
  [
    'docker compose run --rm bot node src/cli/main.ts backup /backups/x',
    '/backups/x is in no volume',
  ],
  ['docker compose exec bot node src/cli/main.ts heal', 'no command heal'],
  ['docker compose exec worker-1 node src/cli/main.ts offboard', 'worker-1 has no token of Slack'],
  ['swivel-sync heal', 'no command heal'],
  ['systemctl enable --now swivel-sync-boat', 'there is no unit swivel-sync-boat'],
  [
    'kubectl create secret generic workers -n swivel-sync --from-env-file=a.env',
    'no manifest asks for workers',
  ],
  ['kubectl exec -n swivel-sync deploy/bots -- node src/cli/main.ts doctor', 'no deployment bots'],
  ['kubectl apply -f deploy/kubernetes/space.yaml', 'there is no deploy/kubernetes/space.yaml'],
  ['apt install redis-sever', 'redis-sever is not what the others say'],
])('a slip in "%s" would be found', (line, fault) => {
  const known = NOT_RUN.find(([begins]) => begins.test(line));
  expect(known?.[2](line)).toContain(fault);
});

it('says why of every line that it does not run', () => {
  const used = NOT_RUN.filter(([begins]) => LINES.some(({ line }) => begins.test(line)));
  expect(used).toHaveLength(NOT_RUN.length);
  for (const [, why] of used) expect(why).not.toBe('');
});
