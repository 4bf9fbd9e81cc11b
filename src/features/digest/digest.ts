import type { Actor } from '#shared/access.ts';
import {
  draftDigest,
  sumCounts,
  type CarrierCounts,
  type DigestCounts,
  type DigestDraft,
  type DigestFacts,
  type LinkNeed,
  type PolicyNeed,
} from './rules.ts';
import type { Money } from '#shared/money.ts';
import type { MoveRule } from './movement.ts';
import { reportCuts, type ReportCuts } from '#core/policies/report-rules.ts';
import { wallClock } from '#shared/schedule.ts';
import type { Clock } from '#shared/clock.ts';
import type { LetterStore } from '#features/notifications/notification.ts';
import { scopeOf } from '#core/policies/look-up.ts';
import type { Scope } from '#core/policies/policies.ts';
import type { ReportStore } from '#core/policies/report.ts';
import type { Show } from '#queue/messages.ts';
import { letterSubject } from '#shared/subject.ts';

/** A policy as a digest names it. */
export interface DigestPolicy {
  policyId: string;
  number: string;
  contactName: string;
  carrierName: string;
}

export type DigestNeed =
  | (Omit<LinkNeed, 'worth'> & {
      worth?: Money;
      sourceName: string;
      carrierName: string;
      holderName: string;
    })
  | (Omit<PolicyNeed, 'worth'> &
      DigestPolicy & {
        worth?: Money;
        syncId: string;
        /** What the carrier and the CRM say, where they differ. */
        carrierStatus?: string;
        crmStatus?: string;
        /** A number that is a slip away; the first of those the sync came with. */
        close?: string;
        asOf?: string;
        /** Values that wait for somebody to say whether they are right. */
        held?: { id: string; version: number };
      });

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
  /** The digest before, where there was one. */
  before?: { day: string; counts: DigestCounts };
  needs: DigestNeed[];
  moves: DigestMove[];
}

/** What was counted for one day. */
export interface DayCounts {
  day: string;
  at: number;
  carriers: readonly CarrierCounts[];
}

export interface DigestStore {
  /** Read in short statements, with room between them. */
  digestFacts: (scope: Scope, cuts: ReportCuts, since: number) => Promise<DigestFacts>;
  /** The newest counts of a day before this one. */
  countsBefore: (day: string) => Promise<DayCounts | undefined>;
  /** Kept once a day: later ones change nothing. */
  keepCounts: (counts: DayCounts) => Promise<void>;
  /** Names and what the latest attempt said, of these needs; what is gone meanwhile is left out. */
  digestNeeds: (needs: readonly (PolicyNeed | LinkNeed)[]) => Promise<DigestNeed[]>;
  digestPolicies: (policyIds: readonly string[]) => Promise<DigestPolicy[]>;
}

export interface DigestDeps {
  store: DigestStore & Pick<ReportStore, 'carriers' | 'recordReportView'>;
  clock: Clock;
  rule: MoveRule;
}

const DAY_MS = 24 * 60 * 60_000;
/** What happened longer ago is no news, whenever the last digest was. */
const LONGEST_MS = 7 * DAY_MS;

const gather = async (
  { store, clock, rule }: DigestDeps,
  day: string,
  scope: Scope,
): Promise<{ digest: Digest; counted: DayCounts }> => {
  const now = clock();
  const before = await store.countsBefore(day);
  const since = Math.max(before?.at ?? now - DAY_MS, now - LONGEST_MS);
  const facts = await store.digestFacts(scope, reportCuts(now), since);
  const { carriers, needs, moves, ...draft } = draftDigest(facts, rule);
  const names = new Map((await store.carriers()).map(({ id, name }) => [id, name]));
  const policies = new Map(
    (await store.digestPolicies(moves.map(({ policyId }) => policyId))).map((policy) => [
      policy.policyId,
      policy,
    ]),
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
    needs: await store.digestNeeds(needs),
    moves: moves.flatMap(({ policyId, from, to }) => {
      const policy = policies.get(policyId);
      return policy === undefined ? [] : [{ ...policy, from, to }];
    }),
  };
  return { digest, counted: { day, at: now, carriers } };
};

/** The digest of the firm for a channel: made once a day, whoever beats, and shown from the letter. */
export const postDigest = async (
  deps: DigestDeps & { store: LetterStore; show: Show },
  channel: string,
  day: string,
): Promise<void> => {
  const { store, show } = deps;
  if ((await store.letterNamed('digest', day)) !== undefined) return;
  const { digest, counted } = await gather(deps, day, { kind: 'all' });
  await store.keepCounts(counted);
  const id = await store.addLetter({ kind: 'digest', name: day, channel, about: digest });
  if (id !== undefined) await show(letterSubject(id));
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
  if (named.length > 0) await deps.store.recordReportView(actor.id, [...new Set(named)]);
  return digest;
};
