import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { KEYS } from '#app/settings.ts';
import type { Secret } from '#shared/secret.ts';
import { askAppToken, askBotToken, type Installation, type Refused } from '#slack/first-contact.ts';
import { agrees, CommandError, type Terminal } from '../terminal.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const MOST_TRIES = 3;

interface Wanted {
  env: string;
  /** `bot token` */
  name: string;
  /** Where Slack shows it, and how it begins. */
  place: string;
  schema: z.ZodType<Secret | undefined>;
}

const BOT: Wanted = {
  env: KEYS.slackBotToken.env,
  name: 'bot token',
  place: 'under Install App; it begins with xoxb-',
  schema: KEYS.slackBotToken.schema,
};
const APP: Wanted = {
  env: KEYS.slackAppToken.env,
  name: 'app-level token',
  place: 'under Basic Information; it begins with xapp-',
  schema: KEYS.slackAppToken.schema,
};

/** What else Slack shows on the same pages. */
const OTHER_KINDS: readonly (readonly [begins: RegExp, what: string])[] = [
  [/^xoxb-/, 'the bot token'],
  [/^xapp-/, 'the app-level token'],
  [/^xoxp-/, 'a user token'],
  [/^xoxe[.-]/, 'a token that Slack rotates'],
  [/^[0-9a-f]{32}$/, 'a secret of the app, such as the signing secret'],
];

const notOne = (text: string, { name, place }: Wanted): string => {
  if (text === '') return `Paste the ${name}, ${place}.`;
  const other = OTHER_KINDS.find(([begins]) => begins.test(text))?.[1];
  const byHttp = /signing/.test(other ?? '')
    ? ` Where Slack calls by HTTP, set ${KEYS.slackSigningSecret.env} instead, and run this again.`
    : '';
  return `That is ${other ?? 'no token of this kind'}. Here goes the ${name}, ${place}.${byHttp}`;
};

/** The right token; the same one is tried again where Slack gave no answer to it. */
const obtain = async (
  terminal: Terminal,
  environment: Environment,
  wanted: Wanted,
  check: (value: Secret) => Promise<Refused | undefined>,
): Promise<string> => {
  const { env, name, place } = wanted;
  const ask = async (): Promise<string> => {
    if (!terminal.isThere) throw new CommandError(`Nobody is here to ask: set ${env}.`);
    return (await terminal.askSecret(`The ${name}, ${place}:`)).reveal();
  };
  let text = environment[env] ?? (await ask());
  for (let tries = 1; ;) {
    const read = wanted.schema.safeParse(text);
    const token = read.success ? read.data : undefined;
    const wrong = token === undefined ? { refused: notOne(text, wanted) } : await check(token);
    if (wrong === undefined) return text;
    if (wrong.isUnreached === true) {
      if (!(await agrees(terminal, `${wrong.refused} Try again?`, 'yes')))
        throw new CommandError(wrong.refused);
      continue;
    }
    if (!terminal.isThere || tries >= MOST_TRIES)
      throw new CommandError(`${env}: ${wrong.refused}`);
    tries += 1;
    terminal.print(wrong.refused);
    text = await ask();
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

/** The tokens, each tried at once and kept when it is right. By HTTP a signing secret is the second one. */
export const connect = async (
  terminal: Terminal,
  environment: Environment,
  { apiUrl, keep }: { apiUrl: string | undefined; keep: (env: string, value: string) => void },
): Promise<Installation> => {
  let installation: Installation | undefined;
  const bot = await obtain(terminal, environment, BOT, async (token) => {
    const found = await askBotToken(token, apiUrl);
    if ('refused' in found) return found;
    installation = found;
    return undefined;
  });
  if (installation === undefined) throw new Error('a token that is right has an installation');
  keep(BOT.env, bot);
  terminal.print(`Connected to the workspace ${installation.team} as @${installation.user}.`);
  const lacking = missingScopes(installation);
  if (lacking.length > 0)
    terminal.print(
      `It lacks ${lacking.join(', ')}. Add ${lacking.length === 1 ? 'this scope' : 'these scopes'} under OAuth & Permissions, or paste manifest.yml, and install the app again.`,
    );
  const { env } = KEYS.slackSigningSecret;
  if ((environment[env] ?? '') !== '' && (environment[APP.env] ?? '') === '') {
    terminal.print(
      `Slack calls by HTTP, as ${env} is set: the first call shows whether it is right.`,
    );
    return installation;
  }
  const app = await obtain(terminal, environment, APP, (token) => askAppToken(token, apiUrl));
  keep(APP.env, app);
  terminal.print('Socket Mode works.');
  return installation;
};
