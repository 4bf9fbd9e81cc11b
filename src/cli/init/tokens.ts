import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { configuredCarriers } from '#app/carriers.ts';
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
  /** What nothing can be synced without, a line each. */
  missing: string[];
}

/** These are read from whichever folder a start is made in. */
const PATHS = new Set<string>([
  KEYS.dataFolder.env,
  KEYS.databaseFile.env,
  KEYS.privateKeyFile.env,
  KEYS.carriersPath.env,
]);

/** Every setting that stands in the environment: a start without one would be of another firm. */
const settingsIn = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.values(KEYS).flatMap(({ env }) => {
      const text = environment[env];
      return text === undefined || text === ''
        ? []
        : [[env, PATHS.has(env) ? resolve(text) : text] as const];
    }),
  );

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

/** The two tokens, each tried at once, the folder of the carriers, and the address of the link page. */
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
  const carriers = await askCarriers(terminal, environment);
  const publicUrl = await askPublicUrl(terminal, environment);
  return {
    installation,
    settings: {
      ...settingsIn(environment),
      [KEYS.slackBotToken.env]: bot.text,
      [KEYS.slackAppToken.env]: app.text,
      ...(carriers === '' ? {} : { [KEYS.carriersPath.env]: resolve(carriers) }),
      ...(publicUrl === '' ? {} : { [KEYS.publicUrl.env]: publicUrl }),
    },
    missing: [
      ...(carriers === ''
        ? [`a carrier. Write one (docs/carriers.md), and set ${KEYS.carriersPath.env} in the file.`]
        : []),
      ...(publicUrl === ''
        ? [`${KEYS.publicUrl.env}: without it nobody can link a login. Set it in the file.`]
        : []),
    ],
  };
};

/** Empty where there is none yet: logins and policies are refused until there is. */
const askCarriers = (terminal: Terminal, environment: Environment): Promise<string> =>
  askUntilRight(terminal, environment, {
    env: KEYS.carriersPath.env,
    question: 'The folder of your carriers, as docs/carriers.md makes them; empty for later:',
    check: async (text) => {
      if (text === '') {
        terminal.print(
          'Without a carrier nothing can be synced, and the logins and policies of your files are refused: the demo carriers are for the local workspace alone.',
        );
        return;
      }
      const all = await configuredCarriers(
        loadConfig({
          [KEYS.slackBotToken.env]: KEYS.slackBotToken.example,
          [KEYS.slackAppToken.env]: KEYS.slackAppToken.example,
          [KEYS.carriersPath.env]: text,
          [KEYS.carrierAddresses.env]: environment[KEYS.carrierAddresses.env],
        }),
      );
      if (all.length === 0) throw new ConfigError(`There is no carrier in ${text}.`);
      terminal.print(`Carriers: ${all.map(({ name }) => name).join(', ')}.`);
    },
  });

/** Empty where there is none yet: Link is not offered until there is. */
const askPublicUrl = (terminal: Terminal, environment: Environment): Promise<string> =>
  askUntilRight(terminal, environment, {
    env: KEYS.publicUrl.env,
    question:
      "PUBLIC_URL, the https address where people's browsers reach this machine; empty for later:",
    check: (text) => {
      loadConfig({ [KEYS.publicUrl.env]: text });
      if (text === '') terminal.print('Without PUBLIC_URL nobody can link a login yet.');
    },
  });

/** A setting from the environment, else asked until `check` throws no ConfigError; it may be empty. */
const askUntilRight = async (
  terminal: Terminal,
  environment: Environment,
  wanted: { env: string; question: string; check: (text: string) => void | Promise<void> },
): Promise<string> => {
  const { env, question, check } = wanted;
  for (;;) {
    const text = environment[env] ?? (terminal.isThere ? await terminal.ask(question) : '');
    try {
      await check(text);
      return text;
    } catch (error) {
      if (!(error instanceof ConfigError) || environment[env] !== undefined) throw error;
      terminal.print(error.message);
    }
  }
};
