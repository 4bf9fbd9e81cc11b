import {
  contactsMatching,
  contactsLike,
  contactsOf,
  contactById,
  isSomebody,
  policiesOf,
} from '#core/policies/store/contacts.ts';
import { inBook, policiesMatching } from '#core/policies/store/policies.ts';
import { outsideBook, recordSeen } from '#core/policies/store/seen.ts';
import type { Store } from '#database/store.ts';
import type { Actor } from '#shared/access.ts';
import { closeWords, searchWords } from '#shared/search-words.ts';
import { lookUpPolicy, scopeOf, type LookUpDeps } from '#core/policies/look-up.ts';
import { readings } from '#slack/command-text.ts';
import type { ContactBrief, Scope } from '#core/policies/policies.ts';
import {
  carrierSheets,
  requestSheets,
  type CarrierSheet,
  type SheetRequested,
} from './policy-sheet.ts';
import type { RequestDeps } from './request.ts';
import type { ChoiceDeps } from '#core/logins/choices.ts';
import type { Origin } from '#slack/origin.ts';

export interface ContactDeps extends ChoiceDeps {
  store: Store;
}

const MOST_CONTACTS = 8;

export type FoundContacts =
  | { kind: 'one'; contact: ContactBrief }
  | { kind: 'several'; contacts: ContactBrief[]; more: boolean }
  | { kind: 'none' };

/** By name or e-mail, without accents and in any order; then by words that are a slip away. */
export const lookUpContact = async (
  { store, openBooks }: Pick<ContactDeps, 'store' | 'openBooks'>,
  actor: Actor,
  query: string,
  most = MOST_CONTACTS,
): Promise<FoundContacts> => {
  const words = searchWords(query);
  if (!actor.active || words.length === 0) return { kind: 'none' };
  const scope = scopeOf(actor, openBooks);
  const matches = await contactsMatching(store, words, scope, most + 1);
  const found = matches.length > 0 ? matches : await slipsOf(store, words, scope, most);
  const [only] = found;
  if (only === undefined) return { kind: 'none' };
  await sawContacts(store, actor, 'contact.found', found.slice(0, most));
  return found.length === 1
    ? { kind: 'one', contact: only }
    : {
        kind: 'several',
        contacts: found.slice(0, most),
        more: found.length > most,
      };
};

/** Whether somebody of the book is called so, by whole words. */
export const isName = async (
  { store, openBooks }: LookUpDeps,
  actor: Actor,
  typed: string,
): Promise<boolean> => {
  const words = searchWords(typed);
  return actor.active && words.length > 0 && isSomebody(store, words, scopeOf(actor, openBooks));
};

/** So many digits as hardly a name has, such as that of a "Trust 2". */
const hasNumber = (query: string): boolean => /(?:\p{Nd}.*){3}/u.test(query);

/** As a number rather than a name or an address: half of it are digits. */
export const isMostlyNumber = (query: string): boolean =>
  hasNumber(query) &&
  (query.match(/\p{Nd}/gu) ?? []).length >= (query.match(/\p{L}/gu) ?? []).length;

/** "00123-4567 and 00312-9085" */
const LISTED = /\s*[,;&|]\s*|\s+(?:and|plus)\s+/i;

/**
 * By name as above; where a number is typed, whose policies these are. All of what was typed first,
 * then without what is around it.
 */
export const lookUpWhom = async (
  deps: LookUpDeps,
  actor: Actor,
  query: string,
): Promise<FoundContacts> => {
  for (const typed of readings(query)) {
    // Digits are in a "Trust 2019" and in addresses too.
    const owners = hasNumber(typed) ? await ownersOf(deps, actor, typed) : undefined;
    const found =
      owners === undefined || owners.kind === 'none'
        ? await lookUpContact(deps, actor, typed)
        : owners;
    if (found.kind !== 'none') return found;
  }
  return { kind: 'none' };
};

