import { z } from 'zod';
import type { Actor } from '#shared/access.ts';
import { Secret } from '#shared/secret.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { id, parserOf } from '#slack/click-values.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { click, noValue, submission, type ClickAct } from '#slack/listen.ts';
import { openFrom, refreshBehind } from '#slack/behind.ts';
import { sayingModal } from '#slack/modals.ts';
import { meetingsOf } from '../store.ts';
import { zoneOf } from '#slack/zone.ts';
import { answerDoubt, keepCalendars } from './plan.ts';
import { calendarOf, giveCalendar, secretOf, takeCalendar } from './store/calendars.ts';
import { titlesOf } from './store/events.ts';
import { CALENDAR_MODAL, calendarGiven, calendarModal, meetingsAnswer } from './words.ts';

const MOST_SHOWN = 15;

export const meetingsCommand = async (deps: SlackDeps, actor: Actor): Promise<Answer> => {
  const { store, clock } = deps;
  return meetingsAnswer(
    await meetingsOf(store, actor.id, MOST_SHOWN),
    await titlesOf(store, actor.id),
    await calendarOf(store, actor.id),
    clock(),
  );
};

const LONGEST_ADDRESS = 2000;

/** `webcal:` is what calendars call https. */
const addressOf = (typed: string): Secret | undefined => {
  const text = typed.trim().replace(/^webcals?:/i, 'https:');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  return isWeb && text.length <= LONGEST_ADDRESS ? new Secret(text) : undefined;
};

export const calendarGivenBy = submission(
  CALENDAR_MODAL,
  'calendar',
  () => true,
  async (deps, submitted) => {
    const { actor, client, slackId, field, viewId } = submitted;
    const address = addressOf(field('calendar').value ?? '');
    if (address === undefined)
      return {
        error: {
          answer: answers.say('That is no web address. It begins with https://.'),
        },
      };
    const zone = await zoneOf(deps, client, slackId);
    const sealed = await deps.sealer.seal(address, secretOf(actor.id));
    await giveCalendar(deps.store, actor.id, { zone, sealed });
    return {
      view: sayingModal(...calendarGiven().blocks),
      after: () => refreshBehind(deps, viewId, () => meetingsCommand(deps, actor)),
    };
  },
);

const parseWhom = parserOf(z.object({ key: id, contact: id.nullable() }));

const whom: ClickAct<{ key: string; contact: string | null }> = async (deps, { actor }, chosen) =>
  (await answerDoubt(deps, actor.id, chosen)) === undefined ? answers.stale() : undefined;

export const CALENDAR_CLICKS = [
  click('calendar-give', noValue, (_deps, clicked) => openFrom(clicked, calendarModal())),
  click(
    'calendar-remove',
    noValue,
    async (deps, { actor }) => {
      await takeCalendar(deps.store, actor.id);
      await keepCalendars(deps);
      return answers.after(
        ':heavy_minus_sign: Your calendar is removed, and its address deleted.',
        await meetingsCommand(deps, actor),
      );
    },
    'in-place',
  ),
  click(/^calendar-whom:\d+$/, parseWhom, whom),
];
