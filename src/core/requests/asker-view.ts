import { viewableOf, type LookUpDeps } from '#core/policies/look-up.ts';
import { may, type Actor } from '#shared/access.ts';
import { shownNumber } from './messages/words.ts';
import { requestView } from './store/views.ts';
import type { ItemView, RequestView, Withheld } from './view.ts';

/**
 * A request as whoever asked may see it now. Between the question and the answer may lie days, and a
 * person may have lost the contact or left by then: nothing that was read goes to them, wherever it is.
 */
export const askerView = async (
  deps: LookUpDeps,
  requestId: string,
): Promise<RequestView | undefined> => {
  const view = await requestView(deps.store, requestId);
  if (view === undefined) return undefined;
  const { asker, items, personName } = view;
  const viewable = await viewableOf(
    deps,
    asker,
    items.map(({ policy }) => policy),
  );
  if (items.every(({ policy }) => viewable.has(policy.id))) return view;
  const withheld = { from: personName, why: whyNot(asker) };
  return {
    ...view,
    items: items.map((item) => (viewable.has(item.policy.id) ? item : withhold(item, withheld))),
  };
};

const whyNot = (asker: Actor): Withheld['why'] => {
  if (!asker.active) return 'access-ended';
  return may(asker, 'policy.view', { exactNumber: true }) ? 'not-named' : 'not-in-book';
};

/** What is named is kept, so that nothing read goes out with it, whatever a sync keeps one day. */
const withhold = (
  { guide: _guide, held: _held, ...item }: ItemView,
  withheld: Withheld,
): ItemView => {
  const { cancelledBy, deaths, waitsFor } = item.detail;
  return {
    ...item,
    policy: { ...item.policy, number: shownNumber(item.policy.number, 'masked') },
    detail: {
      ...(cancelledBy && { cancelledBy }),
      ...(deaths !== undefined && { deaths }),
      ...(waitsFor && { waitsFor }),
    },
    withheld,
  };
};
