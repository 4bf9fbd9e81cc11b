import type { Reason, SyncStatus } from '#shared/outcome.ts';
import type { PortalHandle } from '#simulator/portals/handle.ts';
import type { Scene, Sum } from '#test/support/scene-firm.ts';
import type { Moment } from '#test/support/scene.ts';

/** An outcome set on a portal, with what a person who knows the rules expects to come of it. */
export interface Labelled {
  label: string;
  scene: Scene;
  /** What the portal has for this login at first; nothing of the policy when it is left out. */
  portal?: readonly Shown[];
  arrange?: (at: At) => Promise<void>;
  /** Changes the portal just before the nth read. */
  beforeRead?: (at: At, nth: number) => Promise<void>;
  expected: Expected;
}

interface Shown {
  number: string;
  status: string;
  values: readonly Sum[];
}

export interface At {
  portal: PortalHandle;
  user: string;
  /** Somebody signs in with the same login from another browser. */
  signInElsewhere: () => Promise<void>;
}

export interface Expected {
  status: SyncStatus;
  reason: Reason;
  /** When it is looked at; in the end when left out. */
  at?: Moment;
  /** A part of the sentence that says why. */
  says: string;
}

type Policy = Scene['policy'];

export const policy = (type: string, plan: string) => {
  return (
    number: string,
    values: readonly Sum[],
    given: Partial<Pick<Policy, 'status' | 'lastSeen'>> = {},
  ): Policy => ({ number, type, plan, status: 'In Force', values, ...given });
};

export const variable = policy('Annuity', 'Variable');
export const fixed = policy('Annuity', 'Fixed');
export const indexed = policy('Annuity', 'Fixed Indexed');
export const term = policy('Life', 'Term');
export const whole = policy('Life', 'Whole');
export const brokerage = policy('Account', 'Brokerage');

const scene = (carrier: Scene['carrier'], signIn: Scene['signIn']) => {
  return (now: string, policy: Policy, given: Partial<Scene> = {}): Scene => ({
    carrier,
    now,
    policy,
    signIn,
    ...given,
  });
};

/** Northbridge asks for no code, so a kept password signs in by itself; at Meridian a person does. */
export const northbridge = scene('northbridge-life', 'kept');
export const harbor = scene('harbor-trust', 'kept');
export const meridian = scene('meridian-annuity', 'right code');

export const shown = (
  number: string,
  values: readonly Sum[],
  status = 'In Force',
): readonly Shown[] => [{ number, status, values }];

/** A Wednesday, so the newest day that a portal can show is the Tuesday, 17 November. */
export const WEDNESDAY = '2026-11-18T16:00:00Z';
export const SATURDAY = '2026-11-21T15:00:00Z';
/** The exchange is closed on this Thursday. */
export const THANKSGIVING = '2026-11-26T16:00:00Z';
