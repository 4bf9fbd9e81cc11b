import { dirname, join } from 'node:path';
import { loadConfig } from '#app/config.ts';
import { KEYS } from '#app/settings.ts';
import { makePrivateFolder } from '#database/private-files.ts';
import { readAddress } from '#simulator/workspace/address.ts';
import type { InstalledApp } from '#simulator/workspace/protocol.ts';
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
export const openTrial = async (dataDir: string | undefined): Promise<Trial> => {
  const local = loadConfig(dataDir === undefined ? {} : { [KEYS.dataFolder.env]: dataDir });
  const url = readAddress(local.dataFolder);
  const answer = url && (await fetch(`${url}/local/app`).catch(() => undefined));
  if (!answer)
    throw new CommandError(
      'No local workspace runs to try this with. Start it in another terminal: npm start',
    );
  const app = (await answer.json()) as InstalledApp;
  const folder = join(dirname(local.dataFolder), 'trial');
  makePrivateFolder(folder);
  return {
    folder,
    environment: {
      [KEYS.slackApiUrl.env]: `${url}/api`,
      [KEYS.dataFolder.env]: folder,
    },
    begins: [
      `This is a trial. Slack is your local workspace, ${url}, and its app has these tokens to paste:`,
      `  bot token        ${app.botToken}`,
      `  app-level token  ${app.appToken}`,
      'The carriers are the demo carriers, and the files of the firm there are in db/seed.',
    ],
    ends: `That was the trial: with a real workspace you would start it now. What it wrote is in ${folder}; remove that folder when you like.`,
  };
};
