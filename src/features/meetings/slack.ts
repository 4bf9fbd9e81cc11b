import { contactById } from '#core/policies/store/contacts.ts';
import type { Actor } from '#shared/access.ts';
import { isZone, readMeetingTime } from './meeting-time.ts';
import { lookUpContact } from '#core/requests/contacts.ts';
import { cancelMeeting, mayMeet, proposeMeeting, setMeeting } from './meeting.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { bold } from '#slack/blocks.ts';
import { parseMeeting } from '#slack/click-values.ts';
import type { Desk, SlackApp, SlackClient } from '#slack/desk.ts';
import {
  askTime,
  chooseWhom,
  confirmMeeting,
  MEETING_MODAL,
  meetingSet,
  noMeeting,
  nothingToMeet,
  timeModal,
  whomToMeet,
  yourTime,
} from './answers.ts';
import { onPress, openedFrom, type Press } from '#slack/press.ts';
import { statusAnswer } from '#features/my-status/slack.ts';
import { whoIs } from '#slack/who.ts';
import { sayingModal } from '#slack/saying-modal.ts';

/** A person's own zone as Slack knows it; the firm's where Slack names none that is known. */
const zoneOf = async (desk: Desk, client: SlackClient, slackId: string): Promise<string> => {
  const zone = (await desk.members.look(client, slackId))?.tz;
  return zone !== undefined && isZone(zone) ? zone : desk.digest.zone;
};

interface Asker {
  actor: Actor;
  client: SlackClient;
  slackId: string;
}

/** `/sync contact chen before tomorrow 3pm` */
export const meetingCommand = async (
  desk: Desk,
  asker: Asker,
  query: string,
  typed: string,
): Promise<Answer> => {
  if (query === '') return whomToMeet(desk.settings.command);
  const found = await lookUpContact(desk, asker.actor, query);
  switch (found.kind) {
    case 'none':
      return answers.noContact(query);
    case 'several':
      return chooseWhom(found.contacts, found.more, typed);
    case 'one':
      return proposeTyped(desk, asker, found.contact.id, typed);
  }
};

const proposeTyped = async (
  desk: Desk,
  asker: Asker,
  contactId: string,
  typed: string,
): Promise<Answer> => {
  const contact = await contactById(desk.store, contactId);
  if (contact === undefined || !(await mayMeet(desk, asker.actor, contactId)))
    return answers.notYours();
  const zone = await zoneOf(desk, asker.client, asker.slackId);
  const now = desk.clock();
  const time = readMeetingTime(typed, now, zone);
  return time.kind === 'time'
    ? propose(desk, asker, { contact: contactId, at: time.at })
    : askTime(contact, time, now, zone);
};

const propose = async (
  desk: Desk,
  { actor, client, slackId }: Asker,
  { contact, at, meeting }: { contact: string; at: number; meeting?: string | undefined },
): Promise<Answer> => {
  const zone = await zoneOf(desk, client, slackId);
  const proposed = await proposeMeeting(desk, actor, { contactId: contact, at, zone });
  switch (proposed.kind) {
    case 'refused':
      return answers.notYours();
    case 'nothing':
      return nothingToMeet(proposed.contact);
    case 'past':
      return isOver(at, desk.clock(), zone);
    case 'proposal':
      return confirmMeeting(proposed.proposal, desk.clock(), meeting);
  }
};

const isOver = (at: number, now: number, zone: string): Answer =>
  answers.say(`${yourTime(at, now, zone)} is over. Type the command again with a later time.`);

/** Makes the meeting of a button or a picker; the answer says what now stands. */
export const planMeetingWith = async (
  desk: Desk,
  { actor, client, slackId }: Asker,
  { contact, at, meeting }: { contact: string; at: number; meeting?: string | undefined },
): Promise<{ done: boolean; answer: Answer }> => {
  const zone = await zoneOf(desk, client, slackId);
  const asked = { contactId: contact, at, zone };
  const outcome = await setMeeting(
    desk,
    actor,
    meeting === undefined ? asked : { ...asked, meetingId: meeting },
  );
  switch (outcome.kind) {
    case 'refused':
      return { done: false, answer: answers.notYours() };
    case 'nothing':
      return { done: false, answer: nothingToMeet(outcome.contact) };
    case 'past':
      return { done: false, answer: isOver(at, desk.clock(), zone) };
    case 'set':
      return {
        done: true,
        answer: meetingSet(outcome.proposal, desk.clock(), {
          id: outcome.id,
          canLink: desk.settings.publicUrl !== undefined,
        }),
      };
  }
};

const HOUR = 60 * 60_000;

/** The next whole hour but one, for who begins without a time. */
const soon = (now: number): number => Math.ceil((now + HOUR) / HOUR) * HOUR;

const pressed = ({ actor, client, slackId }: Press): Asker => ({ actor, client, slackId });

export const listenToMeetings = (app: SlackApp, desk: Desk): void => {
  onPress(app, desk, /^meeting-contact:\d+$/, async (press) => {
    const click = parseMeeting(press.value);
    return click?.text === undefined
      ? answers.stale()
      : proposeTyped(desk, pressed(press), click.contact, click.text);
  });

  onPress(app, desk, /^meeting-at:\d+$/, async (press) => {
    const { contact, at, meeting } = parseMeeting(press.value) ?? {};
    return contact === undefined || at === undefined
      ? answers.stale()
      : propose(desk, pressed(press), { contact, at, meeting });
  });

  onPress(app, desk, 'meeting-set', async (press) => {
    const { contact, at, meeting } = parseMeeting(press.value) ?? {};
    return contact === undefined || at === undefined
      ? answers.stale()
      : (await planMeetingWith(desk, pressed(press), { contact, at, meeting })).answer;
  });

  onPress(app, desk, 'meeting-no', async () => noMeeting());

  onPress(app, desk, 'meeting-pick', async ({ client, triggerId, value, refresh }) => {
    const click = parseMeeting(value);
    if (click === undefined) return answers.stale();
    const now = desk.clock();
    const initial = click.at !== undefined && click.at > now ? click.at : soon(now);
    const opened = await client.views.open({
      trigger_id: triggerId,
      view: timeModal(click, initial),
    });
    openedFrom.remember(opened.view?.id, refresh);
    return undefined;
  });

  onPress(app, desk, /^meeting-cancel:\d+$/, async ({ actor, value }) => {
    const id = parseMeeting(value)?.meeting;
    const meeting = id === undefined ? undefined : await cancelMeeting(desk, actor, id);
    if (meeting === undefined) return answers.stale();
    return answers.after(
      `:heavy_minus_sign: The preparation for ${bold(meeting.contactName)} is cancelled.`,
      await statusAnswer(desk, actor),
    );
  });

  app.view(MEETING_MODAL, async ({ ack, body, view, client }) => {
    const click = parseMeeting(view.private_metadata);
    const seconds = view.state.values['meeting']?.['meeting-at']?.selected_date_time;
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    if (who.kind === 'refused') return ack(answers.asError('meeting', answers.refusal(who.why)));
    if (click === undefined || seconds == null)
      return ack(answers.asError('meeting', answers.stale()));
    const asker = { actor: who.person, client, slackId: body.user.id };
    const { done, answer } = await planMeetingWith(desk, asker, { ...click, at: seconds * 1000 });
    if (!done) return ack(answers.asError('meeting', answer));
    await ack({ response_action: 'update', view: sayingModal(...answer.blocks) });
    await openedFrom.refresh(desk, view.id, async () => answer);
  });
};
