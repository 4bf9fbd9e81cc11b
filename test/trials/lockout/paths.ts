import { CARRIERS, WITHOUT_CODES, type CarrierId, type LockoutFirm, type Login } from './firm.ts';
import { openLinkForm } from './link-form.ts';

/** A way on which a password that the carrier does not take comes to its portal. */
export interface Path {
  name: string;
  carriers: readonly CarrierId[];
  /** The pages of all carriers send their requests again by themselves. */
  repeats?: true;
  /** Sets up what comes before the wrong password. */
  prepare: (world: LockoutFirm, carrier: CarrierId) => Promise<Login>;
  /** Leads to its one submission. */
  act: (world: LockoutFirm, login: Login) => Promise<void>;
  /** It was accepted before the carrier changed it: not counted. */
  acceptedBefore?: number;
  /** What else could send it again, once it was refused. */
  again?: (world: LockoutFirm, login: Login) => Promise<void>;
}

const fresh: Path['prepare'] = (world, carrier) => world.newLogin(carrier);
const kept: Path['prepare'] = (world, carrier) => world.newLogin(carrier, 'wrong');

/** Signed in by itself with what was right until now. */
const signedIn: Path['prepare'] = async (world, carrier) => {
  const login = await world.newLogin(carrier, 'right');
  await world.force(login, 1);
  await world.settled([login]);
  // The password that is kept is the wrong one from here on.
  await world.change(login, { password: `new${login.right}` });
  return { ...login, wrong: login.right };
};

const forms = new Map<string, () => Promise<void>>();
const sendForm = async ({ id }: Login): Promise<void> => forms.get(id)?.();

const formSentTwice: Pick<Path, 'prepare' | 'act' | 'again'> = {
  prepare: async (world, carrier) => {
    const login = await world.newLogin(carrier);
    const { firm, personId } = world;
    const { send } = await openLinkForm(
      { db: firm.db, botUrls: firm.bots.map(({ url }) => url) },
      { personId, sourceId: login.id },
      world.credentials(login, login.wrong),
    );
    forms.set(login.id, send);
    return login;
  },
  act: async (_world, login) => {
    await Promise.all([sendForm(login), sendForm(login)]);
  },
  // As a browser does that is told to load the page again.
  again: async (_world, login) => sendForm(login),
};

const sessionEnded: Path['prepare'] = async (world, carrier) => {
  const login = await signedIn(world, carrier);
  await world.firm.local.portals.of(carrier).endSessions(login.user);
  return login;
};

const byForce: Path['act'] = async (world, login) => void (await world.force(login));

/** The carrier ends the session of this user as soon as a policy was looked for. */
const endsWhenUsed: Path['prepare'] = async (world, carrier) => {
  const login = await world.newLogin(carrier, 'right', 'sandbox-session-ended');
  return { ...login, wrong: login.right };
};

/** Its password is changed once it was accepted, so that the sign-in after the first look is with a wrong one. */
const underTheReading: Path['act'] = async (world, login) => {
  const stop = world.wire.stop('answer', ({ body }) => body.includes(login.right));
  await world.force(login);
  await stop.arrived;
  await world.change(login, { password: `new${login.right}` });
  stop.release('goes-on');
};

const dropped =
  (prepare: Path['prepare']): Path['prepare'] =>
  async (world, carrier) => {
    const login = await prepare(world, carrier);
    await world.change(login, { dropped: true });
    return login;
  };

const typed =
  (keeps: boolean): Path['act'] =>
  (world, login) =>
    world.link(login, login.wrong, keeps);

export const PATHS: readonly Path[] = [
  { name: 'the link page, its form sent three times', carriers: CARRIERS, ...formSentTwice },
  { name: 'the link page, to be kept', carriers: CARRIERS, prepare: fresh, act: typed(true) },
  {
    name: 'the link page, with what is kept',
    carriers: WITHOUT_CODES,
    prepare: kept,
    act: (world, login) => world.linkWithKept(login),
  },
  {
    name: 'the background',
    carriers: WITHOUT_CODES,
    prepare: kept,
    act: (world, login) => world.day(login),
  },
  { name: 'a force sync', carriers: WITHOUT_CODES, prepare: kept, act: byForce },
  {
    name: 'a session that cannot be resumed',
    carriers: WITHOUT_CODES,
    acceptedBefore: 1,
    prepare: sessionEnded,
    act: byForce,
  },
  {
    name: 'a session that ends under the reading',
    carriers: WITHOUT_CODES,
    acceptedBefore: 1,
    prepare: endsWhenUsed,
    act: underTheReading,
  },
  {
    name: 'the link page, no answer',
    carriers: CARRIERS,
    prepare: dropped(fresh),
    act: typed(true),
  },
  {
    name: 'a force sync, no answer',
    carriers: WITHOUT_CODES,
    prepare: dropped(kept),
    act: byForce,
  },
  {
    name: 'the link page, pages that repeat',
    carriers: CARRIERS,
    repeats: true,
    prepare: fresh,
    act: typed(false),
  },
  {
    name: 'a force sync, pages that repeat',
    carriers: WITHOUT_CODES,
    repeats: true,
    prepare: kept,
    act: byForce,
  },
];
