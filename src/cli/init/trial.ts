import { dirname, join } from 'node:path';
import { loadConfig } from '#app/config.ts';
import { KEYS } from '#app/settings.ts';
import { makePrivateFolder } from '#database/private-files.ts';
import { readApp } from '#simulator/workspace/address.ts';
import { CommandError } from '../terminal.ts';

/** A try of all this against the local workspace, apart from the firm that runs there. */
export interface Trial {
  /** Settings, database and all else of it. */
  folder: string;
  environment: Readonly<Record<string, string>>;
  /** Said first: where it is, and the tokens to paste. */
  begins: readonly string[];
  ends: string;
}

/** Throws CommandError when no local workspace runs. */
export const openTrial = (dataDir: string | undefined): Trial => {
  const local = loadConfig(dataDir === undefined ? {} : { [KEYS.dataFolder.env]: dataDir });
  const app = readApp(local.dataFolder);
  if (app === undefined)
    throw new CommandError(
      'No local workspace runs to try this with. Start it in another terminal: npm start',
    );
  const folder = join(dirname(local.dataFolder), 'trial');
  makePrivateFolder(folder);
  return {
    folder,
    environment: {
      [KEYS.slackApiUrl.env]: `${app.url}/api`,
      [KEYS.dataFolder.env]: folder,
    },
    begins: [
      `This is a trial. Slack is your local workspace, ${app.url}, and its app has these tokens to paste:`,
      `  bot token        ${app.botToken}`,
      `  app-level token  ${app.appToken}`,
      'The carriers are the demo carriers, and the files of the firm there are in db/seed.',
    ],
    ends: `That was the trial: with a real workspace you would start it now. What it wrote is in ${folder}; remove that folder when you like.`,
  };
};
