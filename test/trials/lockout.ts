import { linkOf } from '#core/logins/store/link.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { bringTo, deathsOf, STEPS, type Death } from './lockout/deaths.ts';
import {
  openLockoutFirm,
  WITHOUT_CODES,
  type CarrierId,
  type LockoutFirm,
  type Login,
} from './lockout/firm.ts';
import { PATHS, type Path } from './lockout/paths.ts';
import { figuresOf, randomOf, type Trial } from './trial.ts';

const SLOTS = 8;
const ROUNDS = 8;
const LONGEST_LIFE_MS = 4000;
const figure = figuresOf('lockout');

/** Whatever could bring a password to a portal once more: people ask, days begin, a worker is killed. */
const press = async (
  world: LockoutFirm,
  logins: readonly Login[],
  short: boolean,
): Promise<void> => {
  for (const login of logins) {
    await world.force(login);
    await world.day(login);
  }
  await world.hurry();
  await world.settled(logins);
  if (!short) await world.kill();
  await world.hurry();
  await world.settled(logins);
};

interface Tried {
  path: Path;
  login: Login;
}

/** What one phase came to; each number is of logins. */
interface Account {
  tried: number;
  most: number;
  unsent: number;
  overcounted: number;
  ended: number;
  told: number;
  linkedAgain: number;
  toLink: number;
}

const isEnded = async ({ firm }: LockoutFirm, { id }: Login): Promise<boolean> =>
  (await linkOf(firm.db, id)).linked === 0;

const TOLD_WITHIN_MS = 20_000;

/** The card of whoever asked for a policy of this login says, within a while, that it needs a link. */
const isTold = async (world: LockoutFirm, login: Login): Promise<boolean> => {
  const deadline = performance.now() + TOLD_WITHIN_MS;
  while (performance.now() < deadline) {
    if (await saysSo(world, login)) return true;
    await sleep(200);
  }
  return false;
};

const saysSo = async ({ firm }: LockoutFirm, { id }: Login): Promise<boolean> => {
  const cards = await firm.db
    .selectFrom('request_sync as r')
    .innerJoin('sync as s', 's.id', 'r.sync_id')
    .innerJoin('subject_message as m', (on) =>
      on.onRef('m.subject_id', '=', 'r.request_id').on('m.key', '=', 'card'),
    )
    .select('m.ts')
    .where('s.source_id', '=', id)
    .execute();
  const there = firm.local.workspace.workspace.messages('CTEAM0001');
  return cards.some(({ ts }) =>
    there.some((message) => message.ts === ts && /unlinked|Needs link/.test(message.text)),
  );
};

const linkEachAgain = async (world: LockoutFirm, logins: readonly Login[]): Promise<number> => {
  for (const login of logins) {
    const right = login.wrong === login.right ? `new${login.right}` : login.right;
    await world.change(login, { dropped: false });
    await world.link(login, right);
  }
  await world.settled(logins);
  const ended = await Promise.all(logins.map((login) => isEnded(world, login)));
  return ended.filter((is) => !is).length;
};

const second = ({ id }: Login): string => `second${id.slice(-4)}pine`;

/** Each path with a wrong password, all that could send it again, and then a person's second wrong one. */
const tryPaths = async (
  world: LockoutFirm,
  paths: readonly Path[],
  carriersOf: (path: Path) => readonly CarrierId[],
  short: boolean,
  say: (line: string) => void,
): Promise<Account> => {
  const cases: Tried[] = await Promise.all(
    paths.flatMap((path) =>
      carriersOf(path).map(async (carrier) => ({
        path,
        login: await path.prepare(world, carrier),
      })),
    ),
  );
  const logins = cases.map(({ login }) => login);
  await world.settled(logins);
  await Promise.all(cases.map(({ path, login }) => path.act(world, login)));
  await world.settled(logins);
  for (const { path, login } of cases) await path.again?.(world, login);
  await press(world, logins, short);
  const flags = await Promise.all(
    cases.map(async ({ login }) => [await isEnded(world, login), await isTold(world, login)]),
  );
  const links = short ? 1 : 2;
  if (links === 2) {
    for (const login of logins) await world.link(login, second(login), true);
    await world.settled(logins);
    await press(world, logins, short);
  }

  const account: Account = {
    tried: cases.length,
    most: 0,
    unsent: 0,
    overcounted: 0,
    ended: flags.filter(([ended]) => ended).length,
    told: flags.filter(([, told]) => told).length,
    linkedAgain: 0,
    toLink: 0,
  };
  for (const [at, { path, login }] of cases.entries()) {
    const accepted = path.acceptedBefore ?? 0;
    const sent = world.wire.sent(login.wrong) - accepted;
    const again = links === 1 ? 1 : world.wire.sent(second(login));
    const counted = (await world.counted(login)) - accepted;
    account.most = Math.max(account.most, sent, again);
    if (sent === 0 || again === 0) account.unsent += 1;
    if (counted !== links) account.overcounted += 1;
    const [ended, told] = flags[at] ?? [];
    if (sent !== 1 || again !== 1 || counted !== links || !ended || !told)
      say(
        `${path.name}, ${login.carrier}: sent ${sent}, then ${again}, counted ${counted}, ${ended ? 'ended' : 'goes on'}, ${told ? 'told' : 'not told'}`,
      );
  }
  for (const path of paths)
    say(`${path.name}: ${cases.filter((each) => each.path === path).length} carriers`);
  const linkable = logins.filter(({ carrier }) => WITHOUT_CODES.some((id) => id === carrier));
  account.toLink = linkable.length;
  world.wire.repeats(false);
  account.linkedAgain = await linkEachAgain(world, linkable);
  return account;
};

