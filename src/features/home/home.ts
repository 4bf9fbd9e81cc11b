import { ownSources, teamTrouble, type OwnSource, type TeamTrouble } from './store.ts';
import type { Store } from '#database/store.ts';
import { seesEveryBook, type Actor } from '#shared/access.ts';
import { mayLink } from '#core/sign-in/rules.ts';
import { standingOfSource, type SourceStanding } from '#core/logins/standing.ts';
import type { Clock } from '#shared/clock.ts';
import { scopeOf } from '#core/policies/look-up.ts';

export interface ShownSource extends OwnSource {
  standing: SourceStanding;
  mayLink: boolean;
}

const FIRST: Record<SourceStanding, number> = { unlinked: 0, 'ends-soon': 1, linked: 2 };

/** The person's own logins, those that need them first. */
export const readOwnSources = async (
  { store, clock, openBooks }: { store: Store; clock: Clock; openBooks: boolean },
  actor: Actor,
): Promise<ShownSource[]> => {
  if (!actor.active) return [];
  const now = clock();
  return (await ownSources(store, actor.id, scopeOf(actor, openBooks)))
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
  { store }: { store: Store },
  actor: Actor,
): Promise<TeamTrouble | undefined> =>
  actor.active && seesEveryBook(actor.role) ? teamTrouble(store) : undefined;
