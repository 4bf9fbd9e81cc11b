import { lookUpPolicy, type Found } from '#core/policies/look-up.ts';
import { BY_HOME, type CarrierSheet } from '#core/requests/policy-sheet.ts';
import { contactCommand, whyNotAsked, type Meetings } from '#core/requests/contact-slack.ts';
import { isName, lookUpContact, lookUpWhom } from '#core/requests/contacts.ts';
import { matchLine } from '#core/requests/answers.ts';
import { beforeMeeting, meetingAtEnd, type TypedMeeting } from '#core/requests/meeting-words.ts';
import { answerFound } from '#core/requests/slack.ts';
import { mayBeOfATime } from '#shared/typed-time.ts';
import * as answers from '#slack/answers.ts';
import type { Answer, Asked } from '#slack/answers.ts';
import { few, policies, section } from '#slack/blocks.ts';
import { readings } from '#slack/command-text.ts';
import type { PlainWords, Ran, Typed } from '#slack/commands.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { whereCard } from '#core/requests/answers.ts';
import { cardComes, originOf } from '#slack/origin.ts';
import { messageSheet, requestPolicies, type MessageSheet } from './message-policies.ts';
import { numbersIn } from './numbers.ts';
import { spoken } from '#slack/spoken.ts';

const code = (number: string): string => `\`${answers.quoted(number)}\``;

const MOST_NAMED = 5;

/** What of the numbers is not on the card, and why. */
const leftOut = ({ found, close, tried }: MessageSheet): Answer | undefined => {
  const closed = found.flatMap(({ others }) => others);
  const unreached = found.filter(
    ({ sources, syncable }) => sources.length === 0 && syncable.length > 0,
  );
  const near = close.flatMap(({ syncable, others }) => [...syncable, ...others]);
  const lines = [
    ...(tried.length === 0
      ? []
      : [`Not in your book: ${few(tried.map(code), 'and', MOST_NAMED)}.`]),
    ...(closed.length === 0
      ? []
      : [
          `Not synced, by the CRM's status: ${few(
            closed.map(({ number }) => code(number)),
            'and',
            MOST_NAMED,
          )}.`,
        ]),
    ...unreached.map(
      ({ name, syncable }) =>
        `No login of ${answers.quoted(name)} is shared with you: ${policies(syncable.length)} left out.`,
    ),
    ...(near.length === 0 ? [] : ['Did you mean one of these?']),
  ];
  return lines.length === 0
    ? undefined
    : spoken([section(lines.join('\n')), ...near.map((policy, index) => matchLine(policy, index))]);
};

const syncableOf = (carriers: readonly CarrierSheet[]): string[] =>
  carriers.flatMap(({ syncable }) => syncable.map(({ id }) => id));

/** Several numbers are one card, each through its home login. */
const several = async (
  deps: SlackDeps,
  { actor, client, channel, slackId, thread, dedupeKey }: Typed,
  sheet: MessageSheet,
): Promise<Answer | Ran> => {
  const rest = leftOut(sheet);
  const nothing = answers.say('None of these can be synced.');
  const policyIds = syncableOf(sheet.found);
  if (policyIds.length === 0) return rest ?? nothing;
  const origin = originOf(deps, channel, slackId, thread);
  const outcome = await requestPolicies(deps, actor, {
    policyIds,
    sources: Object.fromEntries(sheet.found.map(({ id }) => [id, BY_HOME])),
    origin,
    dedupeKey,
  });
  if (outcome.kind === 'refused') return answers.notYours();
  if (outcome.kind !== 'requested')
    return outcome.kind === 'nothing' ? (rest ?? nothing) : whyNotAsked(deps, outcome);
  const one = outcome.policies === 1;
  const where = whereCard(await cardComes(client, origin), one ? 'its' : 'their');
  const said = outcome.already
    ? `${one ? 'This is' : 'These are'} syncing already: you asked for ${one ? 'it' : 'them'} before.`
    : `Syncing ${policies(outcome.policies)}. ${where}`;
  const answer = rest === undefined ? answers.say(said) : answers.after(said, rest);
  return { answer, requestId: outcome.requestId };
};

const number = async (
  deps: SlackDeps,
  typed: Typed,
  text: string,
): Promise<Asked | Ran | undefined> => {
  const written = numbersIn(text);
  const likely = written.filter((each) => each.likely);
  if (written.length > 1) {
    const sheet = await messageSheet(deps, typed.actor, written);
    if (sheet === 'refused') return answers.notYours();
    const named = sheet.found.flatMap(({ syncable, others }) => [...syncable, ...others]);
    if (named.length > 1 || likely.length > 1) return several(deps, typed, sheet);
  }
  const queries = [...readings(text), ...likely.map((each) => each.number)];
  // Mostly a number is all there is, and each reading is the same. Slack's ack waits for the search.
  const searched = new Map<string, Found>();
  let answer: (() => Promise<Asked | Ran>) | undefined;
  for (const query of queries) {
    const found = searched.get(query) ?? (await lookUpPolicy(deps, typed.actor, query));
    searched.set(query, found);
    answer = () => answerFound(deps, typed, query, found);
    if (found.kind !== 'none') return answer();
  }
  // Words with a number that is none of a policy are no search for one.
  if (likely.length === 0 && !/^\p{Nd}/u.test(text)) return undefined;
  return answer?.();
};

/** "can you have 00123-4567 ready for ben": of words that name nobody, the numbers alone. */
const withNumbers = async (
  deps: SlackDeps,
  { actor }: Typed,
  meeting: TypedMeeting,
): Promise<TypedMeeting> => {
  const numbers = numbersIn(meeting.query).filter(({ likely }) => likely);
  if (numbers.length === 0 || (await lookUpWhom(deps, actor, meeting.query)).kind !== 'none')
    return meeting;
  const dropped = numbers.reduce((left, { number: one }) => left.replace(one, ' '), meeting.query);
  return {
    query: numbers.map((each) => each.number).join(', '),
    // Half of a time is another time: all of it is none that is understood, and so is asked for.
    before: mayBeOfATime(dropped) ? `${dropped.trim()} ${meeting.before}` : meeting.before,
  };
};

/** "00123-4567", several numbers, "chen", "chen before friday 3pm": as people think it. */
export const plainWords = (meetings: Meetings): PlainWords => ({
  isName: (deps, { actor }, words) => isName(deps, actor, words),
  run: async (deps, typed, text) => {
    const planned = beforeMeeting(text);
    if (planned !== undefined && (planned.query !== '' || planned.before !== ''))
      return meetings.command(deps, typed, planned);
    const meeting = meetingAtEnd(deps, text);
    if (meeting !== undefined) {
      // Somebody may be called so, and a number may be written so.
      const found = /\p{Nd}/u.test(text)
        ? (await lookUpPolicy(deps, typed.actor, text)).kind
        : (await lookUpContact(deps, typed.actor, text)).kind;
      if (found === 'none')
        return meetings.command(deps, typed, await withNumbers(deps, typed, meeting));
    }
    if (/\p{Nd}/u.test(text)) return number(deps, typed, text);
    for (const query of readings(text)) {
      const found = await lookUpContact(deps, typed.actor, query);
      if (found.kind === 'none') continue;
      const origin = originOf(deps, typed.channel, typed.slackId, typed.thread);
      return contactCommand(deps, { ...typed, origin }, query);
    }
    return undefined;
  },
});
