import {
  countsBefore,
  digestPolicies,
  digestNeeds,
  keepCounts,
  type DigestNeed,
  type DigestPolicy,
  type DayCounts,
} from './store/digest.ts';
import { digestFacts } from './store/facts.ts';
import { carrierNames, recordReportView } from '#core/policies/store/report.ts';
import { notificationNamed, addNotification } from '#features/notifications/store.ts';
import type { Store } from '#database/store.ts';
import type { Actor } from '#shared/access.ts';
import { draftDigest, sumCounts, type DigestCounts, type DigestDraft } from './rules.ts';
import type { Money } from '#shared/money.ts';
import type { MoveRule } from './movement.ts';
import { reportCuts } from '#core/policies/report-rules.ts';
import { wallClock } from '#shared/schedule.ts';
import { type Clock, DAY } from '#shared/clock.ts';
import { scopeOf } from '#core/policies/look-up.ts';
import type { Scope } from '#core/policies/policies.ts';
import type { Show } from '#queue/messages.ts';
import { notificationSubject } from '#shared/subject.ts';

export interface DigestMove extends DigestPolicy {
  from: Money;
  to: Money;
}

/** A day's digest: all that is told of it, as it was counted then. */
export interface Digest extends Omit<DigestDraft, 'carriers' | 'needs' | 'moves'> {
  /** ISO day of the firm. */
  day: string;
  /** Of the whole firm, or of one person's book. */
  of: 'firm' | 'book';
  /** From when on an attempt counts as one of this digest, epoch ms. */
  since: number;
  rule: MoveRule;
  carriers: { name: string; counts: DigestCounts }[];
  /** The firm's digest before, where there was one since then. */
  before?: { day: string; counts: DigestCounts };
  needs: DigestNeed[];
  moves: DigestMove[];
}

export interface DigestDeps {
  store: Store;
  clock: Clock;
  rule: MoveRule;
}

/** What happened longer ago is no news, and so is what a digest of then counted. */
const LONGEST_MS = 7 * DAY;

const gather = async (
  { store, clock, rule }: DigestDeps,
  day: string,
  scope: Scope,
): Promise<{ digest: Digest; counted: DayCounts }> => {
  const now = clock();
  const kept = await countsBefore(store, day);
  const isRecent = kept !== undefined && kept.at >= now - LONGEST_MS;
  const since = isRecent ? kept.at : now - (kept === undefined ? DAY : LONGEST_MS);
  const before = isRecent ? kept : undefined;
  const facts = await digestFacts(store.db, scope, reportCuts(now), since);
  const { carriers, needs, moves, ...draft } = draftDigest(facts, rule);
  const names = new Map((await carrierNames(store)).map(({ id, name }) => [id, name]));
  const policies = new Map(
    (
      await digestPolicies(
        store,
        moves.map(({ policyId }) => policyId),
      )
    ).map((policy) => [policy.policyId, policy]),
  );
  const digest: Digest = {
    ...draft,
    day,
    of: scope.kind === 'all' ? 'firm' : 'book',
    since,
    rule,
    carriers: carriers.map(({ carrierId, counts }) => ({
      name: names.get(carrierId) ?? carrierId,
      counts,
    })),
    ...(before === undefined || scope.kind !== 'all'
      ? {}
      : {
          before: {
            day: before.day,
            counts: sumCounts(before.carriers.map((each) => each.counts)),
          },
        }),
    needs: await digestNeeds(store, needs),
    moves: moves.flatMap(({ policyId, from, to }) => {
      const policy = policies.get(policyId);
      return policy === undefined ? [] : [{ ...policy, from, to }];
    }),
  };
  return { digest, counted: { day, at: now, carriers } };
};

/** The digest of the firm for a channel: made once a day, whoever beats, and shown from the notification. */
export const postDigest = async (
  deps: DigestDeps & { store: Store; show: Show },
  channel: string,
  day: string,
): Promise<void> => {
  const { store, show } = deps;
  if ((await notificationNamed(store, 'digest', day)) !== undefined) return;
  const { digest, counted } = await gather(deps, day, { kind: 'all' });
  await keepCounts(store, counted);
  const id = await addNotification(store, { kind: 'digest', name: day, channel, about: digest });
  if (id !== undefined) await show(notificationSubject(id));
};

/** The digest as it is now, for who asks: of their book, or of the firm where the role sees all. */
export const readDigest = async (
  deps: DigestDeps & { openBooks: boolean; zone: string },
  actor: Actor,
): Promise<Digest | undefined> => {
  if (!actor.active) return undefined;
  const { day } = wallClock(deps.clock(), deps.zone);
  const { digest } = await gather(deps, day, scopeOf(actor, deps.openBooks));
  const named = [...digest.needs, ...digest.moves].flatMap((each) =>
    'policyId' in each ? [each.policyId] : [],
  );
  if (named.length > 0) await recordReportView(deps.store, actor.id, [...new Set(named)]);
  return digest;
};
