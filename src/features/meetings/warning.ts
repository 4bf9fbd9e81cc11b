import { LINKING_OFF } from '#slack/answers.ts';
import { spokenHour, spokenTime } from '#shared/typed-time.ts';
import { atAfter, actions, bold, context, name, section, policies } from '#slack/blocks.ts';
import { checkedOff, whoLinks } from '#core/logins/login-lines.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import { whyUnlinked } from '#slack/short-reasons.ts';
import { spoken } from '#slack/spoken.ts';
import type { MeetingLogin, MeetingWarning } from './store.ts';

const open = (item: MeetingLogin): string => {
  const login = `${bold(item.name)} at ${name(item.carrierName)}`;
  const who = item.mayLink ? '' : ` Ask ${whoLinks(item)} to link it.`;
  if (item.why === 'ends-today')
    return `:large_yellow_circle: The link of ${login} ${atAfter('ends', Number(item.until))}, before I read ${policies(item.waiting)} of theirs. Link it after that, or in the morning.${who}`;
  const why = whyUnlinked(item.reason);
  return `:white_circle: ${login} is unlinked${why === '' ? '' : `: ${why}`}. ${policies(item.waiting)} of theirs ${item.waiting === 1 ? 'is' : 'are'} read through it.${who}`;
};

const line = (item: MeetingLogin): string => checkedOff(item) ?? open(item);

const MOST = 12;

/** The evening before a meeting: which logins need a person, checked off as they are linked. */
export const meetingWarning = (
  warning: MeetingWarning,
  { canLink }: { canLink: boolean },
): DesiredMessage => {
  const { items, contactName, at: when, zone, refreshAt } = warning;
  const left = items.filter(({ done }) => done === null);
  const day = spokenTime(when, refreshAt, zone);
  const title =
    left.length === 0
      ? `:white_check_mark: All set for ${bold(contactName)} on ${day}.`
      : `You meet ${bold(contactName)} on ${day}: ${left.length === 1 ? 'one login needs' : `${left.length} logins need`} a link before ${spokenHour(refreshAt, zone)} that day.`;
  const lines = items.slice(0, MOST).map(line);
  const linkable = left.filter(({ mayLink }) => mayLink).slice(0, MOST);
  return {
    key: 'card',
    inThread: false,
    ...spoken([
      section(title),
      ...lines.map((text) => section(text)),
      ...actions(
        'links',
        canLink
          ? linkable.map((item, index) => ({
              text: `Link ${item.name}`,
              action: `link:${index}`,
              value: JSON.stringify({ source: item.sourceId }),
              style: 'primary' as const,
            }))
          : [],
      ),
      context(
        !canLink && linkable.length > 0
          ? LINKING_OFF
          : left.length === 0
            ? `If a carrier ends a link before ${spokenHour(refreshAt, zone)} that day, I ask you again then. The summary comes before you meet.`
            : 'What is linked later is read then; what is not linked at all keeps its old values, and the summary says so.',
      ),
    ]),
    final: true,
  };
};
