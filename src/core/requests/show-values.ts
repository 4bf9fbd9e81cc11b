import { scopeOf } from '#core/policies/look-up.ts';
import { inBook } from '#core/policies/store/policies.ts';
import { recordValuesShown } from '#core/policies/store/history.ts';
import { requestOwner } from '#core/sign-in/store/links.ts';
import type { Store } from '#database/store.ts';
import { may, type Actor } from '#shared/access.ts';
import { requestView } from './store/views.ts';
import type { ItemView } from './view.ts';

/** Of a card, the policies that this person may see, and how many more it has; recorded in the audit. */
export const seeValues = async (
  { store, openBooks }: { store: Store; openBooks: boolean },
  actor: Actor,
  requestId: string,
): Promise<{ items: ItemView[]; hidden: number } | undefined> => {
  const view = await requestView(store, requestId);
  if (view === undefined) return undefined;
  const own = (await requestOwner(store, requestId))?.personId === actor.id;
  const seesAll = scopeOf(actor, openBooks).kind === 'all';
  const contacts = new Map<string, boolean>();
  for (const { contactId } of view.items.map(({ policy }) => policy))
    if (!contacts.has(contactId))
      contacts.set(contactId, seesAll || (await inBook(store, actor.id, contactId)));
  // Whoever asked named the whole number, or found it in their book.
  const items = view.items.filter(({ policy }) =>
    may(actor, 'policy.view', {
      inBook: contacts.get(policy.contactId) === true,
      exactNumber: own,
    }),
  );
  if (items.length === 0) return undefined;
  await recordValuesShown(
    store,
    actor.id,
    items.map(({ policy }) => policy.id),
  );
  return { items, hidden: view.items.length - items.length };
};
