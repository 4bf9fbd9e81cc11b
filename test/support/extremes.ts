import type { Meeting } from '#features/meetings/store.ts';
import { REPORT_FILTERS } from '#core/policies/report-rules.ts';
import type { HomeData } from '#features/home/view.ts';
import type { ContactSheet } from '#core/requests/contacts.ts';
import type { ShownSource } from '#features/home/home.ts';
import type { CarrierSheet } from '#core/requests/policy-sheet.ts';
import { itemOf, NOW, value } from './views.ts';
import type { SheetPolicy } from '#core/policies/policies.ts';
import type { SourceChoice } from '#core/logins/store/choices.ts';
import type { LoginSource } from '#core/logins/store/login-sources.ts';
import type { ReportRow } from '#core/policies/store/report-rows.ts';

/** What a firm could call things at the worst, and firms as large as they come. */
const long = (seed: string): string => seed.repeat(200).slice(0, 200);

export const NAMES = {
  plain: 'Mei Chen',
  'of 200 characters': long('Maximiliana '),
  'in Arabic, 200 characters': long('محمد '),
  'in Hebrew': 'שרה לוי',
  'of emoji only': long('👩‍👩‍👧🎉'),
  'full of markup': '*a* _b_ ~c~ `d` ```e``` > f &amp; <g>',
  'made of mentions': '<!channel> <@U0ANA> @here #general <https://evil.example|safe>',
  'of ampersands': '&'.repeat(200),
  'in two lines': 'Mei\nChen\r\n\u2028Ltd',
} as const;

/** Long ids, as an importer could bring them. */
export const idOf = (kind: string, index: number): string =>
  `${kind}-${String(index).padStart(26, '0')}`;

export const list = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

export const sheetPolicy = (name: string, index: number, carrier = 0): SheetPolicy => ({
  id: idOf('policy', index),
  number: `${name}${index}`,
  contactId: '01CONTACT',
  contactName: name,
  carrierId: idOf('carrier', carrier),
  carrierName: name,
  productName: name,
  productClass: 'variable',
  status: name,
  indicator: 'open',
  homeSourceId: index % 3 === 0 ? idOf('source', 0) : null,
  lastSuccessAt: index % 2 === 0 ? null : NOW - index * 86_400_000,
});

export const choice = (name: string, index: number): SourceChoice => ({
  id: idOf('source', index),
  name,
  linked: index % 2 === 0,
  home: index === 0,
  holderId: idOf('person', index),
  holderName: name,
  lastSuccessAt: index % 2 === 0 ? null : NOW - 86_400_000,
  linkEndsAt: null,
});

export interface SheetSize {
  /** Syncable ones in all, spread over the carriers. */
  policies: number;
  carriers: number;
  sources: number;
  /** Not syncable, of each carrier. */
  others: number;
}

export const carriersOf = (name: string, size: SheetSize): CarrierSheet[] =>
  list(size.carriers, (carrier) => ({
    id: idOf('carrier', carrier),
    name,
    syncable: list(size.policies, (index) => sheetPolicy(name, index, carrier)).filter(
      (_, index) => index % size.carriers === carrier,
    ),
    others: list(size.others, (index) => ({
      ...sheetPolicy(name, 1000 + index, carrier),
      indicator: 'closed' as const,
    })),
    sources: list(size.sources, (index) => choice(name, index)),
    holders: size.sources === 0 ? list(60, () => name) : [],
  }));

export const contactSheet = (name: string, size: SheetSize): ContactSheet => ({
  contact: {
    id: '01CONTACT',
    name,
    kind: 'individual',
    birthYear: 1950,
    city: name,
    email: name,
    policies: size.policies,
  },
  carriers: carriersOf(name, size),
});

