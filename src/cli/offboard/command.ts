import { Command } from 'commander';
import { loadConfig } from '#app/config.ts';
import { examples } from '../usage.ts';

export const offboardCommand = (): Command =>
  new Command('offboard')
    .description(
      'Takes the firm out: says what would go; with --yes writes everything to a folder, ends links, erases secrets and queues, tells Slack once, and erases all data. The bot and its workers are stopped. One that broke off goes on when it is run again.',
    )
    .argument('<folder>', 'where everything is written to, a folder that is not there yet')
    .option('--yes', 'does it')
    .option('--silent', 'tells nobody in Slack')
    .addHelpText(
      'after',
      examples(
        'swivel-sync offboard /safe/harborpoint',
        'swivel-sync offboard /safe/harborpoint --yes',
      ),
    )
    .action(async (folder: string, { yes, silent }: { yes?: boolean; silent?: boolean }) => {
      const { runOffboard } = await import('./offboard.ts');
      process.exitCode = await runOffboard(
        {
          config: loadConfig(process.env),
          print: (line) => console.log(line),
          say: (line) => console.error(line),
        },
        folder,
        { yes: yes === true, silent: silent === true },
      );
    });
