import { openRequests } from './store.ts';
import { askerView } from '#core/requests/asker-view.ts';
import type { LookUpDeps } from '#core/policies/look-up.ts';
import { isEnded, needOf } from '#shared/outcome.ts';
import type { Actor } from '#shared/access.ts';
import type { ItemView, RequestView } from '#core/requests/view.ts';

/** `person`: somebody must act; `runs`: a session is at it; `waits`: it goes on by itself. */
export type Standing = 'person' | 'runs' | 'waits';

export interface OpenRequest {
  view: RequestView;
  standing: Standing;
  /** What has not ended, or has for want of a link. */
  open: ItemView[];
}

export interface MyStatus {
  requests: OpenRequest[];
  /** Older ones that are not shown. */
  more: number;
}

const MOST = 10;

const wantsPerson = ({ reason }: ItemView): boolean => needOf(reason) !== undefined;

const isUndecided = ({ held }: ItemView): boolean =>
  held !== undefined && held.settled === undefined;

const isOpen = (item: ItemView): boolean =>
  !isEnded(item.status) || item.status === 'needs-link' || isUndecided(item);

const standingOf = (open: readonly ItemView[]): Standing => {
  if (open.some(wantsPerson)) return 'person';
  return open.some(({ status }) => status === 'in-progress') ? 'runs' : 'waits';
};

const FIRST: Record<Standing, number> = { person: 0, runs: 1, waits: 2 };

const personFirst = (a: ItemView, b: ItemView): number =>
  Number(wantsPerson(b)) - Number(wantsPerson(a));

/** What of these runs, waits or needs somebody; `total` counts those that were not looked at too. */
export const statusOf = (views: readonly RequestView[], total: number): MyStatus => ({
  requests: views
    .flatMap((view): OpenRequest[] => {
      const open = view.items.filter(isOpen);
      return open.length === 0
        ? []
        : [{ view, open: open.toSorted(personFirst), standing: standingOf(open) }];
    })
    .toSorted((a, b) => FIRST[a.standing] - FIRST[b.standing]),
  more: total - views.length,
});

/** What of this person's own runs, waits or needs somebody now. */
export const readStatus = async (deps: LookUpDeps, actor: Actor): Promise<MyStatus> => {
  const { ids, total } = await openRequests(deps.store, actor.id, MOST);
  const views = await Promise.all(ids.map((id) => askerView(deps, id)));
  const seen = views.filter((view) => view !== undefined);
  return statusOf(seen, total - (ids.length - seen.length));
};