export const loginSource = (name: string, index: number): LoginSource => ({
  id: idOf('source', index),
  name,
  carrierName: name,
  holderId: idOf('person', index % 2),
  holderName: name,
  holderSlackId: null,
  sharedWith: list(index % 40, (who) => ({
    id: idOf('person', who),
    name,
    slackId: who % 2 === 0 ? `U${String(who).padStart(9, '0')}` : null,
  })),
  linked: index % 3 !== 0,
  linkEndsAt: index % 3 === 1 ? NOW + 60_000 : null,
  unlinkedReason: index % 2 === 0 ? 'locked' : null,
  heldUntil: index % 5 === 0 ? NOW + 60_000 : 0,
  heldByName: name,
  passwordKept: true,
  automatic: index % 7 === 0,
  waiting: index * 100,
});

const shownSource = (name: string, index: number): ShownSource => ({
  ...loginSource(name, index),
  automatic: false,
  heldUntil: null,
  carrierPause: { reason: 'by-hand', by: name },
  standing: (['unlinked', 'ends-soon', 'linked'] as const)[index % 3] ?? 'linked',
  mayLink: index % 4 !== 0,
});

const reportRow = (name: string, index: number): ReportRow => ({
  policy: sheetPolicy(name, index),
  values: index % 2 === 0 ? [] : list(30, (nth) => value(`${name}${nth}`, nth * 1e9)),
  stale: index % 2 === 0,
  lastSuccessAt: index % 3 === 0 ? 0 : NOW,
  ...(index % 2 === 0
    ? {}
    : { lastAttempt: { status: 'not-found', reason: 'other-login', at: NOW } as const }),
  ...(index % 4 === 0 ? { open: { status: 'queued', reason: 'on-hold' } as const } : {}),
  ...(index % 4 === 1 ? { needsLink: { sourceId: idOf('source', 1), sourceName: name } } : {}),
  carrierLinked: index % 2 === 0,
});

export const homeData = (
  name: string,
  { rows, many }: { rows: number; many: number },
): HomeData => ({
  actor: { id: 'mona', role: 'manager', active: true },
  state: {
    query: name.replaceAll(/\s+/g, ' ').slice(0, 100),
    filter: 'stale',
    carrier: idOf('carrier', 1),
    page: 1,
    at: NOW,
  },
  page: {
    totals: Object.fromEntries(REPORT_FILTERS.map((filter) => [filter, many * 4000])) as Record<
      (typeof REPORT_FILTERS)[number],
      number
    >,
    more: rows > 0,
    page: 1,
    rows: list(rows, (index) => reportRow(name, index)),
  },
  carriers: list(many, (index) => ({ id: idOf('carrier', index), name })),
  sources: list(many, (index) => shownSource(name, index)),
  team: {
    blocked: list(Math.min(many, 20), (index) => ({
      person: `${name}${index}`,
      carrierName: name,
      sources: list(many, () => ({ name, unlinkedReason: 'locked' })),
      waiting: index,
    })),
    blockedAdvisors: many,
    withoutSource: list(many, () => name),
    pausedCarriers: list(many, () => ({ name, pause: { reason: 'portal-changed' as const } })),
  },
  openBooks: false,
  canLink: many % 2 === 0,
  command: '/sync',
  syncedSince: NOW,
  now: NOW,
});

/** Slack-side origin of a modal, as long as its parts can be. */
export const ORIGIN = {
  askedIn: 'C0123456789',
  channel: 'U0123456789',
  note: 'Here and not in <#C0123456789>, because people of another company read it.',
};

export const policyNamed = (name: string) => ({
  ...itemOf('changed').policy,
  contactName: name,
  carrierName: name,
  productName: name,
  number: name,
  status: name,
});

export const meetingOf = (name: string, index: number): Meeting => ({
  id: idOf('meeting', index),
  contactId: idOf('contact', index),
  contactName: name,
  at: NOW + 1000,
  warnAt: NOW - 1000,
  refreshAt: NOW + 500,
  cutoffAt: NOW + 800,
  zone: 'America/New_York',
  warnedAt: null,
  refreshedAt: null,
  retriedAt: null,
  cardAt: null,
  ended: false,
  person: { id: idOf('person', 0), name, role: 'advisor', active: true, slackId: null },
  requestIds: [],
});