/** Every one of these sign-ins loses its worker where it stands. */
const tryDeaths = async (
  world: LockoutFirm,
  deaths: readonly Death[],
  short: boolean,
  say: (line: string) => void,
): Promise<{ most: number; unsent: number }> => {
  const brought = await Promise.all(deaths.map((death) => bringTo(world, death)));
  await world.kill();
  for (const { afterDeath } of brought) afterDeath();
  const logins = brought.map(({ login }) => login);
  await world.settled(logins);
  if (!short) await press(world, logins, short);
  let [most, unsent] = [0, 0];
  for (const [at, { login }] of brought.entries()) {
    const sent = world.wire.sent(login.right);
    most = Math.max(most, sent, await world.counted(login));
    if (sent === 0) unsent += 1;
    if (sent !== 1) say(`${JSON.stringify(deaths[at])}: sent ${sent}`);
  }
  return { most, unsent };
};

/** Killed at any moment: nobody knows how far each sign-in was. */
const tryMoments = async (world: LockoutFirm, random: () => number): Promise<number> => {
  const logins = await Promise.all(
    WITHOUT_CODES.flatMap((carrier) => [world.newLogin(carrier), world.newLogin(carrier, 'wrong')]),
  );
  for (const [at, login] of logins.entries())
    await (at % 2 === 0 ? world.link(login, login.wrong, true) : world.force(login));
  await sleep(random() * LONGEST_LIFE_MS);
  await world.kill();
  await world.settled(logins);
  await press(world, logins, false);
  const sent = logins.map(({ wrong }) => world.wire.sent(wrong));
  const counted = await Promise.all(logins.map((login) => world.counted(login)));
  return Math.max(...sent, ...counted);
};

const IN_SHORT: readonly Death[] = [
  { step: STEPS[0], way: 'by a person', carrier: 'granite-mutual' },
  { step: STEPS[0], way: 'by itself', carrier: 'prairie-states' },
  { step: STEPS[1], way: 'by a person', carrier: 'northbridge-life' },
  { step: STEPS[2], way: 'by itself', carrier: 'northbridge-life' },
  { step: STEPS[3], way: 'by a person', carrier: 'summit-fidelity' },
  { step: STEPS[4], way: 'by a person', carrier: 'meridian-annuity' },
  { step: STEPS[5], way: 'by a person', carrier: 'harbor-trust' },
];

const SHORT_PATHS: Readonly<Record<string, CarrierId>> = {
  'the link page, its form sent three times': 'summit-fidelity',
  'the background': 'prairie-states',
  'a force sync': 'northbridge-life',
  'a session that ends under the reading': 'northbridge-life',
  'a force sync, no answer': 'granite-mutual',
  'the link page, pages that repeat': 'northbridge-life',
};

export const lockout: Trial = {
  name: 'lockout',
  about: 'Wrong passwords by every path, and a kill at each step of a sign-in.',
  beside: 'equal',
  livesAnywhere: true,
  run: async ({ seed, short, say, where }) => {
    const random = randomOf(seed);
    await using world = await openLockoutFirm(SLOTS, where);
    const carriersOf = ({ name, carriers }: Path): readonly CarrierId[] => {
      if (!short) return carriers;
      const chosen = SHORT_PATHS[name];
      return chosen === undefined ? [] : [chosen];
    };
    const accounts: Account[] = [];
    for (const repeats of [false, true]) {
      world.wire.repeats(repeats);
      const tried = PATHS.filter(
        (path) => (path.repeats === true) === repeats && carriersOf(path).length > 0,
      );
      accounts.push(await tryPaths(world, tried, carriersOf, short, say));
    }
    world.wire.repeats(false);
    const sum = (of: keyof Account): number =>
      accounts.reduce((total, account) => total + account[of], 0);

    const rounds = short ? [IN_SHORT] : STEPS.map(deathsOf);
    const deaths: { most: number; unsent: number }[] = [];
    for (const [at, round] of rounds.entries()) {
      deaths.push(await tryDeaths(world, round, short, say));
      say(`step ${at + 1} of ${rounds.length}: ${round.length} sign-ins lost their worker`);
    }
    let mostAtMoments = 0;
    for (let round = 0; round < (short ? 0 : ROUNDS); round += 1) {
      mostAtMoments = Math.max(mostAtMoments, await tryMoments(world, random));
      say(`${round + 1} of ${ROUNDS} kills at any moment`);
    }
    return [
      figure('paths of a wrong password', sum('tried'), 'paths', '>=', 1),
      figure(
        'most submissions of one link',
        Math.max(...accounts.map(({ most }) => most)),
        'passwords',
        '=',
        1,
      ),
      figure('links without a submission', sum('unsent'), 'links', '=', 0),
      figure("otherwise in a portal's ledger", sum('overcounted'), 'logins', '=', 0),
      figure('links that were not ended', sum('tried') - sum('ended'), 'links', '=', 0),
      figure('links whose end was not told', sum('tried') - sum('told'), 'links', '=', 0),
      figure('requests that pages sent again', world.wire.triedAgain(), 'requests', '>=', 1),
      figure(
        'not linked again by the right one',
        sum('toLink') - sum('linkedAgain'),
        'logins',
        '=',
        0,
      ),
      figure('sign-ins killed at a step', rounds.flat().length, 'sign-ins', '>=', 1),
      figure(
        'most submissions of one of them',
        Math.max(...deaths.map(({ most }) => most)),
        'passwords',
        '=',
        1,
      ),
      figure(
        'of them without a submission',
        deaths.reduce((total, { unsent }) => total + unsent, 0),
        'sign-ins',
        '=',
        0,
      ),
      figure('most submissions after a kill at any moment', mostAtMoments, 'passwords', '<=', 1),
    ];
  },
};
