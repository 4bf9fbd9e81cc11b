import type { View } from '@slack/types';
import { spokenHour, spokenTime, zoneName, type TypedTime } from '#shared/typed-time.ts';
import { wallClock } from '#shared/schedule.ts';
import type { MeetingProposal } from './meeting.ts';
import { say, type Answer } from '#slack/answers.ts';
import {
  actions,
  bold,
  context,
  few,
  name,
  plain,
  section,
  type ButtonSpec,
  type KnownBlock,
  policies,
} from '#slack/blocks.ts';
import { whoLinks } from '#core/logins/login-lines.ts';
import type { ContactBrief } from '#core/policies/policies.ts';
import type { Meeting } from './store.ts';
import { spoken } from '#slack/spoken.ts';

export const MEETING_MODAL = 'meeting-time';

/** What a button about a meeting holds. */
export interface MeetingClick {
  contact: string;
  at?: number | undefined;
  meeting?: string | undefined;
  /** The time as typed, while the contact is still to be chosen. */
  text?: string | undefined;
}

const value = (click: MeetingClick): string => JSON.stringify(click);

/** "Wednesday, Nov 25, 3:00 PM your time (EST)" */
export const yourTime = (at: number, now: number, zone: string): string =>
  `*${spokenTime(at, now, zone)}* your time (${zoneName(at, zone)})`;

const pick = (click: MeetingClick, text = 'Pick date and time'): ButtonSpec => ({
  text,
  action: 'meeting-pick',
  value: value(click),
});

const linkButtons = ({ needs }: MeetingProposal, canLink: boolean): ButtonSpec[] =>
  canLink
    ? needs
        .filter(({ source }) => source.mayLink)
        .slice(0, 5)
        .map(({ source }, index) => ({
          text: `Link ${source.name}`,
          action: `link:${index}`,
          value: JSON.stringify({ source: source.id }),
        }))
    : [];

/** When it begins, on which day where that is another one. */
const begins = ({ refreshAt, at, zone }: MeetingProposal, now: number): string => {
  if (refreshAt <= now) return 'I start right away';
  return wallClock(refreshAt, zone).day === wallClock(at, zone).day
    ? `I start at ${spokenHour(refreshAt, zone)} that day`
    : `I start on ${spokenTime(refreshAt, now, zone)}`;
};

const needLines = ({ needs, unreachable, warned }: MeetingProposal): string[] => [
  ...(needs.length === 0
    ? []
    : [
        `:key: ${few(
          needs.map(({ source, carrierName, policies: n }) => {
            const who = source.mayLink ? '' : `, ask ${whoLinks(source)}`;
            return `${bold(source.name)} at ${name(carrierName)} (${policies(n)}${who})`;
          }),
          'and',
          5,
        )} ${needs.length === 1 ? 'needs' : 'need'} a link by then. ${
          warned
            ? 'I ask you when I start; if the link lasts that long, you can link now.'
            : 'I remind you the evening before.'
        }`,
      ]),
  ...(unreachable === 0
    ? []
    : [
        `:warning: ${policies(unreachable)} more cannot be refreshed: no login there is shared with you. Ask a manager at your firm.`,
      ]),
];

const promise = (proposal: MeetingProposal, now: number, will: string): string => {
  const { at, zone, contact, policies: n } = proposal;
  return `${yourTime(at, now, zone)}: ${will} ${bold(contact.name)}'s ${n === 1 ? 'policy' : `${n} policies`}. Before you meet, one card in our direct messages has the day's values. ${begins(proposal, now)}.`;
};

/** Said before anything happens. */
export const confirmMeeting = (
  proposal: MeetingProposal,
  now: number,
  meetingId?: string,
): Answer => {
  const { contact, at } = proposal;
  const click = { contact: contact.id, at, meeting: meetingId };
  const lines = [promise(proposal, now, "I'll refresh"), ...needLines(proposal)];
  return say(
    lines.join('\n'),
    ...actions('meeting-confirm', [
      { text: 'Yes, do that', action: 'meeting-set', value: value(click), style: 'primary' },
      pick(click, 'Another time'),
      { text: 'No', action: 'meeting-no', value: value(click) },
    ]),
  );
};

export const meetingSet = (
  proposal: MeetingProposal,
  now: number,
  { id, canLink }: { id: string; canLink: boolean },
): Answer => {
  const { contact, at } = proposal;
  const click = { contact: contact.id, at, meeting: id };
  return say(
    [`:white_check_mark: ${promise(proposal, now, 'I refresh')}`, ...needLines(proposal)].join(
      '\n',
    ),
    ...actions('meeting-set', [
      ...linkButtons(proposal, canLink),
      pick(click, 'Change the time'),
      { text: 'Cancel it', action: 'meeting-cancel:0', value: value(click) },
    ]),
  );
};

const readings = (contact: string, times: readonly number[], now: number, zone: string) =>
  times.slice(0, 5).map((at, index): ButtonSpec => ({
    text: `${spokenTime(at, now, zone)} ${zoneName(at, zone)}`,
    action: `meeting-at:${index}`,
    value: value({ contact, at }),
  }));

const EXAMPLES = '`tomorrow 3pm`, `Friday 10:30 am`, `Nov 25 15:00` or `in 2 hours`';

