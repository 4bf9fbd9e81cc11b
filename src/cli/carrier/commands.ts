import { Command } from 'commander';
import { examples, repeated } from '../usage.ts';
import type { CheckOptions } from './check.ts';
import type { NewOptions } from './new.ts';
import type { RecordCommandOptions } from './record.ts';
import type { RepairOptions } from './repair/repair.ts';
import { CommandError, openTerminal, type Terminal } from '../terminal.ts';

const CREDENTIALS = `
The login is asked for on the terminal; what is secret is not shown. Without a terminal it comes from the
environment: CARRIER_USER, CARRIER_PASSWORD and so on, CARRIER_ and the name of the field; CARRIER_CODE
for a code.`;

const RECORDED = `
What stays of the pages: words of layout (a list), what the carrier's own code names, recent dates,
amounts. All else is replaced, the same original by the same stand-in: names, numbers, e-mails, phones,
addresses, other dates, ids and class names that are not known. Scripts, styles, comments, hidden fields,
cookies and other headers go. A name made of layout words alone ("Page Price") would stay: name it with
--hide. Look through the files before you share them.`;

/** What was not given at all. */
const NONE = { hide: [], keep: [], step: [], book: [] };

/** What went wrong, in one line, where a person can put it right. */
const attempt =
  <A extends unknown[]>(run: (terminal: Terminal, ...args: A) => Promise<void>) =>
  async (...args: A): Promise<void> => {
    try {
      await run(openTerminal(), ...args);
    } catch (error) {
      const isTold =
        error instanceof CommandError ||
        (error instanceof Error && error.message.startsWith('Carrier '));
      if (!isTold) throw error;
      console.error(error.message);
      process.exitCode = 1;
    }
  };

/**
 * `swivel-sync carrier ...`: from a portal's sign-in page to a carrier that reads it. Each is loaded when it is
 * asked for, since the program's other commands need no browser.
 */
