import { loginFacts } from './store.ts';
import { policiesOf } from '#core/policies/store/contacts.ts';
import { secondsPerPolicy } from '#core/requests/store/views.ts';
import type { Store } from '#database/store.ts';
import { type Actor, may } from '#shared/access.ts';
import { isSyncable } from '#shared/status.ts';
import type { ContactDeps } from '#core/requests/contacts.ts';
import { sourceChoices } from '#core/logins/choices.ts';
import type { SheetPolicy } from '#core/policies/policies.ts';
import type { SourceChoice } from '#core/logins/store/choices.ts';

/** A syncable policy of a contact, and the login that will read it. */
export interface Reach {
  policy: SheetPolicy;
  /** Undefined: this person may use no login of its carrier. */
  source: (SourceChoice & LoginFacts) | undefined;
  /** Who holds logins of the carrier, where none is this person's to use. */
  holders: readonly string[];
}

export interface LoginFacts {
  /** It needs no person when its session ends. */
  byItself: boolean;
  unlinkedReason: string | null;
  mayLink: boolean;
}

interface Deps extends Pick<ContactDeps, 'openBooks'> {
  store: Store;
}

/** The home where it is linked, else a linked login that has read this policy, else the home or the best. */
const best = (sources: readonly (SourceChoice & LoginFacts)[]) =>
  sources.find((source) => source.home && source.linked) ??
  sources.find((source) => source.linked && source.lastSuccessAt !== null) ??
  sources.find(({ home }) => home) ??
  sources.find(({ linked }) => linked) ??
  sources[0];

export const reachOf = async (deps: Deps, actor: Actor, contactId: string): Promise<Reach[]> => {
  const facts = new Map<string, LoginFacts>();
  const factsOf = async (source: SourceChoice): Promise<LoginFacts> => {
    const known = facts.get(source.id);
    if (known !== undefined) return known;
    const { shared, ...rest } = await loginFacts(deps.store, source.id, actor.id);
    const mayLink = may(actor, 'source.link', { holds: source.holderId === actor.id, shared });
    facts.set(source.id, { ...rest, mayLink });
    return { ...rest, mayLink };
  };
  const reached: Reach[] = [];
  for (const policy of await policiesOf(deps.store, contactId)) {
    if (!isSyncable(policy.indicator)) continue;
    const choices = await sourceChoices(deps, actor, policy.id);
    const sources: (SourceChoice & LoginFacts)[] = [];
    for (const source of choices.kind === 'sources' ? choices.sources : [])
      sources.push({ ...source, ...(await factsOf(source)) });
    reached.push({
      policy,
      source: best(sources),
      holders: choices.kind === 'no-source' ? choices.holders : [],
    });
  }
  return reached;
};

/** A login that a person must link before the refresh can go through it. */
export interface LoginNeed {
  source: SourceChoice & LoginFacts;
  carrierName: string;
  policies: number;
  /** When its link ends before the refresh, epoch ms; undefined: it is unlinked. */
  endsAt?: number;
}

export const needsOf = (reached: readonly Reach[], refreshAt: number): LoginNeed[] => {
  const needs = new Map<string, LoginNeed>();
  for (const { source, policy } of reached) {
    if (source === undefined) continue;
    const ends = source.linkEndsAt !== null && source.linkEndsAt < refreshAt;
    if (source.linked && (source.byItself || !ends)) continue;
    needs.set(source.id, {
      source,
      carrierName: policy.carrierName,
      policies: (needs.get(source.id)?.policies ?? 0) + 1,
      ...(source.linked && source.linkEndsAt !== null ? { endsAt: source.linkEndsAt } : {}),
    });
  }
  return [...needs.values()];
};

/** Signing in, and waiting for a policy of the background to end. */
const BEFORE_MINUTES = 2;

/** Minutes that the refresh takes; different logins are read at the same time. */
export const workMinutes = async (store: Store, reached: readonly Reach[]): Promise<number> => {
  const bySource = Map.groupBy(
    reached.filter(({ source }) => source !== undefined),
    ({ source }) => source?.id,
  );
  let most = 0;
  for (const group of bySource.values()) {
    const [first] = group;
    if (first === undefined) continue;
    most = Math.max(
      most,
      (group.length * (await secondsPerPolicy(store.db, first.policy.carrierId))) / 60,
    );
  }
  return Math.ceil(most + BEFORE_MINUTES);
};