/** What was typed is no one time ahead: what it could be, and the picker. */
export const askTime = (
  contact: ContactBrief,
  time: Exclude<TypedTime, { kind: 'time' }> | { kind: 'not-said' },
  now: number,
  zone: string,
): Answer => {
  const ask = (text: string, times: readonly number[], near?: number): Answer =>
    say(
      text,
      ...actions('meeting-ask', [
        ...readings(contact.id, times, now, zone),
        pick({ contact: contact.id, at: near }),
      ]),
    );
  const who = bold(contact.name);
  switch (time.kind) {
    case 'several':
      return ask(`When do you meet ${who}? That could be more than one time.`, time.readings);
    case 'no-hour':
      return ask(
        `At what time do you meet ${who} on ${spokenTime(time.near, now, zone).replace(/, [^,]*$/, '')}? Type it with the hour, such as ${EXAMPLES}, or pick it.`,
        [],
        time.near,
      );
    case 'past':
      return ask(
        `${yourTime(time.at, now, zone)} has passed. When do you meet ${who}?`,
        time.instead,
      );
    case 'too-far':
      return ask(
        `${yourTime(time.at, now, zone)} is more than a year ahead. When do you meet ${who}?`,
        [],
      );
    case 'skipped':
      return ask(
        `The clocks go forward then, so that time does not exist. When do you meet ${who}?`,
        [time.instead],
        time.instead,
      );
    case 'not-said':
      return ask(`When do you meet ${who}? Type ${EXAMPLES}, or pick date and time.`, []);
    case 'not-understood':
      return ask(
        `I don't understand when you meet ${who}. Type ${EXAMPLES}, or pick date and time.`,
        [],
      );
  }
};

export const whomToMeet = (command: string): Answer =>
  say(
    `Who are you meeting? Type the name before the time, such as \`${command} contact chen before tomorrow 3pm\`.`,
  );

export const chooseWhom = (
  contacts: readonly ContactBrief[],
  more: boolean,
  text: string,
): Answer =>
  spoken([
    section('Several contacts match. Who are you meeting?'),
    ...contacts.map((contact, index): KnownBlock => {
      const facts = [
        bold(contact.name),
        ...(contact.birthYear === null ? [] : [`born ${contact.birthYear}`]),
        ...(contact.city === null ? [] : [name(contact.city)]),
        policies(contact.policies),
      ];
      return {
        ...section(facts.join(' · ')),
        accessory: {
          type: 'button',
          text: plain('This one'),
          action_id: `meeting-contact:${index}`,
          value: value({ contact: contact.id, text }),
          accessibility_label: plain(`Meet ${contact.name}`).text,
        },
      };
    }),
    ...(more ? [context('There are more: type more of the name.')] : []),
  ]);

export const noMeeting = (): Answer =>
  say('Nothing was planned. Type the command again when you know the time.');

export const nothingToMeet = (contact: ContactBrief): Answer =>
  say(
    `${bold(contact.name)} has no policy that could be refreshed through a login of yours, so there is nothing to prepare. Ask a manager to share a login of their carrier with you.`,
  );

const stateOf = (meeting: Meeting, now: number): string => {
  if (meeting.cardAt !== null) return 'the summary is in our direct messages';
  if (meeting.refreshedAt !== null) return 'being refreshed now';
  return meeting.refreshAt <= now
    ? 'about to be refreshed'
    : `refreshed from ${spokenTime(meeting.refreshAt, now, meeting.zone)}`;
};

/** What is planned, with its buttons; `whence`: who planned it, where that is shown. */
export const meetingBlocks = (
  meetings: readonly Meeting[],
  now: number,
  whence?: (meeting: Meeting) => string,
): KnownBlock[] =>
  meetings.length === 0
    ? []
    : [
        section('*Ready before your meetings*'),
        ...meetings.flatMap((meeting, index) => {
          const click = { contact: meeting.contactId, at: meeting.at, meeting: meeting.id };
          const whom = `${meeting.contactName}, ${spokenTime(meeting.at, now, meeting.zone)}`;
          return [
            section(
              `${bold(meeting.contactName)} · ${spokenTime(meeting.at, now, meeting.zone)}\n${stateOf(meeting, now)}${whence === undefined ? '' : ` · ${whence(meeting)}`}`,
            ),
            ...actions(`meeting-${index}`, [
              { ...pick(click, 'Change the time'), says: `Change the time of ${whom}` },
              {
                text: 'Cancel it',
                action: `meeting-cancel:${index}`,
                value: value(click),
                says: `Cancel ${whom}`,
              },
            ]),
          ];
        }),
      ];

/** Slack's picker has no seconds; its value is whole seconds. */
export const timeModal = (click: MeetingClick, initial: number | undefined): View => ({
  type: 'modal',
  callback_id: MEETING_MODAL,
  private_metadata: value({ contact: click.contact, meeting: click.meeting }),
  title: plain('Before a meeting', 24),
  submit: plain('Be ready', 24),
  close: plain('Close', 24),
  blocks: [
    {
      type: 'input',
      block_id: 'meeting',
      label: plain('When do you meet?'),
      hint: plain('In your own time zone. The summary comes before it.', 150),
      element: {
        type: 'datetimepicker',
        action_id: 'meeting-at',
        ...(initial === undefined ? {} : { initial_date_time: Math.floor(initial / 1000) }),
      },
    },
  ],
});
