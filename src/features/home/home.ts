import { seesEveryBook, type Actor } from '#shared/access.ts';
import { mayLink } from '#core/sign-in/rules.ts';
import { standingOfSource, type LinkState, type SourceStanding } from '#core/logins/standing.ts';
import type { Clock } from '#shared/clock.ts';
import { scopeOf } from '#core/policies/look-up.ts';
import type { Scope } from '#core/policies/policies.ts';
import type { CarrierPause } from '#core/requests/view.ts';

/** A login source as its holder's Home has it. */
export interface OwnSource extends LinkState {
  id: string;
  name: string;
  carrierName: string;
  holderId: string;
  holderName: string;
  unlinkedReason: string | null;
  /** Somebody is in the portal until then, epoch ms. */
  heldUntil: number | null;
  carrierPause: CarrierPause | null;
  /** Policies of what the person sees whose newest sync waits for the link of this login. */
  waiting: number;
}

export interface ShownSource extends OwnSource {
  standing: SourceStanding;
  mayLink: boolean;
}

/** An advisor and a carrier that none of their logins reaches now. */
export interface Blocked {
  person: string;
  carrierName: string;
  sources: { name: string; unlinkedReason: string | null }[];
  waiting: number;
}

export interface TeamTrouble {
  /** The worst first; `blockedAdvisors` counts all of them. */
  blocked: Blocked[];
  blockedAdvisors: number;
  withoutSource: string[];
  pausedCarriers: PausedCarrier[];
}

export interface PausedCarrier {
  name: string;
  pause: CarrierPause;
}

export interface HomeStore {
  /** Sources a person holds or that are shared with them, not removed; `waiting` is of the scope. */
  ownSources: (personId: string, scope: Scope) => Promise<OwnSource[]>;
  teamTrouble: () => Promise<TeamTrouble>;
  /** Carriers of the person's own logins that are not asked now. */
  pausedFor: (personId: string) => Promise<PausedCarrier[]>;
  /** The Slack account of who made this request. */
  askerOf: (requestId: string) => Promise<string | undefined>;
  /** For each of these Slack accounts, what changes when one of their login sources does. */
  sourceMarks: (slackUserIds: readonly string[]) => Promise<Map<string, string>>;
}

const FIRST: Record<SourceStanding, number> = { unlinked: 0, 'ends-soon': 1, linked: 2 };

/** The person's own logins, those that need them first. */
export const readOwnSources = async (
  { store, clock, openBooks }: { store: HomeStore; clock: Clock; openBooks: boolean },
  actor: Actor,
): Promise<ShownSource[]> => {
  if (!actor.active) return [];
  const now = clock();
  return (await store.ownSources(actor.id, scopeOf(actor, openBooks)))
    .map((source) => ({
      ...source,
      standing: standingOfSource(source, now),
      mayLink: mayLink(actor, {
        holderId: source.holderId,
        sharedWith: [actor.id],
        removed: false,
      }),
    }))
    .sort(
      (a, b) =>
        FIRST[a.standing] - FIRST[b.standing] ||
        b.waiting - a.waiting ||
        a.name.localeCompare(b.name),
    );
};

/** Which advisors cannot work and why; only for those who see the whole firm. */
export const readTeamTrouble = async (
  { store }: { store: HomeStore },
  actor: Actor,
): Promise<TeamTrouble | undefined> =>
  actor.active && seesEveryBook(actor.role) ? store.teamTrouble() : undefined;
