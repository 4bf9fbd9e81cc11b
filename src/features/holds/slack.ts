import { MINUTE } from '#shared/clock.ts';
import { sourcesOf, type LoginSource } from '#core/logins/store/login-sources.ts';
import type { Actor } from '#shared/access.ts';
import { loginWords, namedLogins } from '#core/logins/named-logins.ts';
import { readHold } from './hold-words.ts';
import { zoneOf } from '#slack/zone.ts';
import { z } from 'zod';
import { endHold, holdSource, LONGEST_HOLD } from './hold.ts';
import { maySource } from '#core/logins/login-sources.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import {
  actions,
  at,
  bold,
  button,
  context,
  escape,
  cut,
  section,
  type ButtonSpec,
  type KnownBlock,
} from '#slack/blocks.ts';
import { id, parserOf } from '#slack/click-values.ts';
import { parseSourceList } from '#core/logins/messages.ts';
import { sourcesAnswer } from '#core/logins/slack.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { click, type By, type ClickAct } from '#slack/listen.ts';
import { spoken } from '#slack/spoken.ts';

const CHOICES: readonly (readonly [words: string, minutes: number])[] = [
  ['30 minutes', 30],
  ['1 hour', 60],
  ['3 hours', 180],
];

const holdValue = (source: string, minutes: number): string => JSON.stringify({ source, minutes });

export const heldAnswer = (source: LoginSource): Answer =>
  spoken([
    section(
      `:double_vertical_bar: ${bold(source.name)} is yours until ${at(source.heldUntil, '{time}')}. Its syncs wait, then resume by themselves. A read under way ends within seconds; after that we are signed out.`,
    ),
    ...actions('hold', [
      {
        text: "I'm done",
        action: 'hold-end',
        value: JSON.stringify({ source: source.id }),
        style: 'primary',
        says: `End the hold of ${source.name}`,
      },
      ...CHOICES.map(([words, minutes], index): ButtonSpec => ({
        text: `${words} from now`,
        action: `hold:${index}`,
        value: holdValue(source.id, minutes),
      })),
    ]),
  ]);

const endedAnswer = (source: LoginSource): Answer =>
  spoken([
    section(
      `:arrow_forward: The hold of ${bold(source.name)} has ended.${
        source.linked
          ? ' Waiting syncs resume now.'
          : ' It is unlinked: link it, and waiting syncs run.'
      }`,
    ),
    ...actions('hold-ended', [
      ...(source.linked
        ? []
        : [
            {
              text: 'Link it',
              action: 'link',
              value: JSON.stringify({ source: source.id }),
              style: 'primary' as const,
            },
          ]),
      { text: 'Hold it again', action: 'hold:0', value: holdValue(source.id, 30) },
    ]),
  ]);

const MOST = 10;

