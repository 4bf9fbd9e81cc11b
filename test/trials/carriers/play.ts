import { SANDBOX_NUMBERS } from '#simulator/portals/sandbox.ts';
import type { BookReading, PolicyReading, PolicySnapshot, SignInHooks } from '#portal/portal.ts';
import type { Carrier } from '#portal/contract.ts';
import {
  openSession,
  sandboxCredentials,
  sandboxSession,
  screensOf,
  withCode,
} from '#test/support/sandbox.ts';
import type { Bench } from './bench.ts';
import { CODE_BY_CHANNEL, FORCED, type Forced } from './forced.ts';

/** One thing to try at one carrier, and what was written down that must come of it. */
export interface Trial {
  carrier: string;
  /** "single read: locked". */
  outcome: string;
  expected: string;
  see: (bench: Bench) => Promise<string>;
}

/** Every outcome that this carrier's portal can have. */
export const trialsOf = (carrier: Carrier): Trial[] => [
  ...FORCED.filter((forced) => has(carrier, forced)).map((forced) => ({
    carrier: carrier.id,
    outcome: `${forced.way}: ${forced.outcome}`,
    expected: forced.at?.[carrier.id] ?? forced.expected,
    see: (bench: Bench) => play(bench, carrier, forced),
  })),
  ...(carrier.signIn.code?.channels?.offered ?? []).map(({ id }) => ({
    carrier: carrier.id,
    outcome: `sign in: code by ${id}`,
    expected: CODE_BY_CHANNEL,
    see: (bench: Bench) =>
      seeSignIn(bench, carrier, 'sandbox', { ...withCode, channel: () => Promise.resolve(id) }),
  })),
];

const has = (carrier: Carrier, { way, code }: Forced): boolean => {
  if (code !== undefined && carrier.codes === 'never') return false;
  if (way === 'JSON') return carrier.readJson !== undefined;
  return way !== 'book pass' || carrier.readBook !== undefined;
};

const play = async (bench: Bench, carrier: Carrier, forced: Forced): Promise<string> => {
  const { way, user, number = '', waitsOut } = forced;
  if (way === 'sign in') {
    const hooks =
      forced.code === 'none in time'
        ? { ...withCode, code: () => Promise.resolve(undefined) }
        : withCode;
    return seeSignIn(bench, carrier, user, hooks, waitsOut);
  }
  let pages = 0;
  const portals =
    way === 'JSON'
      ? bench.asDeclared(carrier, () => (pages += 1), waitsOut)
      : bench.byPages(carrier, waitsOut);
  await using session = await sandboxSession(portals, carrier.id, user);
  if (way === 'book pass') return bookAsText(await screensOf(session));
  const reading = await session.read(number);
  // What went wrong is told apart by the page's own words; what was read must not have needed it.
  const detour = reading.kind !== 'failure' && way === 'JSON' && pages > 0;
  return `${readingAsText(reading)}${detour ? ', by the page' : ''}`;
};

const seeSignIn = async (
  bench: Bench,
  carrier: Carrier,
  user: string,
  hooks: SignInHooks,
  waitsOut = false,
): Promise<string> => {
  const submitted = async (): Promise<number> =>
    (await bench.ledgerOf(carrier.id, user)).filter(({ step }) => step === 'password').length;
  const before = await submitted();
  const portals = bench.byPages(carrier, waitsOut);
  await using session = await openSession(portals, carrier.id);
  const result = await session.signIn(sandboxCredentials(portals, carrier.id, user), hooks);
  const times = (await submitted()) - before;
  const passwords = times === 1 ? 'once' : `${times} times`;
  const said = result.kind === 'failure' ? result.reason : 'signed in';
  return `${said}, password submitted ${passwords}`;
};

const readingAsText = (reading: PolicyReading): string => {
  if (reading.kind === 'failure') return reading.reason;
  if (reading.kind === 'found') return snapshotAsText(reading.snapshot);
  const { fine } = SANDBOX_NUMBERS;
  return reading.closeNumbers.includes(fine) ? `absent, ${fine} is close` : 'absent';
};

const snapshotAsText = ({ status, values, missing }: PolicySnapshot): string => {
  const amounts = values.map(({ name, amount }) => `${name} ${(amount.minor / 100).toFixed(2)}`);
  const days = [...new Set(values.map(({ asOf }) => `as of ${asOf}`))];
  return [status, ...amounts, ...days, ...missing.map((name) => `no ${name}`)].join(', ');
};

const bookAsText = (screens: readonly BookReading[]): string => {
  const pages = screens.filter((screen) => screen.kind === 'page');
  const entries = pages.flatMap((page) => page.entries);
  const unread = pages.flatMap((page) => page.unreadable).length;
  const [first] = entries;
  const last = screens.at(-1);
  const told = [
    ...(pages.length > 0 ? [`${entries.length} of ${pages.at(-1)?.total} policies`] : []),
    ...(unread > 0 ? [`${unread} row${unread > 1 ? 's' : ''} not read`] : []),
    ...(first ? [`the first ${snapshotAsText(first)}`] : []),
  ];
  if (last?.kind !== 'failure') return told.join(', ');
  return told.length === 0 ? last.reason : `${told.join(', ')}, then ${last.reason}`;
};
