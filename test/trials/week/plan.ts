import { instantOf, wallClock } from '#shared/schedule.ts';
import { isBusinessDay } from '#shared/calendar.ts';
import type { CarrierFacts } from '#portal/portal.ts';

/**
 * The week: clocks go forward on its Sunday, its Friday is a holiday of the exchange, and nothing of
 * ours runs from Tuesday at one in the morning to Wednesday at eleven.
 */
export const ZONE = 'Europe/Berlin';
export const DAY_AT = '02:00';
export const DAYS = [
  '2026-03-28',
  '2026-03-29',
  '2026-03-30',
  '2026-03-31',
  '2026-04-01',
  '2026-04-02',
  '2026-04-03',
] as const;
const NEXT_DAY = '2026-04-04';

const known = new Map<string, number>();
export const localTime = (day: string, at: string): number => {
  const instant = known.get(`${day} ${at}`) ?? instantOf(day, at, ZONE);
  known.set(`${day} ${at}`, instant);
  return instant;
};
export const START = localTime(DAYS[0], '00:00');
export const END = localTime(NEXT_DAY, '01:45');
/** Nothing of ours runs meanwhile. */
export const DOWN = {
  from: localTime('2026-03-31', '01:00'),
  to: localTime('2026-04-01', '11:00'),
};
export const dayWindow = (day: string): { from: number; to: number } => {
  const next = DAYS[DAYS.indexOf(day as (typeof DAYS)[number]) + 1] ?? NEXT_DAY;
  return { from: localTime(day, DAY_AT), to: localTime(next, DAY_AT) };
};

export const SOURCES = 200;
export const POLICIES = 5000;
const ADVISORS = 40;
const MINUTE = 60_000;

interface WeekCarrier {
  id: string;
  name: string;
  /** How long a link lasts, in minutes; automatic ones are signed in again without a person. */
  minutes: number;
  automatic: boolean;
  listsBook: boolean;
}

const carrier = (
  notification: string,
  minutes: number,
  automatic: boolean,
  listsBook = false,
): WeekCarrier => ({
  id: `carrier-${notification.toLowerCase()}`,
  name: `Carrier ${notification}`,
  minutes,
  automatic,
  listsBook,
});

export const CARRIERS: readonly WeekCarrier[] = [
  carrier('A', 20, true),
  carrier('B', 60, true, true),
  carrier('C', 240, true),
  carrier('D', 45, false),
  carrier('E', 90, false),
  carrier('F', 240, false, true),
  carrier('G', 540, false),
  carrier('H', 1800, false),
];

export const factsOf = ({
  id,
  name,
  minutes,
  automatic,
  listsBook,
}: WeekCarrier): CarrierFacts => ({
  id,
  name,
  portalUrl: `https://${id}.example/`,
  unlockSteps: `Call ${name}.`,
  sessionMinutes: minutes,
  automaticSignInsPerDay: 12,
  codes: automatic ? 'never' : 'always',
  fields: [
    { name: 'user', label: 'User', secret: false, autocomplete: 'username' },
    { name: 'password', label: 'Password', secret: true, autocomplete: 'current-password' },
  ],
  listsBook,
});

/** The same in every run. */
const chance = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

export interface WeekSource {
  id: string;
  name: string;
  carrier: WeekCarrier;
  holder: string;
}

/** The last eight are the agency's, one at each carrier; its owner holds them. */
export const SOURCE_LIST: readonly WeekSource[] = Array.from({ length: SOURCES }, (_, i) => {
  const at = CARRIERS[i % CARRIERS.length] as WeekCarrier;
  const isAgency = i >= SOURCES - CARRIERS.length;
  const holder = isAgency ? 'owner' : advisor(i % ADVISORS);
  return { id: `source-${String(i).padStart(3, '0')}`, name: `Login ${i}`, carrier: at, holder };
});

export function advisor(i: number): string {
  return `advisor-${String(i).padStart(2, '0')}`;
}
export const ADVISOR_IDS = Array.from({ length: ADVISORS }, (_, i) => advisor(i));
export const slackIdOf = (person: string): string =>
  `U${person.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`;

/** What the carrier shows of a policy, apart from its value. */
export type Kind = 'plain' | 'stale' | 'drift' | 'partial';

export interface WeekPolicy {
  id: string;
  number: string;
  carrierId: string;
  advisor: string;
  /** Where the firm knows it to be. */
  home: string | undefined;
  /** The login that sees it, if any does. */
  seenBy: string | undefined;
  kind: Kind;
  value: number;
}

const KINDS: Record<number, Kind> = { 7: 'stale', 23: 'drift', 61: 'partial' };

export const POLICY_LIST: readonly WeekPolicy[] = Array.from({ length: POLICIES }, (_, i) => {
  const source = SOURCE_LIST[i % SOURCES] as WeekSource;
  const homeless = i % 12 === 5;
  const agency = SOURCE_LIST.findLast((each) => each.carrier === source.carrier);
  const seenBy = !homeless || i % 3 !== 0 ? source : i % 5 === 0 ? undefined : agency;
  return {
    id: `policy-${String(i).padStart(4, '0')}`,
    number: `${String(10_000_000 + i * 7919).slice(0, 8)}-${i % 10}`,
    carrierId: source.carrier.id,
    advisor: source.holder === 'owner' ? advisor(i % ADVISORS) : source.holder,
    home: homeless ? undefined : source.id,
    seenBy: seenBy?.id,
    kind: KINDS[i % 100] ?? 'plain',
    value: 1_000_000 + ((i * 104_729) % 90_000_000),
  };
});

export interface PlannedLink {
  kind: 'link';
  at: number;
  source: WeekSource;
}
export interface PlannedForce {
  kind: 'force';
  at: number;
  policy: WeekPolicy;
}
export type Planned = PlannedLink | PlannedForce;

/** The steps at a portal all take a multiple of this, so that many end at the same moment. */
export const GRID_MS = 6000;
const onGrid = (at: number): number => START + Math.ceil((at - START) / GRID_MS) * GRID_MS;

/** People link in the morning, some again later, few on days off; and ask for what they need now. */
export const planWeek = (): Planned[] => {
  const next = chance(20_260_328);
  const between = (day: string, from: string, to: string): number =>
    onGrid(localTime(day, from) + next() * (localTime(day, to) - localTime(day, from)));
  const planned: Planned[] = [];
  for (const day of DAYS) {
    const works = isBusinessDay(day);
    for (const source of SOURCE_LIST.filter((each) => !each.carrier.automatic)) {
      if (next() < (works ? 0.65 : 0.1))
        planned.push({ kind: 'link', at: between(day, '08:00', '10:00'), source });
      if (works && source.carrier.minutes <= 90 && next() < 0.3)
        planned.push({ kind: 'link', at: between(day, '14:00', '15:00'), source });
    }
    const force = (from: string, to: string): void => {
      const policy = POLICY_LIST[Math.floor(next() * POLICIES)];
      if (policy !== undefined) planned.push({ kind: 'force', at: between(day, from, to), policy });
    };
    // While the automatic logins' day keeps every slot busy, while people link, and later on.
    for (let i = 0; i < 20; i += 1) force('03:00', '03:20');
    for (let i = 0; i < 20; i += 1) force('09:00', '10:30');
    for (let i = 0; i < 5; i += 1) force('14:00', '17:00');
  }
  return planned
    .filter(({ at }) => at < DOWN.from || at >= DOWN.to + 10 * MINUTE)
    .sort((a, b) => a.at - b.at);
};

export const dayOf = (at: number): string => wallClock(at, ZONE).day;
