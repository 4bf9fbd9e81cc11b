import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { ConfigError, loadConfig } from '#app/config.ts';
import { KEYS } from '#app/settings.ts';
import type { Secret } from '#shared/secret.ts';
import { askAppToken, askBotToken, type Installation, type Refused } from '#slack/first-contact.ts';
import { CommandError, type Terminal } from '../terminal.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What was asked and found right; as it is written to the settings' file. */
export interface Connected {
  settings: Record<string, string>;
  installation: Installation;
}

const MOST_TRIES = 3;

/** A setting from the environment, else asked until it is right; `check` answers what is wrong. */
const obtain = async <T>(
  terminal: Terminal,
  environment: Environment,
  wanted: { env: string; question: string; schema: z.ZodType<T> },
  check: (value: T) => Promise<Refused | undefined>,
): Promise<{ value: T; text: string }> => {
  const { env, question, schema } = wanted;
  for (let tries = 0; ; tries += 1) {
    const set = tries === 0 ? environment[env] : undefined;
    if (set === undefined && !terminal.isThere)
      throw new CommandError(`Nobody is here to ask: set ${env}.`);
    const text = set ?? (await terminal.askSecret(question)).reveal();
    const read = schema.safeParse(text);
    const wrong = read.success
      ? (await check(read.data))?.refused
      : `It ${read.error.issues[0]?.message ?? 'is not right'}.`;
    if (read.success && wrong === undefined) return { value: read.data, text };
    if (!terminal.isThere || tries + 1 >= MOST_TRIES) throw new CommandError(`${env}: ${wrong}`);
    terminal.print(`${wrong}`);
  }
};

const manifest = z.object({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
});

/** The scopes that manifest.yml asks for and this installation lacks. */
export const missingScopes = ({ scopes }: Installation): string[] => {
  const file = join(import.meta.dirname, '../../../manifest.yml');
  const { oauth_config } = manifest.parse(parseYaml(readFileSync(file, 'utf8')));
  return oauth_config.scopes.bot.filter((scope) => !scopes.includes(scope));
};

const secretOf = (schema: z.ZodType<Secret | undefined>): z.ZodType<Secret> =>
  schema.refine((value) => value !== undefined, 'is empty');

/** The two tokens, each tried at once, and the address of the link page. */
export const connect = async (terminal: Terminal, environment: Environment): Promise<Connected> => {
  const { slackApiUrl } = loadConfig({ SLACK_API_URL: environment['SLACK_API_URL'] });
  let installation: Installation | undefined;
  const bot = await obtain(
    terminal,
    environment,
    {
      env: KEYS.slackBotToken.env,
      question: 'Bot token, under Install App; it begins with xoxb-:',
      schema: secretOf(KEYS.slackBotToken.schema),
    },
    async (token) => {
      const found = await askBotToken(token, slackApiUrl);
      if ('refused' in found) return found;
      installation = found;
      return undefined;
    },
  );
  if (installation === undefined) throw new Error('a token that is right has an installation');
  terminal.print(`Connected to the workspace ${installation.team} as @${installation.user}.`);
  const lacking = missingScopes(installation);
  if (lacking.length > 0)
    terminal.print(
      `It lacks ${lacking.join(', ')}. Add ${lacking.length === 1 ? 'this scope' : 'these scopes'} under OAuth & Permissions, or paste manifest.yml, and install the app again.`,
    );
  const app = await obtain(
    terminal,
    environment,
    {
      env: KEYS.slackAppToken.env,
      question: 'App-level token, under Basic Information; it begins with xapp-:',
      schema: secretOf(KEYS.slackAppToken.schema),
    },
    (token) => askAppToken(token, slackApiUrl),
  );
  terminal.print('Socket Mode works.');
  const publicUrl = await askPublicUrl(terminal, environment);
  return {
    installation,
    settings: {
      [KEYS.slackBotToken.env]: bot.text,
      [KEYS.slackAppToken.env]: app.text,
      ...(publicUrl === '' ? {} : { [KEYS.publicUrl.env]: publicUrl }),
      ...(slackApiUrl === undefined ? {} : { [KEYS.slackApiUrl.env]: slackApiUrl }),
    },
  };
};

/** Empty where there is none yet: Link is not offered until there is. */
const askPublicUrl = async (terminal: Terminal, environment: Environment): Promise<string> => {
  const { env } = KEYS.publicUrl;
  for (;;) {
    const text =
      environment[env] ??
      (terminal.isThere
        ? await terminal.ask(
            "The https address where people's browsers reach this machine; empty for later:",
          )
        : '');
    try {
      loadConfig({ [env]: text });
      if (text === '')
        terminal.print(
          `Without ${env} nobody can link a login yet. Set it in the file when you have one.`,
        );
      return text;
    } catch (error) {
      if (!(error instanceof ConfigError) || environment[env] !== undefined) throw error;
      terminal.print(error.message);
    }
  }
};
