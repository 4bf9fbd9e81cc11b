import { contactById } from '#core/policies/store/contacts.ts';
import type { Actor } from '#shared/access.ts';
import { readTime } from '#shared/typed-time.ts';
import { zoneOf } from '#slack/zone.ts';
import { lookUpWhom } from '#core/requests/contacts.ts';
import { beforeMeeting, meetingAtEnd, type TypedMeeting } from '#core/requests/meeting-words.ts';
import { isCourtesy } from '#slack/command-text.ts';
import { meetingsCommand } from './calendar/slack.ts';
import { cancelMeeting, mayMeet, proposeMeeting, setMeeting } from './meeting.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { bold } from '#slack/blocks.ts';
import { z } from 'zod';
import { nobodyFound, type Meetings } from '#core/requests/contact-slack.ts';
import { id, parserOf } from '#slack/click-values.ts';
import {
  click,
  noValue,
  submission,
  type By,
  type ClickAct,
  type Submitted,
} from '#slack/listen.ts';
import { openFrom, refreshBehind } from '#slack/behind.ts';
import { meetingsOf, type Meeting } from './store.ts';
import type { SlackDeps } from '#slack/deps.ts';
import {
  askTime,
  chooseWhom,
  confirmMeeting,
  meetingBlocks,
  MEETING_MODAL,
  meetingSet,
  noMeeting,
  nothingToMeet,
  timeModal,
  whomToMeet,
  yourTime,
} from './answers.ts';
import { sayingModal } from '#slack/modals.ts';
import { HOUR } from '#shared/clock.ts';

interface Planned {
  contact: string;
  /** Epoch ms */
  at: number;
  meeting?: string | undefined;
}

/** A person's status as it now stands; who draws it is handed in. */
type StatusAnswer = (deps: SlackDeps, actor: Actor) => Promise<Answer>;

/** `/sync contact chen before tomorrow 3pm` */
const meetingCommand = async (
  deps: SlackDeps,
  asker: By,
  { query, before: typed }: TypedMeeting,
): Promise<Answer> => {
  if (query === '') return whomToMeet(deps.settings.command);
  const found = await lookUpWhom(deps, asker.actor, query);
  switch (found.kind) {
    case 'none':
      return nobodyFound(deps, asker.actor, query);
    case 'several':
      return chooseWhom(found.contacts, found.more, typed);
    case 'one':
      return proposeTyped(deps, asker, found.contact.id, typed);
  }
};

/** `/sync meetings`; with a name and a time after it, as who means to plan one types it. */
export const meetingsTyped = async (deps: SlackDeps, by: By, rest: string): Promise<Answer> => {
  const list = await meetingsCommand(deps, by.actor);
  if (isCourtesy(rest)) return list;
  const meeting = beforeMeeting(rest) ?? meetingAtEnd(deps, rest) ?? { query: rest, before: '' };
  if (meeting.query === '' || (await lookUpWhom(deps, by.actor, meeting.query)).kind === 'none') {
    const { command } = deps.settings;
    const instead = `lists what is planned. To plan, type \`${command} contact chen before friday 3pm\`.`;
    return answers.after(answers.leftOut(rest, `${command} meetings`, instead), list);
  }
  return meetingCommand(deps, by, meeting);
};

const proposeTyped = async (
  deps: SlackDeps,
  asker: By,
  contactId: string,
  typed: string,
): Promise<Answer> => {
  const contact = await contactById(deps.store, contactId);
  if (contact === undefined || !(await mayMeet(deps, asker.actor, contactId)))
    return answers.notYours();
  const zone = await zoneOf(deps, asker.client, asker.slackId);
  const now = deps.clock();
  const time = readTime(typed, now, zone);
  return time.kind === 'time'
    ? propose(deps, asker, { contact: contactId, at: time.at })
    : askTime(contact, typed === '' ? { kind: 'not-said' } : time, now, zone);
};

const propose = async (
  deps: SlackDeps,
  { actor, client, slackId }: By,
  { contact, at, meeting }: Planned,
): Promise<Answer> => {
  const zone = await zoneOf(deps, client, slackId);
  const proposed = await proposeMeeting(deps, actor, { contactId: contact, at, zone });
  switch (proposed.kind) {
    case 'refused':
      return answers.notYours();
    case 'nothing':
      return nothingToMeet(proposed.contact);
    case 'past':
      return isOver(at, deps.clock(), zone);
    case 'proposal':
      return confirmMeeting(proposed.proposal, deps.clock(), meeting);
  }
};

const isOver = (at: number, now: number, zone: string): Answer =>
  answers.say(`${yourTime(at, now, zone)} has passed. Type the command again with a later time.`);

