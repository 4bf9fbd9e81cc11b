import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { KNOWN_STANDINGS, wordsOf } from '#shared/status.ts';
import type { CarrierFacts } from './portal.ts';
import type { Carrier, CarrierFactory } from './contract.ts';
import { createKit } from './kit/kit.ts';

/** By the adapter as it was loaded. */
const origins = new WeakMap<Carrier, Origin>();

interface Origin {
  folder: string;
  addresses: Record<string, string>;
  sha256: string;
}

const ENTRIES = ['index.ts', 'index.mjs', 'index.js'];
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * The carriers of these folders, each a folder with an `index.ts` inside. Their code sees passwords:
 * `log` is given a hash of each one's files. `addresses` replaces a carrier's own address by its id.
 * Throws one clear line for the first that is not as the contract asks.
 */
export const loadCarriers = async (options: {
  folders: readonly string[];
  addresses?: Record<string, string>;
  /** Demo carriers are left out without it. */
  allowDemo: boolean;
  log?: (line: { carrier: string; folder: string; sha256: string }) => void;
}): Promise<Carrier[]> => {
  const carriers = new Map<string, Carrier>();
  for (const folder of options.folders.flatMap(carrierFolders)) {
    if (entryOf(folder) === undefined) continue;
    const carrier = await loadCarrier(folder, options.addresses);
    if (carriers.has(carrier.id)) throw new Error(`Carrier ${folder}: id ${carrier.id} is taken`);
    if (carrier.demo && !options.allowDemo) continue;
    carriers.set(carrier.id, carrier);
    const sha256 = hashOf(folder);
    origins.set(carrier, { folder, addresses: options.addresses ?? {}, sha256 });
    options.log?.({ carrier: carrier.id, folder, sha256 });
  }
  return [...carriers.values()];
};

/** One carrier of its folder. Throws one clear line when it is not as the contract asks. */
export const loadCarrier = async (
  folder: string,
  addresses: Record<string, string> = {},
): Promise<Carrier> => {
  const refuse = (why: string): never => {
    throw new Error(`Carrier ${folder}: ${why}`);
  };
  const said = (error: unknown): string =>
    (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  const entry = entryOf(folder) ?? refuse(`none of ${ENTRIES.join(', ')} is there`);
  const loaded = (await import(pathToFileURL(entry).href).catch((error: unknown) =>
    refuse(`${basename(entry)} could not be loaded: ${said(error)}`),
  )) as { default?: CarrierFactory };
  if (typeof loaded.default !== 'function')
    return refuse('the default export is not a function (kit) => carrier');
  try {
    const carrier = loaded.default(createKit(addresses));
    return problemOf(carrier) === undefined ? carrier : refuse(problemOf(carrier) ?? '');
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Carrier ')) throw error;
    return refuse(`it could not be made: ${said(error)}`);
  }
};

/**
 * The adapter as its folder has it now, if that is the one of this hash. It is loaded from a copy, since
 * the files of one place are loaded once. It may talk to no origin that the loaded one could not.
 */
export const loadAnew = async (carrier: Carrier, sha256: string): Promise<Carrier | undefined> => {
  const origin = origins.get(carrier);
  if (origin === undefined || hashOf(origin.folder) !== sha256) return undefined;
  const { folder, addresses } = origin;
  return onCopy(folder, async (copy) => {
    if (hashOf(copy) !== sha256) return undefined;
    const mended = await loadCarrier(copy, addresses);
    const strangers = mended.origins.filter((each) => !carrier.origins.includes(each));
    if (mended.id !== carrier.id || strangers.length > 0) return undefined;
    origins.set(mended, { folder, addresses, sha256 });
    return mended;
  });
};

/** Does something with a copy of a carrier's folder, which is then removed. */
export const onCopy = async <T>(folder: string, act: (copy: string) => Promise<T>): Promise<T> => {
  const place = await mkdtemp(join(tmpdir(), 'carrier-'));
  try {
    const copy = join(place, basename(folder));
    await cp(folder, copy, { recursive: true });
    return await act(copy);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
};

const entryOf = (folder: string): string | undefined =>
  ENTRIES.map((file) => join(folder, file)).find((file) => existsSync(file));

const carrierFolders = (folder: string): string[] => {
  if (!existsSync(folder)) throw new Error(`Carriers: there is no folder ${folder}`);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
    .sort();
};

/** What is wrong with a carrier as it was handed over; the contract's types do not reach that far. */
const problemOf = (carrier: Carrier): string | undefined => {
  const lacking = LIKE.find(([name, type]) => typeof carrier?.[name] !== type);
  if (lacking) return `${lacking[0]} is missing, or is no ${lacking[1]}`;
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(carrier.id ?? '')) return 'id is not in kebab case';
  if (!carrier.name) return 'name is missing';
  if (!carrier.origins?.length) return 'origins are missing';
  const strangers = [...carrier.origins, carrier.signIn.url, carrier.portalUrl].filter(
    (address) => !isSafe(address),
  );
  if (strangers.length > 0)
    return `${strangers.join(', ')} is not https (http is for loopback only)`;
  const origins = carrier.origins.map((address) => new URL(address).origin);
  if (!origins.includes(new URL(carrier.signIn.url).origin))
    return 'the sign-in page is not on one of its origins';
  if (!carrier.signIn.fields.some((field) => field.secret))
    return 'no field of the sign-in is secret';
  if (secretBeforeNext(carrier.signIn.fields))
    return 'a secret field comes before the last screen of the sign-in';
  if (carrier.signIn.fields.at(-1)?.next) return 'nothing follows the last field of the sign-in';
  const { channels } = carrier.signIn.code ?? {};
  if (channels && channels.offered.length === 0) return 'channels are declared but none is offered';
  if (
    channels?.authenticator !== undefined &&
    !channels.offered.some(({ id }) => id === channels.authenticator)
  )
    return `the authenticator channel ${channels.authenticator} is not among those offered`;
  if (channels && carrier.signIn.code?.authenticator)
    return 'a code comes from an authenticator alone, or by channels: declare one of the two';
  if ((carrier.readBook === undefined) !== (carrier.parseBook === undefined))
    return 'readBook and parseBook go together';
  const stranger = Object.keys(carrier.statusWords ?? {}).find(
    (standing) => !(KNOWN_STANDINGS as readonly string[]).includes(standing),
  );
  if (stranger !== undefined)
    return `statusWords.${stranger} is none of ${KNOWN_STANDINGS.join(', ')}`;
  if (carrier.keepAlive && !(carrier.keepAlive.everyMinutes > 0))
    return 'keepAlive.everyMinutes is not above 0';
  if (!carrier.signIn.outcomes.some((rule) => rule.is === 'signed-in'))
    return 'no outcome of the sign-in is signed-in';
  if (carrier.codes !== 'never' && !carrier.signIn.code)
    return 'codes are asked for but not declared';
  if (!(carrier.sessionMinutes > 0)) return 'sessionMinutes is not above 0';
  return undefined;
};

/** What is typed on an early screen goes to the portal before the try is recorded. */
const secretBeforeNext = (fields: Carrier['signIn']['fields']): boolean => {
  const last = fields.findLastIndex((field) => field.next !== undefined);
  return fields.slice(0, last + 1).some((field) => field.secret);
};

/** What is used without a look, so that plain JavaScript is told of a slip at the start. */
const LIKE = [
  ['id', 'string'],
  ['name', 'string'],
  ['portalUrl', 'string'],
  ['unlockSteps', 'string'],
  ['automaticSignInsPerDay', 'number'],
  ['openHome', 'function'],
  ['readPolicy', 'function'],
  ['parsePolicy', 'function'],
  ['signIn', 'object'],
] as const satisfies (readonly [keyof Carrier, string])[];

const isSafe = (address: string): boolean => {
  const url = URL.parse(address);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname));
};

