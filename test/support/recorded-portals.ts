import { Secret } from '#shared/secret.ts';
import type { CarrierFacts, PolicyReading, PortalResult, Portals } from '#portal/portal.ts';

/** One answer of a portal's session, exactly as the worker gave it. */
export type Recorded =
  | { call: 'resume'; result: PortalResult<'alive' | 'ended'> }
  | {
      call: 'sign-in';
      /** Whether the password went to the portal. */
      submitted: boolean;
      /** Where the code went, for each time that one was asked for. */
      hints: (string | null)[];
      result: PortalResult<'signed-in'>;
    }
  | { call: 'read'; number: string; result: PolicyReading };

/** Writes down what the real portals answer; `beforeRead` may change them in between. */
export const recordPortals = (
  portals: Portals,
  recorded: Recorded[],
  beforeRead: (nth: number) => Promise<void>,
): Portals => {
  let reads = 0;
  return {
    carrier: portals.carrier,
    open: async (source, kept, signal) => {
      const session = await portals.open(source, kept, signal);
      return {
        resume: async (owner) => {
          const result = await session.resume(owner);
          recorded.push({ call: 'resume', result });
          return result;
        },
        signIn: async (credentials, hooks) => {
          const hints: (string | null)[] = [];
          let submitted = false;
          const result = await session.signIn(credentials, {
            ...hooks,
            beforeSubmit: async () => {
              await hooks.beforeSubmit();
              submitted = true;
            },
            code: (hint) => {
              hints.push(hint ?? null);
              return hooks.code(hint);
            },
          });
          recorded.push({ call: 'sign-in', submitted, hints, result });
          return result;
        },
        read: async (number) => {
          reads += 1;
          await beforeRead(reads);
          const result = await session.read(number);
          recorded.push({ call: 'read', number, result });
          return result;
        },
        keep: () => session.keep(),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
    },
  };
};

/** Portals that answer what was recorded, in its order; anything else that is asked is an error. */
export const replayPortals = (
  facts: readonly CarrierFacts[],
  recorded: readonly Recorded[],
): { portals: Portals; left: () => number } => {
  const left = [...recorded];
  const next = <C extends Recorded['call']>(call: C): Extract<Recorded, { call: C }> => {
    const entry = left.shift();
    if (entry?.call !== call)
      throw new Error(`${call} is asked for, ${entry?.call ?? 'nothing'} was recorded`);
    return entry as Extract<Recorded, { call: C }>;
  };
  return {
    left: () => left.length,
    portals: {
      carrier: (id) => facts.find((carrier) => carrier.id === id),
      open: () =>
        Promise.resolve({
          resume: () => Promise.resolve(next('resume').result),
          signIn: async (_credentials, hooks) => {
            const { submitted, hints, result } = next('sign-in');
            if (submitted) await hooks.beforeSubmit();
            for (const hint of hints) await hooks.code(hint ?? undefined);
            return result;
          },
          read: (number) => {
            const entry = next('read');
            if (entry.number !== number)
              throw new Error(`${number} is read, ${entry.number} was recorded`);
            return Promise.resolve(entry.result);
          },
          keep: () => Promise.resolve(new Secret('kept')),
          [Symbol.asyncDispose]: () => Promise.resolve(),
        }),
    },
  };
};
