import { z } from 'zod';
import { Secret } from '#shared/secret.ts';

/** A setting: which variable, what it means, what stands when it is absent, how a good one looks. */
export interface Key<T extends z.ZodType> {
  env: string;
  doc: string;
  schema: T;
  /** As it would be written in the environment; none means it may stay unset. */
  default?: string;
  example: string;
}

const key = <T extends z.ZodType>(it: Key<T>): Key<T> => it;

const text = (pattern: RegExp, problem: string) => z.string().regex(pattern, problem);
const secret = (pattern: RegExp, problem: string) =>
  text(pattern, problem).transform((value) => new Secret(value));

const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);

const address = z.string().transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  if (url !== undefined && isSafe) return value.replace(/\/+$/, '');
  context.addIssue({
    code: 'custom',
    message:
      url?.protocol === 'http:' ? 'is not https, and not this machine' : 'is not a web address',
  });
  return z.NEVER;
});

const oneOf = <const T extends readonly [string, ...string[]]>(names: T) =>
  z.enum(names, { error: `is none of ${names.join(', ')}` });

const wholeNumber = (least: number, most: number) =>
  text(/^\d+$/, 'is not a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `is not between ${least} and ${most}`);

const timeOfDay = text(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time such as 02:00');

const addresses = z.string().transform((value, context) => {
  const parsed = z.record(z.string(), z.url()).safeParse(parseJson(value));
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: 'is not JSON of addresses by carrier id' });
  return z.NEVER;
});

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

