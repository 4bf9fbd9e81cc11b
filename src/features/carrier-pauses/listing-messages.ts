import type { NotificationAbout } from '#features/notifications/notification.ts';
import { count, escape, few, name, section } from '#slack/blocks.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import { spoken } from '#slack/spoken.ts';

type Listing = NotificationAbout['listing-trouble'];

const MOST_SHRUNK = 10;

const notUnderstood = ({ carrier, logins }: Listing): string[] => {
  const unread = logins.filter(({ trouble }) => trouble.what === 'not-understood');
  if (unread.length === 0) return [];
  const note = unread
    .flatMap(({ trouble }) => (trouble.what === 'not-understood' ? [trouble.note] : []))
    .findLast((each) => each !== undefined);
  const of = few(
    unread.map(({ login }) => name(login)),
    'and',
  );
  return [
    `:books: *We can't read the list of policies at ${name(carrier.name)}* (${of}). We read policies one by one meanwhile, which takes longer.`,
    ...(note === undefined ? [] : [`Missing: ${escape(note)}`]),
    `To see what changed, run this where its folder is: \`npm run sync -- carrier repair ${escape(carrier.id)}\``,
  ];
};

const shrunk = ({ carrier, logins }: Listing): string[] => {
  const lines = logins.flatMap(({ login, trouble }) =>
    trouble.what === 'shrunk'
      ? [
          `${name(login)}: ${count(trouble.now)} policies, where it listed ${count(trouble.before)} before`,
        ]
      : [],
  );
  if (lines.length === 0) return [];
  const left = lines.length - MOST_SHRUNK;
  return [
    `:books: *A list at ${name(carrier.name)} has half of what it had, or less.* We do not believe it yet, and read its policies one by one.`,
    ...lines.slice(0, MOST_SHRUNK),
    ...(left > 0 ? [`and ${count(left)} more`] : []),
    'Have that many left this login? Then do nothing: the next list counts. If not, ask the carrier what this login may see.',
  ];
};

/** What operators read of listings of one carrier on one day. */
export const listingNotice = (about: Listing): DesiredMessage[] => {
  const text = [...notUnderstood(about), ...shrunk(about)].join('\n');
  return [{ key: 'listing', inThread: false, ...spoken([section(text)]), final: false }];
};
