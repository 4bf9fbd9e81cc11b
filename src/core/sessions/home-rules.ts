import { may, type Actor } from '#shared/access.ts';

/** A login of a carrier, and who may use it. */
export interface KnownLogin {
  id: string;
  holderId: string;
  people: readonly Actor[];
}

/** A policy without a home, and what is known of it at the logins of its carrier. */
export interface HomelessPolicy {
  /** Whose book it is in, by id of the person. */
  books: ReadonlySet<string>;
  /** By id of the login: when it last saw the policy, and when it last missed it; epoch ms. */
  looks: ReadonlyMap<string, { seenAt: number | null; absentAt: number | null }>;
  /** Logins that were asked since the day began, or are asked now. */
  asked: ReadonlySet<string>;
}

/**
 * The login that is asked next for a policy without a home: one that a person who may sync the policy
 * holds or shares, and that was not asked since the day began. One that saw it before comes first,
 * then its own advisor's, then those that never looked. Undefined when none is left today.
 */
export const nextHome = (
  logins: readonly KnownLogin[],
  { books, looks, asked }: HomelessPolicy,
  { startsAt, openBooks }: { startsAt: number; openBooks: boolean },
): string | undefined => {
  let best: { id: string; rank: readonly [number, number, number] } | undefined;
  for (const { id, holderId, people } of logins) {
    const { seenAt = null, absentAt = null } = looks.get(id) ?? {};
    if (asked.has(id) || (absentAt ?? 0) >= startsAt) continue;
    const rank = [seenAt === null ? 1 : 0, books.has(holderId) ? 0 : 1, absentAt ?? 0] as const;
    if (best !== undefined && !comesFirst(rank, best.rank)) continue;
    // Last, and so of few: a carrier has hundreds of logins.
    if (people.some((who) => may(who, 'policy.sync', reach(who, books, openBooks))))
      best = { id, rank };
  }
  return best?.id;
};

const reach = ({ id }: Actor, books: ReadonlySet<string>, openBooks: boolean) => ({
  inBook: openBooks || books.has(id),
});

type Rank = readonly [number, number, number];

/** Logins come in order of id, so that of two alike the first one stays. */
const comesFirst = (one: Rank, other: Rank): boolean => {
  const at = one.findIndex((part, nth) => part !== other[nth]);
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0);
};