/** Whose policies all of these numbers are; one that is in no book is no number of anybody's. */
const ownersOf = async (deps: LookUpDeps, actor: Actor, typed: string): Promise<FoundContacts> => {
  const whole = await lookUpPolicy(deps, actor, typed);
  const listed = typed.split(LISTED).filter((each) => each !== '');
  const founds =
    whole.kind === 'none' && listed.length > 1 && listed.length <= MOST_CONTACTS
      ? await Promise.all(listed.map((each) => lookUpPolicy(deps, actor, each)))
      : [whole];
  const owners = new Map<string, ContactBrief>();
  let more = false;
  for (const found of founds) {
    if (found.kind === 'none' || found.kind === 'refused') return { kind: 'none' };
    more ||= found.kind === 'several' && found.more;
    for (const { contactId } of found.kind === 'one' ? [found.policy] : found.policies) {
      const contact = await contactById(deps.store, contactId);
      if (contact !== undefined) owners.set(contact.id, contact);
    }
  }
  const [only, ...others] = owners.values();
  if (only === undefined) return { kind: 'none' };
  const isOnly = others.length === 0 && (!more || (await areAllOf(deps, actor, typed, only.id)));
  if (isOnly) return { kind: 'one', contact: only };
  // Who may see one policy alone by its number, sees no more of its owner.
  const contacts: ContactBrief[] = [];
  for (const contact of owners.values())
    if (await mayOpen(deps, actor, contact.id)) contacts.push(contact);
  return contacts.length === 0
    ? { kind: 'none' }
    : { kind: 'several', contacts: contacts.slice(0, MOST_CONTACTS), more };
};

/** Far more than anybody has. */
const MOST_OF_ONE = 200;

/** Whether every policy that is found so is this contact's, of whom only the first were shown. */
const areAllOf = async (
  { store, openBooks }: LookUpDeps,
  actor: Actor,
  typed: string,
  contactId: string,
): Promise<boolean> => {
  const all = await policiesMatching(store, typed, scopeOf(actor, openBooks), MOST_OF_ONE);
  return (
    all.length > 0 &&
    all.length < MOST_OF_ONE &&
    all.every((policy) => policy.contactId === contactId)
  );
};

/**
 * Contacts with words that are a slip away, so many as say that there are more than are shown: first
 * where each begins as it was typed, then any of them.
 */
const slipsOf = async (
  store: Store,
  words: readonly string[],
  scope: Scope,
  most: number,
): Promise<ContactBrief[]> => {
  const beginnings = words.map((word) => word.slice(0, 2));
  for (const lists of [[beginnings], beginnings.map((start) => [start])]) {
    const like = await contactsLike(store, lists, scope);
    const found = like.filter(({ search }) => closeWords(words, search.split(' ')));
    if (found.length > 0)
      return contactsOf(
        store,
        found.slice(0, most + 1).map(({ id }) => id),
      );
  }
  return [];
};

/** Clients of other books that somebody was shown, in one line of the audit. */
const sawContacts = async (
  store: Store,
  actor: Actor,
  action: 'contact.found' | 'contact.viewed',
  contacts: readonly Pick<ContactBrief, 'id'>[],
): Promise<void> => {
  const ids = contacts.map(({ id }) => id);
  const others = await outsideBook(store, actor.id, ids);
  if (others.size > 0) await recordSeen(store, actor.id, action, { contacts: [...others] });
};

/** What the modal of a contact shows: its policies by carrier, with the logins to choose from. */
export interface ContactSheet {
  contact: ContactBrief;
  carriers: CarrierSheet[];
}

export const contactSheet = async (
  deps: ContactDeps,
  actor: Actor,
  contactId: string,
): Promise<ContactSheet | 'refused'> => {
  const contact = await contactById(deps.store, contactId);
  if (contact === undefined) return 'refused';
  const policies = await policiesOf(deps.store, contactId);
  const carriers = await carrierSheets(deps, actor, policies);
  if (carriers === 'refused') return 'refused';
  const first = policies[0];
  if (first === undefined || !(await mayOpen(deps, actor, contactId))) return 'refused';
  await sawContacts(deps.store, actor, 'contact.viewed', [contact]);
  return { contact, carriers };
};

const mayOpen = async (deps: LookUpDeps, actor: Actor, contactId: string): Promise<boolean> => {
  const scope = scopeOf(actor, deps.openBooks);
  return actor.active && (scope.kind === 'all' || inBook(deps.store, actor.id, contactId));
};

export interface ContactIntent {
  contactId: string;
  policyIds: readonly string[];
  /** Carrier id -> login source id, or BY_HOME. */
  sources: Readonly<Record<string, string>>;
  origin: Origin;
  dedupeKey: string;
}

export type ContactRequested = SheetRequested | { kind: 'refused' };

/** One request, one card, a sync for each ticked policy of the contact. */
export const requestContact = async (
  deps: RequestDeps & ContactDeps,
  actor: Actor,
  intent: ContactIntent,
): Promise<ContactRequested> => {
  const sheet = await contactSheet(deps, actor, intent.contactId);
  if (sheet === 'refused') return { kind: 'refused' };
  return requestSheets(deps, sheet.carriers, intent, {
    personId: actor.id,
    origin: intent.origin,
    dedupeKey: intent.dedupeKey,
    contactId: intent.contactId,
  });
};
