import { MINUTE } from '#shared/clock.ts';
import { sourcesOf, type LoginSource } from '#core/logins/store/login-sources.ts';
import type { Actor } from '#shared/access.ts';
import { searchWords } from '#shared/search-words.ts';
import { z } from 'zod';
import { endHold, holdSource, USUAL_HOLD } from './hold.ts';
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
import { sourcesAnswer } from '#core/logins/slack.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { click, type Click, type ClickAct } from '#slack/listen.ts';
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

const choose = (sources: readonly LoginSource[], now: number): Answer =>
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
              text: 'Hold 30 minutes',
              action: 'hold:0',
              value: holdValue(source.id, 30),
              says: `Hold ${source.name} for 30 minutes`,
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
  { now, command }: { now: number; command: string },
): LoginSource | Answer => {
  const words = searchWords(query);
  const sources = mine.filter((source) => {
    const name = searchWords(`${source.name} ${source.carrierName}`).join(' ');
    return maySource(actor, 'source.hold', source) && words.every((word) => name.includes(word));
  });
  const [only] = sources;
  if (only === undefined) return none(query, command);
  if (words.length > 0) return sources.length === 1 ? only : choose(sources, now);
  // Nothing of ours can be signed in through an unlinked one.
  const inUse = sources.filter(({ linked, heldUntil }) => linked || heldUntil > now);
  return inUse.length === 0 ? noneLinked() : choose(inUse, now);
};

/** `/sync hold ana`: one login of that name is held at once, several are asked about. */
export const holdCommand = async (
  deps: SlackDeps,
  actor: Actor,
  query: string,
): Promise<Answer> => {
  const mine = await sourcesOf(deps.store, actor.id);
  const { command } = deps.settings;
  const only = whichToHold(mine, actor, query, { now: deps.clock(), command });
  if ('blocks' in only) return only;
  const held = await holdSource(deps, actor, only.id, USUAL_HOLD);
  return held === undefined ? answers.notYourLogin() : heldAnswer(held);
};

const parseHold = parserOf(
  z.object({ source: id, minutes: z.number().int().min(1).max(720).default(30) }),
);

const hold: ClickAct<NonNullable<ReturnType<typeof parseHold>>> = async (
  deps,
  { actor },
  { source, minutes },
) => {
  const held = await holdSource(deps, actor, source, minutes * MINUTE);
  return held === undefined ? answers.notYourLogin() : heldAnswer(held);
};

const endAnd =
  (answer: (deps: SlackDeps, actor: Actor, source: LoginSource) => Answer | Promise<Answer>) =>
  async (deps: SlackDeps, { actor }: Click, { source }: { source: string }): Promise<Answer> => {
    const ended = await endHold(deps, actor, source);
    return ended === undefined ? answers.notYourLogin() : answer(deps, actor, ended);
  };

export const HOLD_CLICKS = [
  click(/^hold:\d$/, parseHold, hold, 'in-place'),
  click(
    'hold-end',
    parseHold,
    endAnd((_deps, _actor, source) => endedAnswer(source)),
    'in-place',
  ),
  // On a card, in the status and in Home: what stands there follows by itself.
  click(
    /^release:/,
    parseHold,
    endAnd((_deps, _actor, source) => endedAnswer(source)),
  ),
  // In the menu beside a login, in the list of them.
  click('source-hold', parseHold, hold, 'in-place'),
  click(
    'source-end-hold',
    parseHold,
    endAnd((deps, actor) => sourcesAnswer(deps, actor)),
    'in-place',
  ),
];
