import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import type { Secret } from '#shared/secret.ts';
import { keyPlaceIn, type KeyPlace } from '#database/keys.ts';
import { filesNamedIn } from '#database/settings.ts';
import type { Key, Settings } from '#shared/setting.ts';
import { KEYS } from './settings.ts';

type Values = Settings<typeof KEYS>;

/** How the bot meets Slack; which one follows from the tokens alone. */
export type Mode =
  | { kind: 'local' }
  /** A worker meets carriers, never Slack, and is given no token. */
  | { kind: 'worker' }
  | { kind: 'socket'; botToken: Secret; appToken: Secret }
  | { kind: 'http'; botToken: Secret; signingSecret: Secret };

/** `all` runs the bot with a worker as its child; `keys` makes the worker's keys, and ends. */
export type Role = 'all' | 'bot' | 'worker' | 'keys';

type Derived =
  | 'slackBotToken'
  | 'slackAppToken'
  | 'slackSigningSecret'
  | 'databaseFile'
  | 'privateKeyFile'
  | 'privateKeys'
  | 'localWorkspace';

/** `dataFolder` and `databaseFile` are absolute; addresses have no slash at the end, but slackApiUrl. */
export type Config = Readonly<
  Omit<Values, Derived> & { databaseFile: string; keyPlace: KeyPlace; mode: Mode }
>;

/** A setting that is not usable; the message is for the person who starts the program. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

type Environment = Readonly<Record<string, string | undefined>>;

const written = (environment: Environment, { env }: { env: string }): string | undefined => {
  const value = environment[env]?.trim();
  return value === '' ? undefined : value;
};

/** Where nobody may look we know of nothing: who opens it says what is wrong. */
const standsAt = (path: string): 'folder' | 'file' | 'nothing' | 'past a file' | 'unknown' => {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'nothing' : code === 'ENOTDIR' ? 'past a file' : 'unknown';
  }
};

const problemOfPath = ({ isFile, isFolder }: Key<z.ZodType>, path: string): string | undefined => {
  if (isFile === true && (path.endsWith('/') || standsAt(path) === 'folder'))
    return 'is a folder, and a file is wanted';
  return isFolder === true && ['file', 'past a file'].includes(standsAt(path))
    ? 'is a file or leads through one, and a folder is wanted'
    : undefined;
};

