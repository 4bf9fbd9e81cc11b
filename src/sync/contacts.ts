import type { Actor } from '#domain/access.ts';
import { closeWords, searchWords } from '#domain/search-words.ts';
import { isSyncable } from '#domain/status.ts';
import { scopeOf } from './look-up.ts';
import type { PolicyBrief, Scope } from './policies.ts';
import type { LimitReached, NewRequest, Origin, RequestDeps } from './request.ts';
import { sourceChoices, type ChoiceDeps, type SourceChoice } from './sources.ts';

/** A client, with what tells two of the same name apart. */
export interface ContactBrief {
  id: string;
  name: string;
  kind: 'individual' | 'organization';
  birthYear: number | null;
  city: string | null;
  email: string | null;
  policies: number;
}

/** A policy of a contact with its newest success through any login. */
export interface ContactPolicy extends PolicyBrief {
  lastSuccessAt: number | null;
}

export interface ContactFinder {
  contactById: (id: string) => Promise<ContactBrief | undefined>;
  /** Contacts whose name or e-mail holds each of these words, in any order. */
  contactsMatching: (
    words: readonly string[],
    scope: Scope,
    limit: number,
  ) => Promise<ContactBrief[]>;
  /** Contacts with a word that begins like one of these; the caller measures the distance. */
  contactsLike: (
    beginnings: readonly string[],
    scope: Scope,
    limit: number,
  ) => Promise<(ContactBrief & { search: string })[]>;
  policiesOf: (contactId: string) => Promise<ContactPolicy[]>;
}

export interface ContactDeps extends ChoiceDeps {
  store: ChoiceDeps['store'] & ContactFinder;
}

const MOST_CONTACTS = 8;
const MOST_LOOKED_AT = 500;

export type FoundContacts =
  | { kind: 'one'; contact: ContactBrief }
  | { kind: 'several'; contacts: ContactBrief[]; more: boolean }
  | { kind: 'none' };

/** By name or e-mail, without accents and in any order; then by words that are a slip away. */
export const lookUpContact = async (
  { store, openBooks }: Pick<ContactDeps, 'store' | 'openBooks'>,
  actor: Actor,
  query: string,
): Promise<FoundContacts> => {
  const words = searchWords(query);
  if (!actor.active || words.length === 0) return { kind: 'none' };
  const scope = scopeOf(actor, openBooks);
  const matches = await store.contactsMatching(words, scope, MOST_CONTACTS + 1);
  const found =
    matches.length > 0
      ? matches
      : (
          await store.contactsLike(
            words.map((word) => word.slice(0, 2)),
            scope,
            MOST_LOOKED_AT,
          )
        ).filter(({ search }) => closeWords(words, search.split(' ')));
  const [only] = found;
  if (only === undefined) return { kind: 'none' };
  return found.length === 1
    ? { kind: 'one', contact: only }
    : {
        kind: 'several',
        contacts: found.slice(0, MOST_CONTACTS),
        more: found.length > MOST_CONTACTS,
      };
};

/** What the modal of a contact shows: its policies by carrier, with the logins to choose from. */
export interface ContactSheet {
  contact: ContactBrief;
  carriers: {
    id: string;
    name: string;
    syncable: ContactPolicy[];
    others: ContactPolicy[];
    sources: SourceChoice[];
    /** Who holds logins of it, when none is this person's to use. */
    holders: string[];
  }[];
}