/** Of all files of a carrier's folder. */
export const hashOf = (folder: string): string => {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files)
    hash.update(`${file.slice(folder.length)}\0`).update(readFileSync(file));
  return hash.digest('hex');
};

const hashIn = (carrier: Carrier): Pick<CarrierFacts, 'hash'> => {
  const sha256 = origins.get(carrier)?.sha256;
  return sha256 === undefined ? {} : { hash: sha256 };
};

/** What the rest of the program may know of a carrier. */
export const factsOf = (carrier: Carrier): CarrierFacts => ({
  id: carrier.id,
  ...hashIn(carrier),
  name: carrier.name,
  portalUrl: carrier.portalUrl,
  unlockSteps: carrier.unlockSteps,
  sessionMinutes: carrier.sessionMinutes,
  automaticSignInsPerDay: carrier.automaticSignInsPerDay,
  codes: carrier.codes,
  fields: carrier.signIn.fields.map(({ name, label, secret, autocomplete }) => ({
    name,
    label,
    secret,
    autocomplete,
  })),
  ...(carrier.signIn.code ? { codePattern: carrier.signIn.code.pattern } : {}),
  sendsCodeAgain: carrier.signIn.code?.resend !== undefined,
  ...codeFactsOf(carrier.signIn.code),
  ...(carrier.keepAlive ? { keepAliveMinutes: carrier.keepAlive.everyMinutes } : {}),
  ...(carrier.readBook ? { listsBook: true } : {}),
  ...(carrier.statusWords ? { statusWords: wordsOf(carrier.statusWords) } : {}),
});

/** The way of a code that a set-up key answers; where there is no choice, it has a name all the same. */
const authenticatorOf = (
  code: Carrier['signIn']['code'],
): Pick<CarrierFacts, 'authenticatorChannel'> => {
  const way = code?.authenticator ? 'authenticator' : code?.channels?.authenticator;
  return way === undefined ? {} : { authenticatorChannel: way };
};

const codeFactsOf = (code: Carrier['signIn']['code']): Partial<CarrierFacts> => ({
  ...(code?.channels
    ? { channels: code.channels.offered.map(({ id, label }) => ({ id, label })) }
    : {}),
  ...authenticatorOf(code),
  ...(code?.trust ? { trustDays: code.trust.days } : {}),
});
