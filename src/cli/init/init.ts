import { loadConfig, type Config } from '#app/config.ts';
import { openDatabase } from '#database/connection.ts';
import { readAccounts } from '#features/team/people.ts';
import { peopleOffSlack } from '#features/team/store/team.ts';
import { greet, type Installation } from '#slack/first-contact.ts';
import { runImport } from '../import.ts';
import { CommandError, type Terminal } from '../terminal.ts';
import { chooseFiles, mapColumns } from './files.ts';
import { isThere, readSettings, writeSettings } from './settings-file.ts';
import { connect } from './tokens.ts';

export interface InitOptions {
  /** Where the settings are written. */
  file: string;
  /** Imports what the rehearsal found right without asking. */
  yes?: boolean;
}

interface InitDeps {
  environment: Readonly<Record<string, string | undefined>>;
  terminal: Terminal;
}

const MOST_NAMED = 20;

const agrees = async (
  terminal: Terminal,
  question: string,
  usually: 'yes' | 'no' = 'no',
): Promise<boolean> =>
  terminal.isThere && /^y(es)?$/i.test(await terminal.ask(`${question} (yes or no)`, usually));

/** The settings of an earlier run, where the person goes on with them. Throws CommandError where not. */
const settingsBefore = async (
  terminal: Terminal,
  file: string,
): Promise<Readonly<Record<string, string | undefined>>> => {
  if (!isThere(file)) return {};
  if (await agrees(terminal, `${file} is there already. Go on with the settings in it?`, 'yes'))
    return readSettings(file);
  throw new CommandError(`${file} is there already. Move it away, or name another with --file.`);
};

const INTRODUCTION =
  'This connects a Slack workspace, then imports your firm. You need the app that docs/connect-slack.md makes, and CSV files as docs/data.md says. Ctrl-C ends it; run it again to go on.';

/** From tokens and files to a firm whose people are known in Slack; the exit code. */
export const runInit = async (
  { environment, terminal }: InitDeps,
  paths: readonly string[],
  { file, yes = false }: InitOptions,
): Promise<0 | 1> => {
  if (terminal.isThere) terminal.print(INTRODUCTION);
  const known = { ...(await settingsBefore(terminal, file)), ...environment };
  const { settings, installation, missing } = await connect(terminal, known);
  writeSettings(file, settings);
  terminal.print(`${file} holds the settings, for you alone (mode 0600).`);
  const config = loadConfig({ ...known, ...settings });
  const code = await importFiles({ terminal, config, yes }, paths);
  await nameUnmatched(terminal, config, installation);
  await sendGreeting(terminal, installation);
  for (const line of missing) terminal.print(`Still missing: ${line}`);
  terminal.print(`Start it with: set -a; . ${quotedPath(file)}; set +a; npm start`);
  return code;
};

/** A path that a shell would look for among its commands is told from this folder. */
const quotedPath = (file: string): string => {
  const path = file.includes('/') ? file : `./${file}`;
  return /^[\w./-]+$/.test(path) ? path : `'${path}'`;
};

const importFiles = async (
  { terminal, config, yes }: { terminal: Terminal; config: Config; yes: boolean },
  paths: readonly string[],
): Promise<0 | 1> => {
  const files = await chooseFiles(terminal, paths);
  if (files.length === 0) {
    terminal.print('No file, so nothing is imported yet: swivel-sync import people.csv …');
    return 0;
  }
  const columns = await mapColumns(terminal, files);
  const deps = { config, print: terminal.print };
  terminal.print('A rehearsal, which writes nothing:');
  const rehearsed = await runImport(deps, files, { dryRun: true, columns });
  if (!yes && !(await agrees(terminal, 'Import them now?'))) {
    terminal.print('Nothing is imported. Correct the files and run this again.');
    return rehearsed;
  }
  return runImport(deps, files, { columns });
};

/** Looks through the accounts of the workspace, and names who of the firm has none. */
const nameUnmatched = async (
  terminal: Terminal,
  config: Config,
  { client, teamId }: Installation,
): Promise<void> => {
  const db = await openDatabase(config.databaseFile);
  try {
    const store = { db, clock: Date.now };
    for (let cursor: string | undefined = ''; cursor !== undefined;)
      cursor = (await readAccounts({ store, teamId }, client, cursor)).next;
    const { all, off } = await peopleOffSlack(store, MOST_NAMED);
    if (all === 0) return;
    terminal.print(`${all - off.count} of ${all} people are matched with Slack by e-mail.`);
    for (const { name, email } of off.some)
      terminal.print(`  not found: ${name}, ${email ?? 'without an e-mail address'}`);
    if (off.count > off.some.length) terminal.print(`  and ${off.count - off.some.length} more`);
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