export const contactSheet = async (
  deps: ContactDeps,
  actor: Actor,
  contactId: string,
): Promise<ContactSheet | 'refused'> => {
  const contact = await deps.store.contactById(contactId);
  if (contact === undefined) return 'refused';
  const policies = await deps.store.policiesOf(contactId);
  const carriers = new Map<string, ContactSheet['carriers'][number]>();
  for (const policy of policies) {
    const carrier = carriers.get(policy.carrierId) ?? {
      id: policy.carrierId,
      name: policy.carrierName,
      syncable: [],
      others: [],
      sources: [],
      holders: [],
    };
    carriers.set(policy.carrierId, carrier);
    if (!isSyncable(policy.indicator)) {
      carrier.others.push(policy);
      continue;
    }
    if (carrier.syncable.length === 0) {
      const choices = await sourceChoices(deps, actor, policy.id);
      if (choices.kind === 'refused') return 'refused';
      if (choices.kind === 'sources') carrier.sources = choices.sources;
      if (choices.kind === 'no-source') carrier.holders = choices.holders;
    }
    carrier.syncable.push(policy);
  }
  const first = policies[0];
  if (first === undefined || !(await mayOpen(deps, actor, contactId))) return 'refused';
  return { contact, carriers: [...carriers.values()] };
};

const mayOpen = async (deps: ContactDeps, actor: Actor, contactId: string): Promise<boolean> => {
  const scope = scopeOf(actor, deps.openBooks);
  return actor.active && (scope.kind === 'all' || deps.store.inBook(actor.id, contactId));
};

/** Chosen instead of one login: each policy through its own home source. */
export const BY_HOME = 'home';

/** Whether the policies of a carrier have different homes among the logins this person may use. */
export const hasHomes = ({ syncable, sources }: ContactSheet['carriers'][number]): boolean =>
  new Set(
    syncable
      .map(({ homeSourceId }) => homeSourceId)
      .filter((id) => sources.some((source) => source.id === id)),
  ).size > 1;

/** The login for a policy of this carrier: the one chosen, its home, else the best one. */
const sourceOf = (
  carrier: ContactSheet['carriers'][number],
  policy: ContactPolicy,
  chosen: string | undefined,
): SourceChoice | undefined => {
  const wanted = chosen === BY_HOME ? policy.homeSourceId : chosen;
  return carrier.sources.find(({ id }) => id === wanted) ?? carrier.sources[0];
};

export interface ContactIntent {
  contactId: string;
  policyIds: readonly string[];
  /** Carrier id -> login source id, or BY_HOME. */
  sources: Readonly<Record<string, string>>;
  origin: Origin;
  dedupeKey: string;
}

export type ContactRequested =
  | (NewRequest & {
      kind: 'requested';
      contact: ContactBrief;
      policies: number;
      /** Sources that must be linked before their policies can be read. */
      unlinked: SourceChoice[];
      queued: boolean;
    })
  | LimitReached
  | { kind: 'nothing' }
  | { kind: 'refused' };

/** One request, one card, a sync for each policy; policies of different logins run in parallel. */
export const requestContact = async (
  deps: RequestDeps & ContactDeps,
  actor: Actor,
  intent: ContactIntent,
): Promise<ContactRequested> => {
  const sheet = await contactSheet(deps, actor, intent.contactId);
  if (sheet === 'refused') return { kind: 'refused' };
  const wanted = new Set(intent.policyIds);
  const used = new Map<string, SourceChoice>();
  const items = sheet.carriers.flatMap((carrier) => {
    const policies = carrier.syncable.filter(({ id }) => wanted.has(id));
    return policies.flatMap((policy) => {
      const source = sourceOf(carrier, policy, intent.sources[carrier.id]);
      if (source === undefined) return [];
      used.set(source.id, source);
      return [{ policyId: policy.id, sourceId: source.id, linked: source.linked }];
    });
  });
  if (items.length === 0) return { kind: 'nothing' };
  const added = await deps.store.addRequest({
    personId: actor.id,
    origin: intent.origin,
    dedupeKey: intent.dedupeKey,
    contactId: intent.contactId,
    items,
    mostForced: deps.mostForced,
  });
  if ('most' in added) return added;
  const linked = [...used.values()].filter((source) => source.linked);
  const woken = await Promise.all(linked.map(({ id }) => deps.wake(id, 'force')));
  await deps.show(added.requestId);
  return {
    kind: 'requested',
    ...added,
    contact: sheet.contact,
    policies: items.length,
    unlinked: [...used.values()].filter((source) => !source.linked),
    queued: woken.every(Boolean),
  };
};
