import { whoLinks } from '#core/logins/login-lines.ts';
import type { DigestCounts, NeedKind } from './rules.ts';
import { formatDifference, formatMoney, type Money } from '#shared/money.ts';
import type { MarketMove } from './movement.ts';
import type { Reason } from '#shared/outcome.ts';
import type { Digest, DigestMove } from './digest.ts';
import { atAfter, bold, day, name, type ButtonSpec, count, policies } from '#slack/blocks.ts';
import type { NotificationSettings } from '#features/notifications/messages.ts';
import { shownNumber, STATUS_WORDS, type Privacy } from '#core/requests/messages/words.ts';
import { SHORT_REASONS } from '#slack/short-reasons.ts';
import type { DigestNeed, DigestPolicy } from './store/digest.ts';

/** "$4.1M": what is behind something needs no cents. */
const roughly = ({ minor, currency }: Money): string =>
  new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    notation: 'compact',
    maximumFractionDigits: 1,
  }).format(minor / 100);

const MINUS = '\u2212';

const difference = (now: number, before: number | undefined): string => {
  if (before === undefined || now === before) return '';
  const more = now > before;
  return ` (${more ? '+' : MINUS}${count(Math.abs(now - before))})`;
};

/** A number that is 0 now and was 0 before is not told. */
const told = ({ counts, before }: Digest, which: keyof DigestCounts, words: string): string[] =>
  counts[which] === 0 && (before?.counts[which] ?? 0) === 0
    ? []
    : [`${words} *${count(counts[which])}*${difference(counts[which], before?.counts[which])}`];

/** The day in numbers, a line a thing, as a phone reads it. */
export const countLines = (digest: Digest): string[] => [
  [
    `:white_check_mark: Success *${count(digest.counts.success)}*${difference(
      digest.counts.success,
      digest.before?.counts.success,
    )}`,
    ...told(digest, 'changed', 'changed'),
    ...told(digest, 'first', 'first values'),
  ].join(', '),
  ...told(digest, 'waiting', ':key: Needs link'),
  ...told(digest, 'stale', ':large_yellow_circle: Old values'),
  ...told(digest, 'drift', ':large_orange_circle: Status differs'),
  ...told(digest, 'notFound', ':mag: Not Found'),
  ...told(digest, 'notSynced', ':white_circle: Not synced in 7 days'),
];

export const of = ({ counts }: Digest): string =>
  counts.syncable === 1 ? '1 syncable policy' : `${count(counts.syncable)} syncable policies`;

/** More than a day's pause is named, so that nobody wonders about a Monday's numbers. */
export const sinceWhen = ({ before, since }: Digest): string =>
  before === undefined ? atAfter('since', since) : `since the digest of ${day(before.day)}`;

const policy = (about: DigestPolicy, privacy: Privacy): string => {
  const number = `${name(about.carrierName)} ${bold(shownNumber(about.number, privacy))}`;
  return privacy === 'masked' ? number : `${bold(about.contactName)} · ${number}`;
};

const worth = ({ worth: money }: DigestNeed, privacy: Privacy): string =>
  money === undefined || privacy === 'masked' ? '' : ` · ${roughly(money)}`;

/** Whose eyes read it, and what they type for more. */
type Reader = Pick<DigestSettings, 'privacy' | 'command' | 'linked'>;

export interface DigestSettings extends NotificationSettings {
  /** Logins that were linked since. */
  linked?: ReadonlySet<string>;
}

const isLinked = (need: DigestNeed, { linked }: Pick<DigestSettings, 'linked'>): boolean =>
  need.kind === 'link' && linked?.has(need.sourceId) === true;

const reasonOf = (
  need: Exclude<DigestNeed, { kind: 'link' }>,
  { privacy, command }: Reader,
): string => {
  const carrier = name(need.carrierName);
  switch (need.kind) {
    case 'status':
      return `${carrier} says ${bold(need.carrierStatus ?? 'inactive')}, the CRM ${bold(need.crmStatus ?? 'active')}. Update the status.`;
    case 'number':
      return need.close === undefined
        ? 'Not Found: that number does not exist there. Compare it, then correct it in the CRM.'
        : privacy === 'masked'
          ? // Masked, two close numbers often look the same.
            `Not Found, but a close number exists: \`${command} digest\` shows it to you.`
          : `Not Found. Did you mean ${bold(need.close)}?`;
    case 'search':
      return 'Not Found. Check it at the carrier: if it is active there, sync again.';
    case 'portal':
      return `${carrier} needs you on its site first, such as to accept new terms. Do it, then sync again.`;
    case 'doubt':
      return 'The values we read look wrong, so yours are kept. Say whether they are right.';
    case 'old':
      return need.asOf === undefined
        ? 'The carrier shows old values. Check its status there.'
        : `Values are as of ${day(need.asOf)}. Check its status at the carrier.`;
  }
};

/** What somebody should do, and what for: about two lines of a phone. */
export const needText = (need: DigestNeed, reader: Reader): string => {
  if (need.kind === 'link' && isLinked(need, reader))
    return `:white_check_mark: ${bold(need.sourceName)}\nLinked since. Its policies at ${name(need.carrierName)} run by themselves.`;
  return need.kind === 'link'
    ? `:key: ${bold(need.sourceName)}${worth(need, reader.privacy)}\nUnlinked: ${policies(need.policies)} at ${name(need.carrierName)} ${need.policies === 1 ? 'is' : 'are'} waiting. ${need.holderLeft === true ? 'A manager' : whoLinks(need)} can link it.`
    : `${policy(need, reader.privacy)}${worth(need, reader.privacy)}\n${reasonOf(need, reader)}`;
};