/** Makes the meeting of a button or a picker; the answer says what now stands. */
const planMeetingWith = async (
  deps: SlackDeps,
  { actor, client, slackId }: By,
  { contact, at, meeting }: Planned,
): Promise<{ done: boolean; answer: Answer }> => {
  const zone = await zoneOf(deps, client, slackId);
  const asked = { contactId: contact, at, zone };
  const outcome = await setMeeting(
    deps,
    actor,
    meeting === undefined ? asked : { ...asked, meetingId: meeting },
  );
  switch (outcome.kind) {
    case 'refused':
      return { done: false, answer: answers.notYours() };
    case 'nothing':
      return { done: false, answer: nothingToMeet(outcome.contact) };
    case 'past':
      return { done: false, answer: isOver(at, deps.clock(), zone) };
    case 'set':
      return {
        done: true,
        answer: meetingSet(outcome.proposal, deps.clock(), {
          id: outcome.id,
          canLink: deps.settings.publicUrl !== undefined,
        }),
      };
  }
};

/** The next whole hour but one, for who begins without a time. */
const soon = (now: number): number => Math.ceil((now + HOUR) / HOUR) * HOUR;

const parseMeeting = parserOf(
  z.object({
    contact: id,
    /** Epoch ms */
    at: z.int().min(0).optional(),
    meeting: id.optional(),
    text: z.string().max(200).optional(),
  }),
);
type MeetingValue = NonNullable<ReturnType<typeof parseMeeting>>;

/** One whose value names a time. */
const parseTimed = (text: string | undefined) => {
  const { contact, at, meeting } = parseMeeting(text) ?? {};
  return contact === undefined || at === undefined ? undefined : { contact, at, meeting };
};

const pickTime: ClickAct<MeetingValue> = (deps, clicked, value) => {
  const now = deps.clock();
  const initial = value.at !== undefined && value.at > now ? value.at : soon(now);
  return openFrom(clicked, timeModal(value, initial));
};

export const meetingClicks = (status: StatusAnswer) => [
  click(
    /^meeting-contact:\d+$/,
    parseMeeting,
    async (deps, by, { contact, text }) =>
      text === undefined ? answers.stale() : proposeTyped(deps, by, contact, text),
    'in-place',
  ),
  click(/^meeting-at:\d+$/, parseTimed, propose, 'in-place'),
  click(
    'meeting-set',
    parseTimed,
    async (deps, by, wanted) => (await planMeetingWith(deps, by, wanted)).answer,
    'in-place',
  ),
  click('meeting-no', noValue, async () => noMeeting(), 'in-place'),
  click('meeting-pick', parseMeeting, pickTime, 'in-place'),
  click(
    /^meeting-cancel:\d+$/,
    parseMeeting,
    async (deps, { actor }, { meeting: meetingId }) => {
      const meeting =
        meetingId === undefined ? undefined : await cancelMeeting(deps, actor, meetingId);
      if (meeting === undefined) return answers.stale();
      return answers.after(
        `:heavy_minus_sign: The preparation for ${bold(meeting.contactName)} is cancelled.`,
        await status(deps, actor),
      );
    },
    'in-place',
  ),
];

/** From a modal: what now stands is said in it, or why nothing does. */
const planFrom = async (deps: SlackDeps, by: By, wanted: Planned) => {
  const { done, answer } = await planMeetingWith(deps, by, wanted);
  const said: Submitted = done
    ? { view: sayingModal(...answer.blocks) }
    : { error: { block: 'meeting', answer } };
  return { done, answer, said };
};

/** What is prepared of a contact, by the command and by the modal of its policies. */
export const ofContact: Meetings = {
  command: (deps, by, typed) => meetingCommand(deps, by, typed),
  plan: async (deps, by, wanted) => (await planFrom(deps, by, wanted)).said,
};

export const timeChosen = submission(
  MEETING_MODAL,
  'meeting',
  parseMeeting,
  async (deps, submitted, value) => {
    const seconds = submitted.field('meeting', 'meeting-at').selected_date_time;
    if (seconds == null) return { error: { answer: answers.tooOld() } };
    const wanted = { ...value, at: seconds * 1000 };
    const { done, answer, said } = await planFrom(deps, submitted, wanted);
    return done
      ? { ...said, after: () => refreshBehind(deps, submitted.viewId, () => answer) }
      : said;
  },
);

const MOST_ON_STATUS = 5;

/** What is planned, on the person's status. */
export const meetingsPart = (planned: readonly Meeting[], now: number) => ({
  blocks: meetingBlocks(planned, now),
});

export const plannedMeetings = async ({ store, clock }: SlackDeps, actor: Actor) =>
  meetingsPart(await meetingsOf(store, actor.id, MOST_ON_STATUS), clock());
