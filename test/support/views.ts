import type { DesiredMessage } from '#slack/deliver.ts';
import { isGuided } from '#core/requests/guidance.ts';
import { statusOf, type Reason } from '#shared/outcome.ts';
import type { KnownValue } from '#core/policies/verdict.ts';
import type { GuideView, ItemView, RequestView } from '#core/requests/view.ts';
import type { UnconfirmedValue } from '#core/policies/unconfirmed-values.ts';

/** Requests as the database would show them, for tests of what people read. */
export const NOW = Date.parse('2026-11-18T16:00:00Z');

export const value = (name: string, dollars: number, asOf = '2026-11-17'): KnownValue => ({
  name,
  amount: { minor: Math.round(dollars * 100), currency: 'USD' },
  asOf,
});

export const itemOf = (reason: Reason, given: Partial<ItemView> = {}): ItemView => {
  const status = given.status ?? statusOf(reason);
  const ended = status !== 'queued' && status !== 'in-progress';
  return {
    syncId: '01SYNC',
    policy: {
      id: '01POLICY',
      number: '00123-4567',
      contactId: '01CONTACT',
      contactName: 'Mei Chen',
      carrierId: 'northbridge-life',
      carrierName: 'Northbridge Life',
      productName: 'Horizon Variable Annuity',
      productClass: 'variable',
      status: 'In Force',
      indicator: 'open',
      homeSourceId: '01SOURCE',
    },
    source: {
      id: '01SOURCE',
      name: 'Ana at Northbridge',
      linked: true,
      holderName: 'Ana Ruiz',
      holderSlackId: 'U0ANA',
      mayLink: true,
    },
    otherLinked: [],
    status,
    reason,
    detail: detailOf(reason),
    notBefore: 0,
    position: status === 'queued' ? 3 : 0,
    secondsPerPolicy: 8,
    finishedAt: ended ? NOW : null,
    ...(isGuided(reason) ? { guide: guideOf(reason) } : {}),
    shared: false,
    ...(reason === 'carrier-paused' ? { pause: { reason: 'portal-changed' } as const } : {}),
    ...(reason === 'implausible' ? { held: heldOf() } : {}),
    ...given,
  };
};

/** A decimal point that moved, beside a value that fits. */
export const heldOf = (given: Partial<UnconfirmedValue> = {}): UnconfirmedValue => {
  const [from, to] = [value('Account Value', 412_806.44), value('Account Value', 4_128.06)];
  return {
    id: '01HELD',
    policyId: '01POLICY',
    version: 1,
    heldAt: NOW,
    reading: {
      carrierStatus: 'In Force',
      values: [to, value('Death Benefit', 500_000)],
      missing: [],
      doubts: [
        {
          kind: 'factor',
          name: 'Account Value',
          from: from.amount,
          to: to.amount,
          times: 100,
          shifted: -2,
        },
      ],
    },
    ...given,
  };
};

const guideOf = (reason: Reason): GuideView => ({
  closeNumbers: reason === 'number-mismatch' ? [{ number: '00123-4576', taken: false }] : [],
  otherLogins:
    reason === 'other-login' ? [{ id: '02SOURCE', name: 'Agency login', linked: true }] : [],
  ...(reason === 'status-drift' ? { namedStatus: 'Surrendered' } : {}),
});

/** What the rules give along with each reason. */
const detailOf = (reason: Reason): ItemView['detail'] => {
  const read = { carrierStatus: 'In Force', asOf: '2026-11-17', missing: [] };
  const values = [value('Account Value', 412_806.44), value('Death Benefit', 500_000)];
  const changes = [
    {
      name: 'Account Value',
      from: { minor: 40_911_290, currency: 'USD' },
      to: { minor: 41_280_644, currency: 'USD' },
      asOf: '2026-11-17',
      fromAsOf: '2026-11-16',
    },
  ];
  switch (reason) {
    case 'changed':
      return { ...read, values, changes };
    case 'unchanged':
      return { ...read, values, changes: [], why: 'same-as-of' };
    case 'stale':
      return { ...read, values, changes: [], asOf: '2026-11-03', expectedAsOf: '2026-11-17' };
    case 'status-drift':
      return { ...read, values, changes, carrierStatus: 'Surrendered' };
    case 'partial':
      return { ...read, values, changes, missing: ['Surrender Value'] };
    case 'number-mismatch':
      return { closeNumbers: ['00123-4576'], otherSources: [] };
    case 'other-login':
      return { closeNumbers: [], otherSources: [{ id: '02SOURCE', name: 'Agency login' }] };
    case 'gone':
      return { closeNumbers: [], otherSources: [], lastSeenAt: NOW - 5 * 86_400_000 };
    default:
      return {};
  }
};

export const viewOf = (item: ItemView, given: Partial<RequestView> = {}): RequestView => ({
  id: '01REQUEST',
  version: 7,
  personSlackId: 'U0ANA',
  personName: 'Ana Ruiz',
  asker: { id: 'ana', role: 'advisor', active: true },
  channel: 'C0TEAM',
  threadTs: null,
  channelNote: null,
  contact: null,
  createdAt: NOW - 60_000,
  linked: null,
  endedPauses: [],
  cases: [],
  items: [item],
  ...given,
});

/** What the sections of a message say, with their marks. */
export const marked = ({ blocks }: Pick<DesiredMessage, 'blocks'>): string =>
  blocks.flatMap((block) => (block.type === 'section' ? [block.text?.text ?? ''] : [])).join('\n');
