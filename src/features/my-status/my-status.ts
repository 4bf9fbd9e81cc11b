import { isEnded, offersOf } from '#shared/outcome.ts';
import type { Actor } from '#shared/access.ts';
import type { ItemView, RequestView, ViewStore } from '#core/requests/view.ts';

export interface StatusStore {
  /**
   * The person's requests that wait or run, and those of the last day that a link would set going
   * again; newest first.
   */
  openRequests: (personId: string, limit: number) => Promise<{ ids: string[]; total: number }>;
}

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

const wantsPerson = (item: ItemView): boolean => {
  if (isEnded(item.status)) return item.status === 'needs-link';
  return offersOf(item.reason).some((offer) =>
    ['link', 'unlock-then-link', 'enter-code', 'run-when-done'].includes(offer),
  );
};

const isOpen = (item: ItemView): boolean => !isEnded(item.status) || item.status === 'needs-link';

const standingOf = (open: readonly ItemView[]): Standing => {
  if (open.some(wantsPerson)) return 'person';
  return open.some(({ status }) => status === 'in-progress') ? 'runs' : 'waits';
};

const FIRST: Record<Standing, number> = { person: 0, runs: 1, waits: 2 };

/** What of this person's own runs, waits or needs somebody now. */
export const readStatus = async (
  { store }: { store: StatusStore & ViewStore },
  actor: Actor,
): Promise<MyStatus> => {
  const { ids, total } = await store.openRequests(actor.id, MOST);
  const views = await Promise.all(ids.map((id) => store.requestView(id)));
  const requests = views.flatMap((view): OpenRequest[] => {
    const open = view?.items.filter(isOpen) ?? [];
    return view === undefined || open.length === 0
      ? []
      : [{ view, open: open.toSorted(personFirst), standing: standingOf(open) }];
  });
  return {
    requests: requests.toSorted((a, b) => FIRST[a.standing] - FIRST[b.standing]),
    more: total - ids.length,
  };
};

const personFirst = (a: ItemView, b: ItemView): number =>
  Number(wantsPerson(b)) - Number(wantsPerson(a));