export const carrierCommand = (): Command => {
  const carrier = new Command('carrier').description('Makes, records and checks carriers.');
  carrier
    .command('new')
    .description("Makes a carrier's folder from the portal's sign-in page.")
    .argument('<name>', 'its id, in kebab case: lakeside-benefit')
    .option('--url <address>', 'where people sign in')
    .option('--title <name>', 'what people call it, by default from the id')
    .option('--folder <folder>', 'where its folder goes, by default CARRIERS_PATH or carriers/')
    .addHelpText(
      'after',
      examples('swivel-sync carrier new lakeside-benefit --url http://127.0.0.1:4805/log-on'),
    )
    .action(
      attempt(async (terminal, name: string, options: NewOptions) => {
        const { newCarrier } = await import('./new.ts');
        await newCarrier(terminal, name, options);
      }),
    );
  carrier
    .command('record')
    .description(
      'Signs in once, lets you click your way to one policy, and keeps a redacted recording.',
    )
    .argument('<name>')
    .requiredOption('--number <number>', 'a policy that this login sees')
    .option('--user <name>', 'user name of the login')
    .option('--folder <folder>', 'where the carrier is, by default CARRIERS_PATH or carriers/')
    .addOption(repeated('--hide <text>', 'a name to replace besides; may be repeated'))
    .addOption(repeated('--keep <text>', 'words that name nobody and stay; may be repeated'))
    .addOption(
      repeated(
        '--step <step>',
        "done before you click: 'fill <label>', 'press <button>', 'open <link>', 'enter <label>', 'check <label>', 'double <text>' or 'choose <option> in <label>'; may be repeated",
      ),
    )
    .addOption(
      repeated(
        '--book <step>',
        "a step to the list of all policies, such as 'open All contracts'; 'here' where it is the first screen, 'click' to click to it; may be repeated",
      ),
    )
    .option('--signed-in <text>', 'a text that the portal shows behind the sign-in alone')
    .option(
      '--picture',
      'shows the browser on a page of this machine, also where there is a display',
    )
    .option('--by-hand', 'you sign in in the window; nothing of that is recorded')
    .option('--anew', "finds the way again, instead of the carrier's own")
    .option('--no-absent', 'does not search for a number that nobody has')
    .option('--mask-amounts', 'replaces amounts too')
    .addHelpText(
      'after',
      `${examples('swivel-sync carrier record lakeside-benefit --number SB-1001')}\n${CREDENTIALS}\n${RECORDED}`,
    )
    .action(
      attempt(async (terminal, name: string, given: RecordCommandOptions) => {
        const { recordCarrier } = await import('./record.ts');
        await recordCarrier(terminal, name, { ...NONE, ...given });
      }),
    );
  carrier
    .command('check')
    .description('Says field by field what a carrier understands; ends with 1 when it does not.')
    .argument('<name>')
    .addOption(repeated('--number <number>', 'a policy to read at the portal; may be repeated'))
    .option('--recording', 'reads the recorded pages instead')
    .option('--book', 'reads the list of all policies at the portal')
    .option('--mutants', 'changes the recorded pages in many ways: none may make the carrier lie')
    .option(
      '--accept',
      'with --recording: keeps what was read as what is expected, where nothing is yet',
    )
    .option('--user <name>', 'user name of the login')
    .option('--folder <folder>', 'where the carrier is, by default CARRIERS_PATH or carriers/')
    .option('--pictures <folder>', 'keeps a masked picture of a page that is not understood')
    .option(
      '--trace <file>',
      'keeps a Playwright trace (.zip) of what comes after the sign-in; it is not masked',
    )
    .addHelpText(
      'after',
      `${examples(
        'swivel-sync carrier check lakeside-benefit --recording --accept',
        'swivel-sync carrier check lakeside-benefit --number SB-1001 --number SB-1003',
      )}\n${CREDENTIALS}`,
    )
    .action(
      attempt(async (terminal, name: string, given: Partial<CheckOptions>) => {
        const { checkCarrier } = await import('./check.ts');
        if (!(await checkCarrier(terminal, name, { ...given, number: given.number ?? [] })))
          process.exitCode = 1;
      }),
    );
  carrier
    .command('repair')
    .description('Mends a carrier whose pages changed: shows what, and writes it after your yes.')
    .argument('<name>')
    .option('--number <number>', 'a policy that the login sees, by default one that waits')
    .option('--user <name>', 'user name of the login')
    .option('--folder <folder>', 'where the carrier is, by default CARRIERS_PATH or carriers/')
    .addOption(repeated("--is <'old=new'>", 'what a label is called now; may be repeated'))
    .addOption(repeated('--hide <text>', 'a name to replace besides; may be repeated'))
    .addOption(repeated('--keep <text>', 'words that name nobody and stay; may be repeated'))
    .option('--mask-amounts', 'replaces amounts too')
    .option('--pictures <folder>', 'where the pages are laid side by side')
    .option('--yes', 'writes what it shows, without asking')
    .addHelpText(
      'after',
      `${examples(
        'swivel-sync carrier repair lakeside-benefit',
        "swivel-sync carrier repair lakeside-benefit --number SB-1001 --is 'Status=Contract status'",
      )}\n${CREDENTIALS}`,
    )
    .action(
      attempt(async (terminal, name: string, given: RepairOptions) => {
        const { repairCarrier } = await import('./repair/repair.ts');
        const none = { is: [], hide: [], keep: [] };
        if (!(await repairCarrier(terminal, name, { ...none, ...given }))) process.exitCode = 1;
      }),
    );
  carrier
    .command('practice')
    .description('Runs a local portal that no carrier is written for, to practise on.')
    .option('--port <port>', 'by default 4805', Number)
    .addHelpText('after', examples('swivel-sync carrier practice'))
    .action(
      attempt(async (terminal, options: { port?: number }) => {
        const { practise } = await import('./practice.ts');
        await practise(terminal, options.port);
      }),
    );
  return carrier;
};