const readKey = (environment: Environment, it: Key<z.ZodType>): unknown => {
  const raw = written(environment, it);
  // A shell takes them off; some readers of a file keep them.
  if (/^(["']).*\1$/s.test(raw ?? ''))
    throw new ConfigError(
      `${it.env} has quotes around it that are not taken off: write it without them. Example: ${it.env}=${it.example}`,
    );
  if (raw === undefined && environment[it.env] !== undefined && it.ifEmpty !== undefined)
    throw new ConfigError(`${it.env} ${it.ifEmpty}. Example: ${it.env}=${it.example}`);
  const parsed = it.schema.safeParse(raw ?? it.default);
  const misplaced = raw === undefined ? undefined : problemOfPath(it, raw);
  if (parsed.success && misplaced === undefined) return parsed.data;
  const problem = misplaced ?? parsed.error?.issues[0]?.message ?? 'is not usable';
  // A secret is never repeated, and only secrets become a Secret.
  const shown = isSecret(it) ? '' : ` ${JSON.stringify(raw)}`;
  throw new ConfigError(`${it.env}${shown} ${problem}. Example: ${it.env}=${it.example}`);
};

const SECRETS = new Set<string>(
  [
    KEYS.slackBotToken,
    KEYS.slackAppToken,
    KEYS.slackSigningSecret,
    KEYS.redisUrl,
    KEYS.databaseUrl,
    KEYS.webhookSecret,
    KEYS.privateKeys,
  ].map(({ env }) => env),
);
const isSecret = ({ env }: { env: string }): boolean => SECRETS.has(env);

const modeOf = (values: Values, role: Role): Mode => {
  if (role === 'worker' || role === 'keys')
    return { kind: values.localWorkspace === '1' ? 'local' : 'worker' };
  const { slackBotToken, slackAppToken, slackSigningSecret, nodeEnv } = values;
  if (slackBotToken === undefined) {
    if (slackAppToken !== undefined || slackSigningSecret !== undefined) {
      const other = slackAppToken === undefined ? 'SLACK_SIGNING_SECRET' : 'SLACK_APP_TOKEN';
      throw new ConfigError(
        `SLACK_BOT_TOKEN is missing beside ${other}. Example: SLACK_BOT_TOKEN=xoxb-…`,
      );
    }
    if (nodeEnv === 'production') {
      throw new ConfigError(
        'SLACK_BOT_TOKEN is missing, and NODE_ENV=production opens no local workspace. Example: SLACK_BOT_TOKEN=xoxb-…',
      );
    }
    return { kind: 'local' };
  }
  if (slackAppToken !== undefined) {
    return { kind: 'socket', botToken: slackBotToken, appToken: slackAppToken };
  }
  if (slackSigningSecret !== undefined) {
    return { kind: 'http', botToken: slackBotToken, signingSecret: slackSigningSecret };
  }
  throw new ConfigError(
    'SLACK_BOT_TOKEN needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) beside it. Example: SLACK_APP_TOKEN=xapp-…',
  );
};

/** Channels of the local workspace. */
const LOCAL_SUPPORT = 'CSUPPORT1';
const LOCAL_TEAM = 'CTEAM0001';

/**
 * For a command beside what runs there. In production no token of Slack is set where workers run
 * alone; elsewhere none means the local workspace, whose keys lie in a folder of their own.
 */
export const loadConfigHere = (environment: Environment): Config => {
  const tokens = ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET'];
  const isOfWorkers =
    environment['NODE_ENV'] === 'production' && tokens.every((name) => !environment[name]);
  return loadConfig(environment, isOfWorkers ? 'keys' : 'all');
};

/** Throws ConfigError with one line that names the key, what is wrong with it and a good example. */
export const loadConfig = (environment: Environment, role: Role = 'all'): Config => {
  const values = Object.fromEntries(
    Object.entries(KEYS).map(([name, it]) => [name, readKey(environment, it)]),
  ) as Values;
  if (values.databaseUrl !== undefined && values.databaseFile !== undefined)
    throw new ConfigError(
      'DATABASE_URL and DATABASE_FILE name two databases, and the data is in one. Unset DATABASE_FILE to use the Postgres, or DATABASE_URL to use the file.',
    );
  for (const { name, path } of values.databaseUrl ? filesNamedIn(values.databaseUrl) : [])
    if (['nothing', 'past a file', 'folder'].includes(standsAt(path)))
      throw new ConfigError(
        `DATABASE_URL names ${JSON.stringify(path)} as its ${name}, and no such file is on this machine. Put it there, or write its whole path. Example: ?sslmode=verify-full&${name}=/etc/ssl/postgres.pem`,
      );
  const mode = modeOf(values, role);
  if (values.webhookUrl !== undefined && values.webhookSecret === undefined)
    throw new ConfigError(
      'WEBHOOK_SECRET is missing beside WEBHOOK_URL: nobody could tell our events from forged ones. Example: WEBHOOK_SECRET=whsec_$(openssl rand -base64 32)',
    );
  // Its worker is told of the Redis that its bot runs.
  if (
    mode.kind === 'local' &&
    values.redisUrl !== undefined &&
    role !== 'worker' &&
    role !== 'keys'
  )
    throw new ConfigError(
      'REDIS_URL is for a real workspace: the local one, where anybody can be anybody, must not meet its jobs. Unset it, and a Redis runs as a child; or set SLACK_BOT_TOKEN=xoxb-…',
    );
  if (values.privateKeys !== undefined && (role === 'all' || role === 'bot'))
    throw new ConfigError(
      'PRIVATE_KEYS is for a worker alone: a bot must not be able to open what it seals. Start them apart, and give it to the worker. Example: PRIVATE_KEYS="$(cat sealing-private.json)" node src/main.ts worker',
    );
  if (role === 'worker' && values.workerCarriers !== undefined && values.workerName === undefined)
    throw new ConfigError(
      'WORKER_NAME is missing beside WORKER_CARRIERS: its carriers stay its own by that name while it is away. Example: WORKER_NAME=office-1',
    );
  const {
    slackBotToken: _bot,
    slackAppToken: _app,
    slackSigningSecret: _signing,
    localWorkspace: _local,
    databaseFile,
    privateKeyFile,
    privateKeys,
    ...rest
  } = values;
  const isLocal = mode.kind === 'local';
  // Its own folder keeps the local workspace away from what a real one has stored.
  const dataFolder = resolve(rest.dataFolder, isLocal ? 'local' : '.');
  const keyPlace = keyPlaceIn(join(dataFolder, 'keys'));
  const supportChannel = rest.supportChannel ?? (isLocal ? LOCAL_SUPPORT : undefined);
  const isUnset = written(environment, KEYS.channelValues) === undefined;
  return Object.freeze({
    ...rest,
    mode,
    dataFolder,
    databaseFile: resolve(databaseFile ?? join(dataFolder, 'swivel-sync.db')),
    keyPlace: {
      ...keyPlace,
      ...(privateKeyFile === undefined ? {} : { privateFile: resolve(privateKeyFile) }),
      ...(privateKeys === undefined ? {} : { privateKeys }),
    },
    channelValues: isLocal && isUnset ? 'shown' : rest.channelValues,
    supportChannel,
    operatorsChannel: rest.operatorsChannel ?? supportChannel,
    digestChannel: rest.digestChannel ?? (isLocal ? LOCAL_TEAM : undefined),
  });
};

/** Each setting with its default, as rows of a table; with an environment, also what is set. */
export const describeConfig = (
  environment: Environment = {},
): { env: string; default: string; doc: string; set: string }[] =>
  Object.values(KEYS).map((it: Key<z.ZodType>) => {
    const value = written(environment, it);
    const shown = value !== undefined && isSecret(it) ? '[secret]' : (value ?? '');
    return { env: it.env, default: it.default ?? '', doc: it.doc, set: shown };
  });

/** The settings as the table of docs/settings.md. */
export const configTable = (): string =>
  [
    '| setting | default | meaning |',
    '|---|---|---|',
    ...describeConfig().map(
      (row) =>
        `| \`${row.env}\` | ${row.default === '' ? '' : `\`${row.default}\``} | ${row.doc} |`,
    ),
  ].join('\n');
