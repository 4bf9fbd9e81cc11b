import { setTimeout as sleep } from 'node:timers/promises';
import { submitCode } from '#core/sign-in/sign-in.ts';
import { Secret } from '#shared/secret.ts';
import { WITH_CODES, WITHOUT_CODES, type CarrierId, type LockoutFirm, type Login } from './firm.ts';

/** How far a sign-in is when its worker is killed. */
export const STEPS = [
  'the page is asked for',
  'the password is on its way, and is lost',
  'the password is on its way, and arrives',
  'the answer is on its way',
  'a code is wanted',
  'the code is on its way',
] as const;
export type SignInStep = (typeof STEPS)[number];

export type Way = 'by a person' | 'by itself';

/** One sign-in that its worker does not live to see the end of. */
export interface Death {
  step: SignInStep;
  way: Way;
  carrier: CarrierId;
}

const needsCode = (step: SignInStep): boolean =>
  step === 'a code is wanted' || step === 'the code is on its way';

/** Each step at each carrier that has it; where a page is held, no other login of that carrier signs in. */
export const deathsOf = (step: SignInStep): readonly Death[] => {
  if (needsCode(step))
    return WITH_CODES.map((carrier) => ({ step, way: 'by a person', carrier }) as const);
  if (step === 'the page is asked for')
    return WITHOUT_CODES.map((carrier, at) => ({
      step,
      way: at % 2 === 0 ? 'by a person' : 'by itself',
      carrier,
    }));
  return WITHOUT_CODES.flatMap((carrier) =>
    (['by a person', 'by itself'] as const).map((way) => ({ step, way, carrier })),
  );
};

const WAITS_MS = 90_000;

const codeWanted = async ({ firm }: LockoutFirm, { id, source }: Login): Promise<string> => {
  const deadline = performance.now() + WAITS_MS;
  for (;;) {
    const row = await firm.db
      .selectFrom('sign_in')
      .select('id')
      .where('source_id', '=', id)
      .where('state', '=', 'code-wanted')
      .executeTakeFirst();
    if (row !== undefined) return row.id;
    if (performance.now() > deadline) throw new Error(`${source} was asked for no code.`);
    await sleep(50);
  }
};

/** Begins a sign-in with the right password, and waits until it has come to its step. */
export const bringTo = async (
  world: LockoutFirm,
  { step, way, carrier }: Death,
): Promise<{ login: Login; afterDeath: () => void }> => {
  const { firm, wire, personId } = world;
  const login = await world.newLogin(carrier, way === 'by itself' ? 'right' : undefined);
  const holds = (text: string) => (asked: { body: string }) => asked.body.includes(text);
  const begin = (): Promise<unknown> =>
    way === 'by itself' ? world.force(login) : world.link(login, login.right, true);
  const arrives = async ({ arrived }: ReturnType<typeof wire.stop>): Promise<void> => {
    const late = sleep(WAITS_MS, 'late', { ref: false });
    if ((await Promise.race([arrived, late])) === 'late')
      throw new Error(`${login.source} did not come to where ${step}.`);
  };
  switch (step) {
    case 'the page is asked for': {
      const stop = wire.stop('request', (asked) => asked.carrier === carrier);
      await begin();
      await arrives(stop);
      return { login, afterDeath: () => stop.release('is-lost') };
    }
    case 'the password is on its way, and is lost':
    case 'the password is on its way, and arrives': {
      const stop = wire.stop('request', holds(login.right));
      await begin();
      await arrives(stop);
      const how = step.endsWith('lost') ? 'is-lost' : 'goes-on';
      return { login, afterDeath: () => stop.release(how) };
    }
    case 'the answer is on its way': {
      const stop = wire.stop('answer', holds(login.right));
      await begin();
      await arrives(stop);
      return { login, afterDeath: () => stop.release('is-lost') };
    }
    case 'a code is wanted':
      await begin();
      await codeWanted(world, login);
      return { login, afterDeath: () => undefined };
    case 'the code is on its way': {
      await begin();
      const signInId = await codeWanted(world, login);
      const code = (await firm.local.portals.of(carrier).lastCode(login.user)) ?? '';
      const stop = wire.stop(
        'request',
        (asked) => asked.carrier === carrier && asked.body.includes(code),
      );
      await submitCode(
        {
          store: { db: firm.db, clock: Date.now },
          sealer: firm.sealer,
          clock: Date.now,
          carrier: (id) => firm.facts.find((each) => each.id === id),
          changed: () => Promise.resolve(),
        },
        signInId,
        personId,
        new Secret(code),
      );
      await arrives(stop);
      return { login, afterDeath: () => stop.release('goes-on') };
    }
  }
};