/** The one step that helps; where people's browsers cannot reach the link page, none. */
export const needButton = (
  need: DigestNeed,
  settings: Pick<DigestSettings, 'privacy' | 'canLink' | 'linked'>,
): ButtonSpec | undefined => {
  const { privacy, canLink } = settings;
  if (isLinked(need, settings)) return undefined;
  if (need.kind === 'link')
    return canLink
      ? {
          text: 'Link',
          action: 'link',
          value: JSON.stringify({ source: need.sourceId }),
          style: 'primary',
          says: `Link ${need.sourceName}`,
        }
      : undefined;
  const shown = shownNumber(need.number, privacy);
  if (need.kind === 'doubt' && need.held !== undefined)
    return {
      text: 'Look at the values',
      action: 'held-look',
      value: JSON.stringify({ held: need.held.id, version: need.held.version }),
      says: `Look at the values of ${shown}`,
    };
  if (need.kind === 'status')
    return {
      text: 'Update status',
      action: 'choose-status',
      value: JSON.stringify({ policy: need.policyId, sync: need.syncId }),
      says: `Update the status of ${shown}`,
    };
  if (need.kind === 'number' && need.close !== undefined && privacy === 'full') {
    const right = need.close;
    return {
      text: 'Correct number',
      action: `fix-number:${need.closeAt ?? 0}`,
      value: JSON.stringify({ sync: need.syncId, close: need.closeAt ?? 0 }),
      says: `Correct ${shown} to ${right}`,
      confirm: {
        title: 'Correct the number?',
        text: `${shown} becomes ${right}. The policy is then synced at once.`,
        yes: 'Correct and sync',
      },
    };
  }
  return {
    text: 'Sync again',
    action: 'sync-policy',
    value: JSON.stringify({ policy: need.policyId }),
    says: `Sync ${shown} again`,
  };
};

export const NEED_TITLES: Record<NeedKind, string> = {
  link: ':key: Logins to link',
  doubt: ':warning: Values to confirm',
  status: ':large_orange_circle: The status differs',
  number: ':mag: Not Found, with a close number',
  search: ':mag: Not Found',
  portal: ':warning: Something to do at the carrier',
  old: ':large_yellow_circle: Old values',
};

/** In a cell: what a line says, without marks. */
export const needCells = (need: DigestNeed, privacy: Privacy): string[] => {
  const behind = need.worth === undefined ? '' : formatMoney(need.worth);
  const money = privacy === 'masked' ? [] : [behind];
  if (need.kind === 'link')
    return [need.sourceName, need.carrierName, count(need.policies), need.holderName, ...money];
  const what: Record<typeof need.kind, string> = {
    status: `${need.carrierStatus ?? 'inactive'}, not ${need.crmStatus ?? 'active'}`,
    number:
      need.close === undefined
        ? 'no such number'
        : privacy === 'masked'
          ? 'a close one exists'
          : need.close,
    search: 'not found twice',
    portal: 'needs you on its site',
    doubt: 'looks wrong',
    old: need.asOf === undefined ? 'old' : day(need.asOf),
  };
  return [
    shownNumber(need.number, privacy),
    ...(privacy === 'masked' ? [] : [need.contactName]),
    need.carrierName,
    what[need.kind],
    ...money,
  ];
};

export const needHead = (kind: NeedKind, privacy: Privacy): string[] => {
  const money = privacy === 'masked' ? [] : ['Behind it'];
  if (kind === 'link') return ['Login', 'Carrier', 'Policies', 'Holder', ...money];
  const what: Record<Exclude<NeedKind, 'link'>, string> = {
    status: 'The carrier says',
    number: 'Close number',
    search: 'Result',
    portal: 'Carrier',
    doubt: 'Values',
    old: 'Values of',
  };
  const contact = privacy === 'masked' ? [] : ['Contact'];
  return ['Policy', ...contact, 'Carrier', what[kind], ...money];
};

export const moveText = ({ from, to, ...about }: DigestMove): string =>
  `${policy(about, 'full')}\n${formatMoney(from)} → *${formatMoney(to)}*  ${formatDifference(from, to) ?? ''}`;

export const marketText = ({ moved, of: all, percent }: MarketMove): string =>
  `:chart_with_${percent < 0 ? 'down' : 'up'}wards_trend: The market moved: ${count(moved)} of ${count(all)} policies valued each day went ${percent < 0 ? 'down' : 'up'} alike, by about ${Math.abs(percent).toFixed(1)}%.`;

/** "5% and $10,000 or more", in the currency of what moved. */
export const ruleText = ({ rule, moves }: Pick<Digest, 'rule' | 'moves'>): string => {
  const amount = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: moves[0]?.to.currency ?? 'USD',
    maximumFractionDigits: 0,
  }).format(rule.minor / 100);
  return `${rule.percent}% and ${amount} or more`;
};

/** Of what was not read: the status people know, and why in a few words. */
export const unreadText = (reason: Reason, status: keyof typeof STATUS_WORDS): string => {
  const { emoji, name: known } = STATUS_WORDS[status];
  const why = SHORT_REASONS[reason];
  return `${emoji} ${known}${why === '' ? '' : `: ${why}`}`;
};
