import { exchangeDay, nextBusinessDay } from '#shared/calendar.ts';
import type { Reason } from '#shared/outcome.ts';
import { standingIn } from '#core/policies/verdict.ts';
import { isSyncable, sameStatus, type CarrierStanding, type Indicator } from '#shared/status.ts';

/**
 * The steps by which a person resolves a Success that is not what was expected, or a Not Found: look
 * at the carrier, match the status in the CRM, run again. What a sync has seen is done already.
 */
const GUIDED = [
  'stale',
  'status-drift',
  'number-mismatch',
  'other-login',
  'gone',
  'never-seen',
] as const satisfies readonly Reason[];

export type GuidedReason = (typeof GUIDED)[number];

export const isGuided = (reason: Reason): reason is GuidedReason =>
  (GUIDED as readonly Reason[]).includes(reason);

export interface GuideFacts {
  reason: GuidedReason;
  /** Epoch ms at which the sync ended; the calendar is read there, so a guide stays as it was. */
  endedAt: number;
  /** What the carrier showed, raw; absent when it showed nothing. */
  carrierStatus?: string;
  /** What it means, where the word was taught. */
  carrierStanding?: CarrierStanding;
  /** Of the CRM, now. */
  indicator: Indicator;
  /** A person has set the CRM's status, or the number, since the sync ended. */
  statusUpdated: boolean;
  numberCorrected: boolean;
  /** The corrected number was asked for since. */
  correctedAsked: boolean;
  /** Numbers a slip away; `taken` ones are another policy of the firm. */
  closeNumbers: readonly { taken: boolean }[];
}

export type Step = { done: boolean } & (
  | { kind: 'number'; found: 'close' | 'other-policy' | 'none' | 'corrected' }
  | { kind: 'login' }
  | { kind: 'look'; standing: CarrierStanding | 'unseen' }
  | { kind: 'status'; need: 'update' | 'matches' | 'if-inactive' | 'updated' }
  | { kind: 're-run'; when: 'now' | 'if-active' | 'started' | 'never' }
  | { kind: 're-run'; when: 'from'; day: string }
);

const numberStep = ({ numberCorrected, closeNumbers }: GuideFacts): Step => {
  if (numberCorrected) return { kind: 'number', done: true, found: 'corrected' };
  if (closeNumbers.length === 0) return { kind: 'number', done: false, found: 'none' };
  return closeNumbers.some(({ taken }) => !taken)
    ? { kind: 'number', done: false, found: 'close' }
    : { kind: 'number', done: false, found: 'other-policy' };
};

const statusStep = (facts: GuideFacts, standing: CarrierStanding | 'unseen'): Step => {
  if (facts.statusUpdated || !isSyncable(facts.indicator))
    return { kind: 'status', done: true, need: 'updated' };
  switch (standing) {
    case 'closed':
    case 'expired':
      return { kind: 'status', done: false, need: 'update' };
    case 'open':
    case 'pending':
      return { kind: 'status', done: true, need: 'matches' };
    case 'review':
    case 'unseen':
      return { kind: 'status', done: false, need: 'if-inactive' };
  }
};

const reRunStep = (facts: GuideFacts, standing: CarrierStanding | 'unseen'): Step => {
  if (!isSyncable(facts.indicator)) return { kind: 're-run', done: true, when: 'never' };
  if (facts.numberCorrected && facts.correctedAsked)
    return { kind: 're-run', done: true, when: 'started' };
  if (facts.numberCorrected || facts.statusUpdated)
    return { kind: 're-run', done: false, when: 'now' };
  if (facts.reason === 'stale' && (standing === 'open' || standing === 'pending'))
    return {
      kind: 're-run',
      done: false,
      when: 'from',
      day: nextBusinessDay(exchangeDay(facts.endedAt)),
    };
  return { kind: 're-run', done: false, when: 'if-active' };
};

/** In the order in which they are done; the first that is not done is the person's next one. */
export const guidance = (facts: GuideFacts): Step[] => {
  const standing =
    facts.carrierStatus === undefined
      ? 'unseen'
      : standingIn({ status: facts.carrierStatus, standing: facts.carrierStanding });
  if (facts.numberCorrected) return [numberStep(facts), reRunStep(facts, standing)];
  const settled = facts.statusUpdated || !isSyncable(facts.indicator);
  const before: Step[] =
    facts.reason === 'number-mismatch' || facts.reason === 'never-seen'
      ? [{ ...numberStep(facts), ...(settled ? { done: true } : {}) }]
      : facts.reason === 'other-login'
        ? [{ kind: 'login', done: settled }]
        : [];
  const seen = standing !== 'unseen' && standing !== 'review';
  return [
    ...before,
    { kind: 'look', done: seen || settled, standing },
    statusStep(facts, standing),
    reRunStep(facts, standing),
  ];
};

/**
 * The CRM's status that the carrier's raw one names, in whatever spelling; undefined when the CRM
 * has no such word, for a person then chooses.
 */
export const namedStatus = (
  carrierStatus: string,
  statuses: readonly { name: string }[],
): string | undefined => statuses.find(({ name }) => sameStatus(name, carrierStatus))?.name;

/** The best guess to begin the choice with: the same word, else the first that stands the same. */
export const likelyStatus = (
  carrierStatus: string,
  statuses: readonly { name: string; indicator: Indicator }[],
  taught?: CarrierStanding,
): string | undefined => {
  const standing = standingIn({ status: carrierStatus, standing: taught });
  return (
    namedStatus(carrierStatus, statuses) ??
    statuses.find(({ indicator }) => indicator === standing)?.name
  );
};