export const KEYS = {
  slackBotToken: key({
    env: 'SLACK_BOT_TOKEN',
    doc: 'Token of the installed Slack app. Without tokens the local workspace runs.',
    schema: secret(/^xoxb-\S+$/, 'does not begin with xoxb-').optional(),
    example: 'xoxb-…',
  }),
  slackAppToken: key({
    env: 'SLACK_APP_TOKEN',
    doc: 'App-level token with connections:write: the bot connects by Socket Mode.',
    schema: secret(/^xapp-\S+$/, 'does not begin with xapp-').optional(),
    example: 'xapp-…',
  }),
  slackSigningSecret: key({
    env: 'SLACK_SIGNING_SECRET',
    doc: 'Signing secret: Slack calls the bot over HTTP instead.',
    schema: secret(/^[\w-]{16,}$/, 'is too short').optional(),
    example: '32 hexadecimal digits',
  }),
  slackApiUrl: key({
    env: 'SLACK_API_URL',
    doc: "Another address for Slack's Web API, for tests.",
    schema: address.transform((value) => `${value}/`).optional(),
    example: 'http://127.0.0.1:4000/api/',
  }),
  publicUrl: key({
    env: 'PUBLIC_URL',
    doc: "Where people's browsers find the link page. Without it Link is not offered.",
    schema: address.optional(),
    example: 'https://sync.example.com',
  }),
  port: key({
    env: 'PORT',
    doc: "Port of the bot's own web server; 0 takes a free one.",
    schema: wholeNumber(0, 65_535),
    default: '3000',
    example: '3000',
  }),
  host: key({
    env: 'HOST',
    doc: 'Address the web server binds to.',
    schema: text(/^[\w.:-]+$/, 'is not an address of this machine'),
    default: '127.0.0.1',
    example: '0.0.0.0',
  }),
  dataFolder: key({
    env: 'DATA_DIR',
    doc: 'Folder of database, keys and embedded Redis; the local workspace keeps to `local` in it.',
    schema: z.string(),
    default: './data',
    example: '/var/lib/swivel-sync',
  }),
  databaseFile: key({
    env: 'DATABASE_FILE',
    doc: 'SQLite file; by default swivel-sync.db in the data folder.',
    schema: z.string().optional(),
    example: '/var/lib/swivel-sync/swivel-sync.db',
  }),
  privateKeyFile: key({
    env: 'PRIVATE_KEY_FILE',
    doc: 'File of the keys that open secrets, for the worker alone; by default in `keys` of the data folder.',
    schema: z.string().optional(),
    example: '/var/lib/swivel-sync-worker/keys.json',
  }),
  privateKeys: key({
    env: 'PRIVATE_KEYS',
    doc: 'The content of that file instead, for a worker that is started apart.',
    schema: secret(/^\s*\{[\s\S]*\}\s*$/, 'is not the content of a key file').optional(),
    example: '"$(cat keys.json)"',
  }),
  redisUrl: key({
    env: 'REDIS_URL',
    doc: 'Your Redis or Valkey; without it a Redis runs as a child, as it always does for the local workspace.',
    schema: secret(/^(rediss?:\/\/\S+|unix:\/\/\/.+)$/, 'is not a Redis address').optional(),
    example: 'redis://127.0.0.1:6379',
  }),
  chromium: key({
    env: 'CHROMIUM',
    doc: 'Program to use as the browser.',
    schema: z.string().optional(),
    example: '/usr/bin/chromium',
  }),
  chromiumSandbox: key({
    env: 'CHROMIUM_SANDBOX',
    doc: '`optional` lets Chromium run where its sandbox cannot. By default it is `required` with NODE_ENV=production.',
    schema: oneOf(['required', 'optional']).optional(),
    example: 'optional',
  }),
  carriersPath: key({
    env: 'CARRIERS_PATH',
    doc: 'Folder with carriers of your own. Code in it sees passwords.',
    schema: z.string().optional(),
    example: '/etc/swivel-sync/carriers',
  }),
  workerSlots: key({
    env: 'WORKER_SLOTS',
    doc: 'Login sources a worker reads at the same time.',
    schema: wholeNumber(1, 64),
    default: '2',
    example: '4',
  }),
  command: key({
    env: 'SYNC_COMMAND',
    doc: 'Name of the slash command, as in the manifest.',
    schema: text(/^\/[a-z0-9_-]{1,31}$/, 'is not the name of a slash command'),
    default: '/sync',
    example: '/swivel',
  }),
  threads: key({
    env: 'SYNC_THREADS',
    doc: "Where a request's thread is: the channel it was typed in, or the person's DM.",
    schema: oneOf(['channel', 'dm']),
    default: 'channel',
    example: 'dm',
  }),
  channelValues: key({
    env: 'CHANNEL_VALUES',
    doc: 'In channels: `hidden` masks policy numbers and leaves amounts to the DM. The local workspace shows them.',
    schema: oneOf(['shown', 'hidden']),
    default: 'hidden',
    example: 'shown',
  }),
  books: key({
    env: 'BOOKS',
    doc: 'Whether advisors see and sync their own book only, or the whole firm.',
    schema: oneOf(['own', 'open']),
    default: 'own',
    example: 'open',
  }),
  mostForced: key({
    env: 'SYNCS_PER_PERSON',
    doc: 'Syncs that one person may have waiting or running at a time.',
    schema: wholeNumber(1, 10_000),
    default: '100',
    example: '200',
  }),
  timeZone: key({
    env: 'TIME_ZONE',
    doc: 'Time zone of the firm, for days and schedules.',
    schema: z.string().refine(isTimeZone, 'is not a time zone'),
    default: 'America/New_York',
    example: 'America/Chicago',
  }),
  dayAt: key({
    env: 'DAY_AT',
    doc: "When the firm's day begins: the background work of all linked logins is queued.",
    schema: timeOfDay,
    default: '02:00',
    example: '02:00',
  }),
  warnAt: key({
    env: 'WARN_AT',
    doc: 'When people are told of logins that need them today or soon, one message each.',
    schema: text(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time such as 08:00'),
    default: '08:00',
    example: '08:00',
  }),
  supportChannel: key({
    env: 'SUPPORT_CHANNEL',
    doc: 'Id of the channel of support: cases that people ask about come there.',
    schema: text(/^[CG][A-Z0-9]{2,}$/, 'is not the id of a channel').optional(),
    example: 'C0123456789',
  }),
  calendarHosts: key({
    env: 'CALENDAR_HOSTS',
    doc: 'Hosts of calendars that may lie at addresses that are not public, such as your own server; commas between them.',
    schema: text(/^[a-z0-9.:,[\]-]*$/i, 'is not a list of host names').transform((hosts) =>
      hosts.toLowerCase().split(',').filter(Boolean),
    ),
    default: '',
    example: 'calendar.firm.example',
  }),
  webhookUrl: key({
    env: 'WEBHOOK_URL',
    doc: 'Address that is told of each finished sync, and of each status or number corrected in Slack.',
    schema: address.optional(),
    example: 'https://crm.example.com/hooks/swivel-sync',
  }),
  webhookSecret: key({
    env: 'WEBHOOK_SECRET',
    doc: 'Key that signs what goes to WEBHOOK_URL: 24 to 64 bytes as base64, after `whsec_`.',
    schema: secret(
      /^(whsec_)?[A-Za-z0-9+/]{32,88}={0,2}$/,
      'is not base64 of 24 to 64 bytes',
    ).optional(),
    example: 'whsec_…',
  }),
  digestChannel: key({
    env: 'DIGEST_CHANNEL',
    doc: 'Id of the channel that reads the digest each business day; without one there is none.',
    schema: text(/^[CG][A-Z0-9]{2,}$/, 'is not the id of a channel').optional(),
    example: 'C0123456789',
  }),
  digestAt: key({
    env: 'DIGEST_AT',
    doc: "When the digest is posted, by the firm's clock.",
    schema: timeOfDay,
    default: '07:30',
    example: '08:15',
  }),
  digestMovePercent: key({
    env: 'DIGEST_MOVE_PERCENT',
    doc: 'The digest names an account value that moved by so many percent, and by the amount below.',
    schema: wholeNumber(0, 1000),
    default: '5',
    example: '3',
  }),
  digestMoveAmount: key({
    env: 'DIGEST_MOVE_AMOUNT',
    doc: 'Whole units of money, such as dollars, by which it must have moved as well.',
    schema: wholeNumber(0, 1_000_000_000),
    default: '10000',
    example: '25000',
  }),
  operatorsChannel: key({
    env: 'OPERATORS_CHANNEL',
    doc: 'Id of the channel where operators are told of a carrier that is paused; by default SUPPORT_CHANNEL.',
    schema: text(/^[CG][A-Z0-9]{2,}$/, 'is not the id of a channel').optional(),
    example: 'C0123456789',
  }),
  breakageFailures: key({
    env: 'BREAKAGE_FAILURES',
    doc: 'So many pages that are not understood, at one carrier, pause it; those of sign-ins count.',
    schema: wholeNumber(1, 1000),
    default: '5',
    example: '10',
  }),
  breakagePolicies: key({
    env: 'BREAKAGE_POLICIES',
    doc: 'Of so many policies or logins at least: one odd policy is no broken adapter.',
    schema: wholeNumber(1, 1000),
    default: '2',
    example: '3',
  }),
  breakageMinutes: key({
    env: 'BREAKAGE_MINUTES',
    doc: 'Within so many minutes.',
    schema: wholeNumber(1, 1440),
    default: '30',
    example: '60',
  }),
  carrierAddresses: key({
    env: 'CARRIER_ADDRESSES',
    doc: 'Other addresses for carriers, as JSON by carrier id: a sandbox of theirs, or a local portal.',
    schema: addresses.optional(),
    example: '{"northbridge-life":"https://sandbox.example.com"}',
  }),
  localWorkspace: key({
    env: 'LOCAL_WORKSPACE',
    doc: 'Set by `npm start` for its own worker: `1` when it serves the local workspace.',
    schema: oneOf(['0', '1']),
    default: '0',
    example: '1',
  }),
  logLevel: key({
    env: 'LOG_LEVEL',
    doc: 'How much is logged.',
    schema: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
    example: 'warn',
  }),
  nodeEnv: key({
    env: 'NODE_ENV',
    doc: 'With `production`, a missing token stops the start instead of opening the local workspace.',
    schema: oneOf(['production', 'development', 'test']),
    default: 'development',
    example: 'production',
  }),
};