/** "90 minutes", "2 hours" */
const spokenFor = (minutes: number): string => {
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

const choose = (sources: readonly LoginSource[], now: number, minutes: number): Answer =>
  spoken([
    section(
      '*Which login do you need for yourself?*  A portal usually lets one session in at a time, so we sign out at once.',
    ),
    ...sources.slice(0, MOST).map((source): KnownBlock => ({
      ...section(
        `${bold(source.name)}${
          source.heldUntil > now ? `  on hold until ${at(source.heldUntil, '{time}')}` : ''
        }`,
      ),
      accessory: button(
        source.heldUntil > now
          ? {
              text: "I'm done",
              action: 'hold-end',
              value: JSON.stringify({ source: source.id }),
              says: `End the hold of ${source.name}`,
            }
          : {
              text: `Hold ${spokenFor(minutes)}`,
              action: 'hold:0',
              value: holdValue(source.id, minutes),
              says: `Hold ${source.name} for ${spokenFor(minutes)}`,
            },
      ),
    })),
    ...(sources.length > MOST ? [context('There are more: type a part of the name.')] : []),
  ]);

const none = (query: string, command: string): Answer => {
  const text =
    query === ''
      ? 'You have no login source to hold.'
      : `None of your login sources is called "${escape(cut(query, 60))}". \`${command} hold\` lists them.`;
  return spoken([section(text)]);
};

const noneLinked = (): Answer => {
  const text =
    'None of your login sources is linked, so we are signed in nowhere. Use the portal as you like.';
  return spoken([section(text)]);
};

/** The logins of that name, and which of them is asked about: none where one is meant. */
export const whichToHold = (
  mine: readonly LoginSource[],
  actor: Actor,
  query: string,
  { now, command, minutes = 30 }: { now: number; command: string; minutes?: number },
): LoginSource | Answer => {
  const words = loginWords(query);
  const sources = namedLogins(mine, words).filter((source) =>
    maySource(actor, 'source.hold', source),
  );
  const [only] = sources;
  if (only === undefined) return none(query, command);
  if (words.length > 0) return sources.length === 1 ? only : choose(sources, now, minutes);
  // Nothing of ours can be signed in through an unlinked one.
  const inUse = sources.filter(({ linked, heldUntil }) => linked || heldUntil > now);
  return inUse.length === 0 ? noneLinked() : choose(inUse, now, minutes);
};

/** `/sync hold ana for 2 hours`: one login of that name is held at once, several are asked about. */
export const holdCommand = async (
  deps: SlackDeps,
  { actor, client, slackId }: By,
  typed: string,
): Promise<Answer> => {
  const now = deps.clock();
  const zone = await zoneOf(deps, client, slackId);
  const { command } = deps.settings;
  const asked = readHold(typed, now, zone);
  if (asked === undefined)
    return answers.say(
      `A hold begins now, and I don't understand how long that is. Type \`${command} hold northbridge for 2 hours\`, or \`until 3pm\`.`,
    );
  const mine = await sourcesOf(deps.store, actor.id);
  const { query, forMs } = asked;
  const minutes = Math.ceil(Math.min(forMs, LONGEST_HOLD) / MINUTE);
  const only = whichToHold(mine, actor, query, { now, command, minutes });
  if ('blocks' in only) return only;
  const held = await holdSource(deps, actor, only.id, forMs);
  if (held === undefined) return answers.notYourLogin();
  return forMs > LONGEST_HOLD
    ? answers.after('A hold lasts 12 hours at most.', heldAnswer(held))
    : heldAnswer(held);
};

/** As people say it who want a login's syncs to wait, or to go on: nothing happens before they choose. */
export const pauseCommand = async (deps: SlackDeps, by: By): Promise<Answer> =>
  answers.after(
    `A login's syncs wait while you hold it, and go on when you are done:`,
    await holdCommand(deps, by, ''),
  );

const parseHold = parserOf(
  z.object({
    source: id,
    minutes: z.number().int().min(1).max(720).default(30),
    /** The list of logins that it was chosen in, which follows. */
    list: z.string().max(1100).optional(),
  }),
);

const hold: ClickAct<NonNullable<ReturnType<typeof parseHold>>> = async (
  deps,
  { actor },
  { source, minutes },
) => {
  const held = await holdSource(deps, actor, source, minutes * MINUTE);
  return held === undefined ? answers.notYourLogin() : heldAnswer(held);
};

type HoldValue = NonNullable<ReturnType<typeof parseHold>>;

const endNow: ClickAct<HoldValue> = async (deps, { actor }, { source }) => {
  const ended = await endHold(deps, actor, source);
  return ended === undefined ? answers.notYourLogin() : endedAnswer(ended);
};

const endInList: ClickAct<HoldValue> = async (deps, { actor }, { source, list }) =>
  (await endHold(deps, actor, source)) === undefined
    ? answers.notYourLogin()
    : sourcesAnswer(deps, actor, parseSourceList(list));

export const HOLD_CLICKS = [
  click(/^hold:\d$/, parseHold, hold, 'in-place'),
  click('hold-end', parseHold, endNow, 'in-place'),
  // On a card, in the status and in Home: what stands there follows by itself.
  click(/^release:/, parseHold, endNow),
  // In the menu beside a login, in the list of them.
  click('source-hold', parseHold, hold, 'in-place'),
  click('source-end-hold', parseHold, endInList, 'in-place'),
];
