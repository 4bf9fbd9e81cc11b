import type { View } from '@slack/types';
import { say, type Answer } from '#slack/answers.ts';
import {
  actions,
  at as instant,
  bold,
  context,
  name,
  plain,
  section,
  type ButtonSpec,
  type KnownBlock,
} from '#slack/blocks.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import { meetingBlocks } from '../answers.ts';
import { spokenTime } from '#shared/typed-time.ts';
import type { Meeting } from '../store.ts';
import type { CalendarDoubt } from './plan.ts';
import type { Problem } from './problem.ts';
import type { Calendar } from './store/calendars.ts';
import { spoken } from '#slack/spoken.ts';

export const CALENDAR_MODAL = 'give-calendar';

/** What is wrong with a calendar, and the next step. */
const PROBLEMS: Record<Problem, string> = {
  'not-https':
    "Its address doesn't begin with https://. Copy the secret address from your calendar again.",
  'not-public':
    'Its address leads to a server that is not public. Your Swivel Sync admin can allow it (CALENDAR_HOSTS).',
  gone: 'Its address no longer works. Copy the secret address from your calendar again.',
  'no-answer': "Its server hasn't answered for some hours. Check that it opens in a browser.",
  'too-slow': 'Its server has been too slow for some hours. Check that it opens in a browser.',
  'too-large': 'It is larger than 3 MB. Share a smaller calendar, of your client meetings alone.',
  redirects: 'Its address leads on too many times. Give the address that it ends at.',
  'not-a-calendar': "Its address doesn't lead to an iCalendar. Copy the one that ends with .ics.",
};

export const calendarBroken = ({ problem }: { problem: Problem }): DesiredMessage => {
  const text = `:warning: I can't read your calendar. ${PROBLEMS[problem]} What is planned stays; until then I plan nothing new.`;
  return {
    key: 'card',
    inThread: false,
    ...spoken([section(text), ...actions('calendar', [give('Give the address again')])]),
    final: true,
  };
};

const give = (text: string): ButtonSpec => ({
  text,
  action: 'calendar-give',
  value: 'give',
});

const tellApart = ({ birthYear, city }: CalendarDoubt['candidates'][number]): string =>
  [...(birthYear === null ? [] : [`born ${birthYear}`]), ...(city === null ? [] : [city])].join(
    ', ',
  );

const toldApart = (candidate: CalendarDoubt['candidates'][number]): string => {
  const about = tellApart(candidate);
  return about === '' ? candidate.name : `${candidate.name} (${about})`;
};

/** Asked once; the answer takes the place of the buttons. */
export const calendarDoubt = (doubt: CalendarDoubt): DesiredMessage => {
  const { title, at, zone, candidates, answered, key } = doubt;
  // The day is spoken as on the day before, so that it does not change with the year.
  const event = `${bold(title)} on ${spokenTime(at, at, zone)}`;
  if (answered !== null) {
    const chosen = candidates.find(({ id }) => id === answered);
    const who = chosen === undefined ? answered : toldApart(chosen);
    const text =
      answered === ''
        ? `:heavy_minus_sign: ${event} is with none of your contacts, so I plan nothing for it.`
        : `:white_check_mark: You meet ${bold(who)}: ${event}. I have their values ready before.`;
    return {
      key: 'card',
      inThread: false,
      ...spoken([section(text)]),
      final: true,
    };
  }
  const ask = `Who are you meeting? Your calendar has ${event}. Choose one, and I have their values ready before you meet.`;
  const choice = (
    text: string,
    index: number,
    contact: string | null,
    says: string,
  ): ButtonSpec => ({
    text,
    action: `calendar-whom:${index}`,
    value: JSON.stringify({ key, contact }),
    says,
  });
  return {
    key: 'card',
    inThread: false,
    ...spoken([
      section(ask),
      ...candidates
        .map(tellApart)
        .flatMap((about, index) =>
          about === '' ? [] : [context(`${name(candidates[index]?.name ?? '')}: ${name(about)}`)],
        ),
      ...actions('calendar-whom', [
        ...candidates.map((each, index) => {
          const text = toldApart(each);
          return choice(text, index, each.id, `I meet ${text}`);
        }),
        choice('None of them', candidates.length, null, 'I meet none of them'),
      ]),
    ]),
    final: false,
  };
};

const standing = (calendar: Calendar | undefined): string => {
  if (calendar === undefined)
    return 'Give me your calendar, and I plan each event that names a contact of your book.';
  if (calendar.problem !== null) return `:warning: ${PROBLEMS[calendar.problem]}`;
  return calendar.readAt === null
    ? 'Your calendar is read within a minute.'
    : `Your calendar is read every hour. Last read: ${instant(calendar.readAt)}.`;
};

/** `/sync meetings`: what will be ready, and from where. */
export const meetingsAnswer = (
  planned: readonly Meeting[],
  titles: ReadonlyMap<string, string>,
  calendar: Calendar | undefined,
  now: number,
): Answer => {
  const whence = ({ id }: Meeting): string => {
    const title = titles.get(id);
    return title === undefined ? 'you asked for it' : `from your calendar: ${name(title)}`;
  };
  const buttons: ButtonSpec[] =
    calendar === undefined
      ? [{ ...give('Give my calendar'), style: 'primary' }]
      : [
          give('Change the calendar'),
          {
            text: 'Remove the calendar',
            action: 'calendar-remove',
            value: 'remove',
            confirm: {
              title: 'Remove your calendar?',
              text: 'What it has planned is cancelled. What you asked for yourself stays.',
              yes: 'Remove it',
            },
          },
        ];
  const about = standing(calendar);
  const blocks: KnownBlock[] =
    planned.length === 0
      ? [section('*No meeting is planned.*')]
      : meetingBlocks(planned, now, whence);
  return spoken([...blocks, section(about), ...actions('calendar', buttons)]);
};

export const calendarGiven = (): Answer =>
  say(
    ':white_check_mark: I read your calendar now, and every hour from now on. Its address is sealed: nobody can see it, not even in the database. `meetings` shows what will be ready.',
  );

export const calendarModal = (): View => ({
  type: 'modal',
  callback_id: CALENDAR_MODAL,
  title: plain('Your calendar', 24),
  submit: plain('Read it', 24),
  close: plain('Close', 24),
  blocks: [
    section(
      'Paste the *secret address in iCalendar format*.\n• Google: Settings, your calendar, _Secret address in iCal format_\n• Outlook: Settings, Shared calendars, _Publish_, the ICS link\n• iCloud: share the calendar as public, copy the link',
    ),
    {
      type: 'input',
      block_id: 'calendar',
      label: plain('Address'),
      hint: plain('It begins with https:// and mostly ends with .ics. We seal it at once.', 150),
      element: {
        type: 'url_text_input',
        action_id: 'calendar',
        placeholder: plain('https://…/basic.ics'),
      },
    },
    context(
      'We read it every hour, and keep only events whose title, guests or description name someone in your book. We skip all-day events.',
    ),
  ],
});
