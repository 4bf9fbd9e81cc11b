import '#app/quiet-environment.ts';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { carrierCommand } from './carrier/commands.ts';
import { configTable, loadConfigHere } from '#app/config.ts';
import { offboardCommand } from './offboard/command.ts';
import { days, examples, repeated, withUsage } from './usage.ts';
import type { InitOptions } from './init/init.ts';
import { openTerminal } from './terminal.ts';
import { wordsOf } from './words-of.ts';
import { Secret } from '#shared/secret.ts';
import type { BackupOptions } from './backup.ts';
import type { ImportOptions } from './import.ts';

const { version } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
) as { version: string };

const print = (line: string): void => console.log(line);
const say = (line: string): void => console.error(line);
const listing = () => ({ config: loadConfigHere(process.env), print, say });

/** Whoever reads our output may have read enough: `swivel-sync export | head`. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// Each command loads its own code when it runs: a word of help needs none of it.
const program = new Command('swivel-sync')
  .description(
    'Runs beside the bot, on its database. In a clone: npm run sync -- <command>, and npm run -s sync -- <command> where a program reads the output.',
  )
  .version(version);

program
  .command('init')
  .description(
    'Connects a Slack workspace and brings your firm in: asks for the tokens, checks them at once, imports your files after a rehearsal, and sends you a test message.',
  )
  .argument(
    '[files...]',
    'people.csv contacts.csv sources.csv policies.csv statuses.csv, any of them',
  )
  .option('--file <path>', 'where the settings are written (swivel-sync.env)')
  .option('--postgres', 'asks for the Postgres of a firm on several machines, and tries it')
  .option('--local', 'tries all of it with the local workspace that runs here, in a folder apart')
  .option('--yes', 'imports without asking, once the rehearsal has been shown')
  .addHelpText(
    'after',
    examples(
      'swivel-sync init',
      'swivel-sync init people.csv contacts.csv sources.csv statuses.csv policies.csv',
      'swivel-sync init --postgres',
      'swivel-sync init --local db/seed/*.csv',
    ),
  )
  .action(async (files: string[], options: InitOptions) => {
    const { runInit } = await import('./init/init.ts');
    const deps = { environment: process.env, terminal: openTerminal() };
    process.exitCode = await runInit(deps, files, options);
  });

program
  .command('import')
  .description("Loads or updates a firm's data; repeating it changes nothing.")
  .argument(
    '<files...>',
    'contacts.csv policies.csv sources.csv statuses.csv people.csv, any of them',
  )
  .option('--dry-run', 'says what would change, and writes nothing')
  .addOption(
    repeated(
      '--column <ours=theirs>',
      'what the files call a column, such as number="Policy #"; may be repeated',
    ),
  )
  .option('--map <file>', 'the same for many columns, as YAML or JSON')
  .option('--crm-wins', 'lets the files undo what people changed in Slack since')
  .addHelpText(
    'after',
    examples(
      'swivel-sync import --dry-run people.csv statuses.csv contacts.csv policies.csv sources.csv',
      'swivel-sync import policies.csv --column number="Policy #" --column product="Plan Name"',
    ),
  )
  .action(
    async (
      files: string[],
      { column = [], map, ...options }: ImportOptions & { column?: string[]; map?: string },
    ) => {
      const { readColumnMap, runImport } = await import('./import.ts');
      process.exitCode = await runImport({ config: loadConfigHere(process.env), print }, files, {
        ...options,
        columns: readColumnMap(column, map),
      });
    },
  );

program
  .command('migrate')
  .description('Brings the database up to date; a start of the bot does so too.')
  .addHelpText('after', examples('swivel-sync migrate'))
  .action(async () => {
    const config = loadConfigHere(process.env);
    const { nameOf, openAt } = await import('#database/place.ts');
    const { makePrivateFolder } = await import('#database/private-files.ts');
    makePrivateFolder(config.dataFolder);
    mkdirSync(dirname(config.databaseFile), { recursive: true, mode: 0o700 });
    const db = await openAt(config);
    await db.destroy();
    print(`${nameOf(config)} is up to date.`);
  });

program
  .command('backup')
  .description('Copies the database to a file, checked, while the bot and its workers run.')
  .argument('<file>', 'the copy, a file that is not there yet')
  .option('--keys <folder>', 'copies the private key as well, to a folder apart from the copy')
  .option('--keep-days <n>', 'then removes copies so named that are older than n days', days)
  .addHelpText(
    'after',
    examples(
      'swivel-sync backup /backups/swivel-sync-monday.db',
      'swivel-sync backup /backups/swivel-sync-monday.db --keys /safe/swivel-sync',
    ),
  )
  .action(async (file: string, options: BackupOptions) => {
    const { runBackup } = await import('./backup.ts');
    process.exitCode = await runBackup(
      { config: loadConfigHere(process.env), print },
      file,
      options,
    );
  });

program
  .command('restore')
  .description('Checks a copy and makes it the database; the bot and its workers are stopped.')
  .argument('[file]', 'what backup wrote')
  .option('--replace', 'when a database is there: keeps it beside, under another name')
  .option(
    '--recovered',
    'of what an engine that follows each write brought back: says until when it holds everything; a Postgres is settled in its place, without a file',
  )
  .addHelpText(
    'after',
    examples(
      'swivel-sync restore /backups/swivel-sync-monday.db',
      'swivel-sync restore /backups/swivel-sync-monday.db --replace',
      'swivel-sync restore --recovered',
    ),
  )
  .action(async (file: string | undefined, options: { replace?: boolean; recovered?: boolean }) => {
    const { runRestore } = await import('./restore.ts');
    process.exitCode = await runRestore(
      { config: loadConfigHere(process.env), print },
      file,
      options,
    );
  });

program
  .command('move-to')
  .description(
    'Carries the firm from its SQLite file into an empty Postgres and compares every table; the bot and its workers are stopped. One that broke off goes on when it is run again.',
  )
  .argument(
    '[url]',
    'postgres://user@host:port/database without a password, which PGPASSWORD or ~/.pgpass has; or set MOVE_TO_URL',
  )
  .option('--password', 'asks for the password')
  .addHelpText('after', examples('swivel-sync move-to postgres://swivel@db.example:5432/swivel'))
  .action(async (written: string | undefined, { password }: { password?: boolean }) => {
    const { runMoveTo } = await import('./move-to.ts');
    const given = process.env['MOVE_TO_URL'];
    process.exitCode = await runMoveTo(
      { config: loadConfigHere(process.env), print },
      {
        written,
        given: given === undefined ? undefined : new Secret(given),
        askPassword:
          password === true
            ? () => openTerminal().askSecret('Password of that Postgres')
            : undefined,
      },
    );
  });

program
  .command('rotate-key')
  .description(
    'Makes a new key, seals every secret to it and forgets the old ones; the bot and its workers may run.',
  )
  .option(
    '--lost',
    'an earlier key is lost for good: what it alone opens ends, and is linked again',
  )
  .addHelpText('after', examples('swivel-sync rotate-key', 'swivel-sync rotate-key --lost'))
  .action(async ({ lost }: { lost?: boolean }) => {
    const { runRotateKey } = await import('./rotate-key.ts');
    const needs = { config: loadConfigHere(process.env), print, lost: lost === true };
    process.exitCode = await runRotateKey(needs);
  });

program
  .command('audit')
  .description('Writes the audit, who saw and changed what, as CSV to standard output.')
  .addHelpText('after', examples('swivel-sync audit > audit.csv', 'swivel-sync audit --verify'))
  .option('--verify', 'says instead whether it is as it was written')
  .option('--known <hash>', 'with --verify: that the row of this earlier hash is still in it')
  .action(async ({ verify, known }: { verify?: boolean; known?: string }) => {
    const { runAudit, runVerifyAudit } = await import('./audit.ts');
    const config = loadConfigHere(process.env);
    process.exitCode =
      verify === true || known !== undefined
        ? await runVerifyAudit({ config, say: print }, known)
        : await runAudit({ config, say }, process.stdout);
  });

program
  .command('export')
  .description(
    'Writes every policy with its newest values to standard output; an import takes it back.',
  )
  .option('--json', 'a JSON object a line instead of CSV')
  .addHelpText(
    'after',
    examples('swivel-sync export > policies.csv', 'swivel-sync export --json | head'),
  )
  .action(async ({ json }: { json?: boolean }) => {
    const { runExport } = await import('./export.ts');
    process.exitCode = await runExport(
      { config: loadConfigHere(process.env), say },
      process.stdout,
      json === true ? 'json' : 'csv',
    );
  });

program
  .command('carriers')
  .description('Lists the carriers of the firm with their policies, logins, links and pauses.')
  .option('--json', 'a JSON object a line instead of a table')
  .option('--free <id>', 'lets any worker serve this carrier, which some are bound to')
  .addHelpText(
    'after',
    examples(
      'swivel-sync carriers',
      'swivel-sync carriers --json',
      'swivel-sync carriers --free harbor-trust',
    ),
  )
  .action(async ({ json, free }: { json?: boolean; free?: string }) => {
    const { runCarriers, runFreeCarrier } = await import('./lists.ts');
    process.exitCode =
      free === undefined
        ? await runCarriers(listing(), json === true)
        : await runFreeCarrier(listing(), free);
  });

program
  .command('people')
  .description('Lists the people of the firm with their role, and who is matched with Slack.')
  .option('--json', 'a JSON object a line instead of a table')
  .addHelpText('after', examples('swivel-sync people', 'swivel-sync people --json'))
  .action(async ({ json }: { json?: boolean }) => {
    const { runPeople } = await import('./lists.ts');
    process.exitCode = await runPeople(listing(), json === true);
  });

program
  .command('contact')
  .description(
    'Writes all that is held about a contact as JSON, or erases it for good; the audit notes it.',
  )
  .argument('<id>', 'the contact_id of contacts.csv')
  .option('--erase', 'says what an erasure takes away, and what it does not reach')
  .option('--yes', 'with --erase: does it')
  .addHelpText(
    'after',
    examples(
      'swivel-sync contact C-1042 > C-1042.json',
      'swivel-sync contact C-1042 --erase',
      'swivel-sync contact C-1042 --erase --yes',
    ),
  )
  .action(async (id: string, { erase, yes }: { erase?: boolean; yes?: boolean }) => {
    const { runContact, runErase } = await import('./contact.ts');
    process.exitCode =
      erase === true
        ? await runErase(listing(), id, { yes: yes === true })
        : await runContact(listing(), id);
  });

program
  .command('doctor')
  .description(
    'Says what is found on this machine, at Slack and from outside in, and what to do next; changes nothing. Ends with 1 when something is bad.',
  )
  .option('--json', 'a JSON object a finding instead of a line')
  .option('--post <e-mail>', 'also sends a test message to this member of the Slack workspace')
  .option('--settings', 'prints the table of settings instead')
  .addHelpText(
    'after',
    examples(
      'swivel-sync doctor',
      'swivel-sync doctor --post ana.ruiz@example.com',
      'swivel-sync doctor --settings',
    ),
  )
  .action(async (options: { settings?: boolean; json?: boolean; post?: string }) => {
    if (options.settings === true) {
      print(configTable());
      return;
    }
    const { examine } = await import('./doctor/doctor.ts');
    const { describeFinding } = await import('./doctor/finding.ts');
    for await (const finding of examine(process.env, { post: options.post })) {
      print(options.json === true ? JSON.stringify(finding) : describeFinding(finding));
      if (finding.is === 'bad') process.exitCode = 1;
    }
  });

program.addCommand(offboardCommand());
program.addCommand(carrierCommand());

try {
  await withUsage(program).parseAsync();
} catch (error) {
  const words = wordsOf(error);
  if (words === undefined) throw error;
  console.error(words);
  process.exitCode = 1;
}
