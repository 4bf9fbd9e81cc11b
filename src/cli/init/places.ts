import { resolve } from 'node:path';
import { configuredCarriers } from '#app/carriers.ts';
import { ConfigError, loadConfig } from '#app/config.ts';
import { KEYS } from '#app/settings.ts';
import type { Terminal } from '../terminal.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** These are read from whichever folder a start is made in. */
const PATHS = new Set<string>([
  KEYS.dataFolder.env,
  KEYS.databaseFile.env,
  KEYS.privateKeyFile.env,
  KEYS.carriersPath.env,
]);

/** As a start finds it, whichever folder that is made in. */
export const settled = (env: string, text: string): string =>
  PATHS.has(env) ? resolve(text) : text;

/** Every setting that stands in the environment: a start without one would be of another firm. */
export const settingsIn = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.values(KEYS).flatMap(({ env }) => {
      const text = environment[env];
      return text === undefined || text === '' ? [] : [[env, settled(env, text)] as const];
    }),
  );

/** Empty where there is none yet: logins and policies are refused until there is. */
export const askCarriers = (terminal: Terminal, environment: Environment): Promise<string> =>
  askUntilRight(terminal, environment, {
    env: KEYS.carriersPath.env,
    question:
      'CARRIERS_PATH, the folder of your carriers, as docs/carriers.md makes them; empty for later:',
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
export const askPublicUrl = (terminal: Terminal, environment: Environment): Promise<string> =>
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
export const askUntilRight = async (
  terminal: Terminal,
  environment: Environment,
  wanted: {
    env: string;
    question: string;
    /** Shows nothing of what is typed. */
    secret?: boolean;
    check: (text: string) => void | Promise<void>;
  },
): Promise<string> => {
  const { env, question, check, secret = false } = wanted;
  const ask = () =>
    secret ? terminal.askSecret(question).then((typed) => typed.reveal()) : terminal.ask(question);
  for (;;) {
    const text = environment[env] ?? (terminal.isThere ? await ask() : '');
    try {
      await check(text);
      return text;
    } catch (error) {
      if (!(error instanceof ConfigError) || environment[env] !== undefined) throw error;
      terminal.print(error.message);
    }
  }
};
