import { createPolicyData } from './policy-data.ts';
import type { PortalLogin, PortalPolicy } from './data.ts';
import { createAuthentication } from './authentication.ts';
import { createGates } from './gates.ts';
import type { PortalHandle } from './handle.ts';

/** The carrier's back office behind a portal: who gets in, what they see, and how tests steer it. */
export const createOffice = (options: {
  logins: readonly PortalLogin[];
  policies: readonly PortalPolicy[];
  clock: () => number;
  sessionMinutes: number;
  codeMinutes: number;
  idleMinutes: number;
  codesChanged: () => void;
}) => {
  const gates = createGates();
  const {
    controls: atTheDoor,
    reset: resetDoor,
    ...authentication
  } = createAuthentication({ ...options, gates });
  const policyData = createPolicyData({ ...options, gates });
  let maintenance = false;
  let robotCheck = false;
  const names = new Map<string, string>();

  const handle: Omit<PortalHandle, 'url'> = {
    ...atTheDoor,
    ...policyData.controls,
    maintenance: async (on) => {
      maintenance = on;
    },
    robotCheck: async (on) => {
      robotCheck = on;
    },
    rename: async (was, now) => void names.set(was, now),
    reset: async () => {
      names.clear();
      maintenance = false;
      robotCheck = false;
      resetDoor();
      policyData.reset();
      gates.releaseAll();
    },
  };

  const looking = async <T>(user: string, look: () => Promise<T>): Promise<T> => {
    try {
      return await look();
    } finally {
      authentication.looked(user);
    }
  };

  return {
    ...authentication,
    search: (user: string, number: string) =>
      looking(user, () => policyData.search(authentication.policiesOf(user), number)),
    read: (user: string, number: string) =>
      looking(user, () => policyData.read(authentication.policiesOf(user), number)),
    /** Rows `from` up to `to` of all that this login sees, and how many it sees. */
    list: (user: string, from?: number, to?: number, filter?: { openOnly: boolean }) =>
      looking(user, () => policyData.list(authentication.policiesOf(user), from, to, filter)),
    /** What it calls otherwise since. */
    names: names as ReadonlyMap<string, string>,
    now: options.clock,
    weather: (): 'fine' | 'maintenance' | 'robot-check' =>
      maintenance ? 'maintenance' : robotCheck ? 'robot-check' : 'fine',
    handle,
  };
};

export type Office = ReturnType<typeof createOffice>;
