import { join } from 'node:path';
import { configuredCarriers } from '#app/carriers.ts';
import { loadConfig, type Config } from '#app/config.ts';
import { KEYS } from '#app/settings.ts';
import { openAt, whyAbsent } from '#database/place.ts';
import { readAccounts } from '#features/team/people.ts';
import { peopleOffSlack } from '#features/team/store/team.ts';
import { greet, type Installation } from '#slack/first-contact.ts';
import { runImport } from '../import.ts';
import { agrees, CommandError, type Terminal } from '../terminal.ts';
import { timeOf } from '../with-firm.ts';
import { chooseFiles, mapColumns } from './files.ts';
import { askCarriers, askPublicUrl, settingsIn, settled } from './places.ts';
import { isThere, readSettings, writeSettings } from './settings-file.ts';
import { connect } from './tokens.ts';
import { openTrial, type Trial } from './trial.ts';

export interface InitOptions {
  /** Where the settings are written. */
  file?: string;
  /** Imports what the rehearsal found right without asking. */
  yes?: boolean;
  /** Tries all of it with the running local workspace, in a folder apart. */
  local?: boolean;
  /** Asks for a Postgres, which several machines share. */
  postgres?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface InitDeps {
  environment: Environment;
  terminal: Terminal;
}

const MOST_NAMED = 20;

/** The settings of an earlier run, where the person goes on with them. Throws CommandError where not. */
const settingsBefore = async (terminal: Terminal, file: string): Promise<Environment> => {
  if (!isThere(file)) return {};
  if (await agrees(terminal, `${file} is there already. Go on with the settings in it?`, 'yes'))
    return readSettings(file);
  throw new CommandError(`${file} is there already. Move it away, or name another with --file.`);
};

const introduction = (file: string): string[] => [
  'This connects Swivel Sync to a Slack workspace and brings your firm in:',
  '  1. two tokens of your Slack app, tried at once. docs/connect-slack.md makes the app, click by click',
  '  2. the folder of your carriers, and the address of the link page; both may come later',
  '  3. your CSV files, rehearsed before anything is written. docs/data.md says what is in them',
  '  4. a test message to you',
  `Ctrl-C is safe at any time: what was right is kept in ${file}, and running this again goes on.`,
];

/** What is right, written at once: a run that is ended early is not asked for it again. */
const keeper = (terminal: Terminal, file: string, settings: Record<string, string>) => {
  let isSaid = false;
  return (env: string, value: string): void => {
    if (value === '') return;
    settings[env] = settled(env, value);
    writeSettings(file, settings);
    if (!isSaid) terminal.print(`${file} keeps the settings, for you alone (mode 0600).`);
    isSaid = true;
  };
};

/** From tokens and files to a firm whose people are known in Slack; the exit code. */
export const runInit = async (
  { environment: given, terminal }: InitDeps,
  paths: readonly string[],
  { file: named, yes = false, local = false, postgres = false }: InitOptions,
): Promise<0 | 1> => {
  const trial = local ? await openTrial(given[KEYS.dataFolder.env]) : undefined;
  const environment = trial?.environment ?? given;
  const file = named ?? join(trial?.folder ?? '', 'swivel-sync.env');
  if (terminal.isThere)
    for (const line of [...introduction(file), ...(trial?.begins ?? [])]) terminal.print(line);
  const known = { ...(await settingsBefore(terminal, file)), ...environment };
  const settings = settingsIn(known);
  const keep = keeper(terminal, file, settings);
  const { slackApiUrl: apiUrl } = loadConfig({
    [KEYS.slackApiUrl.env]: known[KEYS.slackApiUrl.env],
  });
  const installation = await connect(terminal, known, { apiUrl, keep });
  const missing = await places({ terminal, known, trial, keep });
  if (trial === undefined && (postgres || known[KEYS.databaseUrl.env] !== undefined))
    missing.push(...(await server(terminal, known, keep)));
  const config = trial === undefined ? loadConfig({ ...known, ...settings }) : demoConfig(trial);
  const code = await importFiles({ terminal, config, yes, trial }, paths);
  await nameUnmatched(terminal, config, installation);
  await sendGreeting(terminal, installation);
  for (const line of missing) terminal.print(`Still missing: ${line}`);
  terminal.print(
    trial?.ends ??
      (config.databaseUrl === undefined
        ? `Start it with: set -a; . ${quotedPath(file)}; set +a; npm start`
        : // A start in this folder would make keys of its own, and open no login of the others.
          `Start nothing here: docs/deploy.md says how bots and workers start, with the settings in ${file} and the keys of one worker.`),
  );
  return code;
};

/** Demo carriers never load beside tokens, so a trial's files meet a configuration without. */
const demoConfig = ({ folder }: Trial): Config => loadConfig({ [KEYS.dataFolder.env]: folder });

/** Asks where carriers and link page are; a line about each that is still missing. */
const places = async ({
  terminal,
  known,
  trial,
  keep,
}: {
  terminal: Terminal;
  known: Environment;
  trial: Trial | undefined;
  keep: (env: string, value: string) => void;
}): Promise<string[]> => {
  const missing: string[] = [];
  if (trial === undefined) {
    const carriers = await askCarriers(terminal, known);
    keep(KEYS.carriersPath.env, carriers);
    if (carriers === '')
      missing.push(
        `a carrier. Write one (docs/carriers.md), and set ${KEYS.carriersPath.env} in the file.`,
      );
  } else {
    const names = (await configuredCarriers(demoConfig(trial))).map(({ name }) => name);
    terminal.print(`Carriers: ${names.join(', ')}.`);
  }
  const publicUrl = await askPublicUrl(terminal, known);
  keep(KEYS.publicUrl.env, publicUrl);
  // Nobody starts what a trial wrote.
  if (publicUrl === '' && trial === undefined)
    missing.push(`${KEYS.publicUrl.env}: without it nobody can link a login. Set it in the file.`);
  return missing;
};

/** Its address is tried before anything is written to it; a line about what several machines need besides. */
const server = async (
  terminal: Terminal,
  known: Environment,
  keep: (env: string, value: string) => void,
): Promise<string[]> => {
  const { askDatabase } = await import('./server.ts');
  keep(KEYS.databaseUrl.env, await askDatabase(terminal, known));
  return known[KEYS.redisUrl.env] === undefined
    ? [
        `${KEYS.redisUrl.env}: bots and workers on several machines share one Redis. Set it in the file; docs/deploy.md says how they start.`,
      ]
    : [];
};

/** A path that a shell would look for among its commands is told from this folder. */
const quotedPath = (file: string): string => {
  const path = file.includes('/') ? file : `./${file}`;
  return /^[\w./-]+$/.test(path) ? path : `'${path}'`;
};

const importFiles = async (
  {
    terminal,
    config,
    yes,
    trial,
  }: { terminal: Terminal; config: Config; yes: boolean; trial: Trial | undefined },
  paths: readonly string[],
): Promise<0 | 1> => {
  const files = await chooseFiles(terminal, paths);
  if (files.length === 0) {
    terminal.print('No file, so nothing is imported yet: run this again with your files.');
    return 0;
  }
  const columns = await mapColumns(terminal, files);
  const deps = { config, print: terminal.print };
  const isTrial = trial !== undefined;
  terminal.print('A rehearsal, which writes nothing:');
  const rehearsed = await runImport(deps, files, { dryRun: true, columns, isTrial });
  const question = rehearsed === 0 ? 'Import these files now?' : 'Import all other lines now?';
  if (!yes && !(await agrees(terminal, question))) {
    terminal.print(
      'Nothing is imported. Correct the files and run this again; the tokens are kept.',
    );
    return rehearsed;
  }
  return runImport(deps, files, { columns, isTrial });
};

/** Looks through the accounts of the workspace, and names who of the firm has none. */
const nameUnmatched = async (
  terminal: Terminal,
  config: Config,
  { client, teamId }: Installation,
): Promise<void> => {
  if (whyAbsent(config) !== undefined) return;
  const db = await openAt(config);
  try {
    using time = await timeOf(config, db);
    const store = { db, clock: time.clock };
    const log = (problem: string): void => terminal.print(`  ${problem}.`);
    for (let cursor: string | undefined = ''; cursor !== undefined;)
      cursor = (await readAccounts({ store, teamId, log }, client, cursor)).next;
    const { all, inactive, off } = await peopleOffSlack(store, MOST_NAMED);
    if (all === 0) return;
    terminal.print(`${all - off.count} of ${all} people are matched with Slack by e-mail.`);
    for (const { name, email } of off.some)
      terminal.print(`  not found: ${name}, ${email ?? 'without an e-mail address'}`);
    if (off.count > off.some.length) terminal.print(`  and ${off.count - off.some.length} more`);
    if (inactive > 0)
      terminal.print(
        `  not looked for: ${inactive === 1 ? '1 person who is' : `${inactive} people who are`} not active`,
      );
    if (off.count > 0)
      terminal.print(
        'Correct the address, or invite them to the workspace; they are matched then.',
      );
  } finally {
    await db.destroy();
  }
};

const sendGreeting = async (terminal: Terminal, installation: Installation): Promise<void> => {
  if (!terminal.isThere) return;
  for (;;) {
    const email = await terminal.ask(
      'Your e-mail address in Slack, for a test message; empty for none:',
    );
    if (email === '') return;
    const wrong = await greet(
      installation,
      email,
      'Swivel Sync is connected. Once it is started, type `/sync help` in any channel.',
    );
    if (wrong === undefined) {
      terminal.print('Sent: look into your direct messages with Swivel Sync.');
      return;
    }
    terminal.print(wrong.refused);
  }
};
