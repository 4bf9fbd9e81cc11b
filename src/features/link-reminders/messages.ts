import { LINKING_OFF } from '#slack/answers.ts';
import type { LinkItem } from '#features/notifications/notification.ts';
import { atAfter, actions, at, bold, day, name, section, type ButtonSpec } from '#slack/blocks.ts';
import { checkedOff } from '#core/logins/login-lines.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import { whyUnlinked } from '#slack/short-reasons.ts';
import { spoken } from '#slack/spoken.ts';

/** More would be a wall on a phone; the rest is one click away, among all logins. */
const MOST = 12;

const policies = (count: number): string => `${count} ${count === 1 ? 'policy' : 'policies'}`;

const open = (item: LinkItem): string => {
  const login = bold(item.name);
  const carrier = name(item.carrierName);
  const waits = `${policies(item.waiting)} ${item.waiting === 1 ? 'is' : 'are'} waiting for it`;
  switch (item.why) {
    case 'unlinked': {
      const why = whyUnlinked(item.reason);
      return `:white_circle: ${login} at ${carrier} is unlinked${why === '' ? '' : `: ${why}`}. ${waits}.`;
    }
    case 'ends-today':
      return `:large_yellow_circle: The link of ${login} at ${carrier} ends at ${at(Number(item.until), '{time}')}, and ${policies(item.waiting)} ${item.waiting === 1 ? 'is' : 'are'} still to be read today.`;
    case 'password-ends':
      return `:key: The password of ${login} ends on ${day(item.until)}, says ${carrier}. Change it on its site, then link with the new one.`;
    case 'trust-ends':
      return `:key: ${carrier} remembers our browser for ${login} ${atAfter('until', Number(item.until), '{date_short_pretty}')}, and asks for a code after that. Link it before then, with a code, to be remembered again.`;
  }
};

const line = (item: LinkItem): string => checkedOff(item) ?? open(item);

const isPressing = ({ why }: LinkItem): boolean => why === 'unlinked' || why === 'ends-today';

const logins = (count: number): string =>
  count === 1 ? 'One of your logins' : `${count} of your logins`;

const titleOf = (kind: 'link-warning' | 'link-lost', left: readonly LinkItem[]): string => {
  if (left.length === 0) return ':white_check_mark: All set: nothing here needs you any more.';
  const needs = left.length === 1 ? 'needs' : 'need';
  if (kind === 'link-lost')
    return `${logins(left.length)} lost ${left.length === 1 ? 'its' : 'their'} link. Link ${left.length === 1 ? 'it' : 'them'}, and waiting syncs resume by themselves.`;
  return left.some(isPressing)
    ? `${logins(left.length)} ${needs} you today. Linking takes seconds.`
    : `${logins(left.length)} will soon need you. Nothing waits yet.`;
};

const buttons = (left: readonly LinkItem[], more: boolean, canLink: boolean): ButtonSpec[] => [
  ...(canLink
    ? left.slice(0, MOST).map((item, index) => ({
        text: `Link ${item.name}`,
        action: `link:${index}`,
        value: JSON.stringify({ source: item.sourceId }),
        ...(item.why === 'unlinked' ? { style: 'primary' as const } : {}),
      }))
    : []),
  ...(more ? [{ text: 'See all my logins', action: 'show-sources', value: 'mine' }] : []),
];

/** What a holder is told of logins, checked off as they are linked. */
export const linkNotification = (
  kind: 'link-warning' | 'link-lost',
  items: readonly LinkItem[],
  canLink: boolean,
): DesiredMessage => {
  const left = items.filter(({ done }) => done === null);
  const shown = items.slice(0, MOST);
  const hidden = items.length - shown.length;
  const title = titleOf(kind, left);
  const lines = [
    ...shown.map(line),
    ...(hidden > 0 ? [`and ${hidden} more`] : []),
    ...(canLink || left.length === 0 ? [] : [LINKING_OFF]),
  ];
  return {
    key: 'card',
    inThread: false,
    ...spoken([
      section(`*${title}*`),
      ...lines.map((text) => section(text)),
      ...actions('links', buttons(left, hidden > 0, canLink)),
    ]),
    final: true,
  };
};
