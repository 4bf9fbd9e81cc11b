import { isValuedDaily } from '#core/policies/freshness.ts';
import { businessDaysBetween } from '#shared/calendar.ts';
import { guidance, isGuided, type Step } from '../guidance.ts';
import { isSyncable } from '#shared/status.ts';
import type { GuideView, ItemView, RequestView } from '../view.ts';
import { atAfter, actions, bold, day, few, name, section, type ButtonSpec } from '#slack/blocks.ts';
import { clickValue, named, type MessageSettings } from './card.ts';
import { hasManyLines } from './contact-card.ts';
import { freeNumbers, whoseNumbers } from './free-numbers.ts';
import { numberButtons } from './number-buttons.ts';
import { shownNumber, soughtNumber, type Privacy } from './words.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import { isDirect } from '#slack/place.ts';
import { spoken } from '#slack/spoken.ts';

interface Told {
  /** Where the thread is. */
  channel: string;
  item: ItemView;
  guide: GuideView;
  privacy: Privacy;
}

/** What a correction made here is to the CRM, and what the person still does. */
export const inCrm = ({ crmTold }: { crmTold: boolean }): string =>
  crmTold ? 'We told your CRM.' : 'Change it in the CRM too.';

const stepsOf = ({ item, guide }: Pick<Told, 'item' | 'guide'>): Step[] =>
  isGuided(item.reason)
    ? guidance({
        reason: item.reason,
        endedAt: item.finishedAt ?? 0,
        indicator: item.policy.indicator,
        statusUpdated: guide.statusEdit !== undefined,
        numberCorrected: guide.numberEdit !== undefined,
        correctedAsked: guide.correctedCardIn !== undefined,
        closeNumbers: guide.closeNumbers,
        ...(item.detail.carrierStatus === undefined
          ? {}
          : { carrierStatus: item.detail.carrierStatus }),
        ...(item.detail.carrierStanding === undefined
          ? {}
          : { carrierStanding: item.detail.carrierStanding }),
      })
    : [];

const numberText = (found: Extract<Step, { kind: 'number' }>['found'], told: Told): string => {
  const { item, guide, privacy } = told;
  const carrier = name(item.policy.carrierName);
  const shown = (number: string): string => bold(shownNumber(number, privacy));
  const close = guide.closeNumbers.filter(({ taken }) => taken === (found === 'other-policy'));
  switch (found) {
    case 'close':
      return `The CRM says ${bold(soughtNumber(item, privacy))}, ${carrier} has ${few(
        close.map(({ number }) => shown(number)),
        'and',
      )}. Did you mean ${close.length === 1 ? 'that one' : 'one of these'}?`;
    case 'other-policy':
      return whoseNumbers(
        close.map(({ number }) => shown(number)),
        bold(soughtNumber(item, privacy)),
        carrier,
      );
    case 'none':
      return `Compare the number ${bold(soughtNumber(item, privacy))} with ${carrier}'s site, character by character.`;
    case 'corrected': {
      const edit = guide.numberEdit;
      return edit === undefined
        ? 'The number is corrected.'
        : `${name(edit.by)} ${atAfter('corrected the number', edit.at)}: ${shown(edit.from)} → ${shown(edit.to)}. ${inCrm(edit)}`;
    }
  }
};

const loginText = ({ guide }: Told): string => {
  const usable = guide.otherLogins.map(
    ({ name: login, linked }) => `${bold(login)}${linked ? '' : ' (unlinked)'}`,
  );
  if (usable.length > 0) return `Another login might see it: try ${few(usable, 'or')}.`;
  return 'Another login might see it. Ask a manager which one.';
};

const lookText = (
  standing: Extract<Step, { kind: 'look' }>['standing'],
  { item }: Told,
): string => {
  const carrier = name(item.policy.carrierName);
  const says = bold(item.detail.carrierStatus ?? '');
  switch (standing) {
    case 'unseen':
      return `Check the policy on ${carrier}'s site: it may be surrendered or terminated, or its Agent of Record may have changed.`;
    case 'review':
      return `${carrier} says ${says}, which we don't know. Check on its site what it means.`;
    case 'open':
    case 'pending':
    case 'closed':
    case 'expired':
      return `${carrier} says ${says}.`;
  }
};

const statusText = (
  need: Extract<Step, { kind: 'status' }>['need'],
  { item, guide }: Told,
): string => {
  const now = bold(item.policy.status);
  switch (need) {
    case 'update':
      return `Update the status in the CRM to match. It says ${now}.`;
    case 'matches':
      return `The status in the CRM matches: ${now}.`;
    case 'if-inactive':
      return `If it is not active there, update the status in the CRM to match. It says ${now}.`;
    case 'updated': {
      const edit = guide.statusEdit;
      return edit === undefined
        ? `The status is now ${now}.`
        : `${name(edit.by)} ${atAfter('changed the status', edit.at)}: ${bold(edit.from)} → ${bold(edit.to)}. ${inCrm(edit)}`;
    }
  }
};

const lateness = ({ item }: Told): string => {
  const { asOf, expectedAsOf } = item.detail;
  if (asOf === undefined || expectedAsOf === undefined) return '';
  if (!isValuedDaily(item.policy.productClass)) return ` The newest values are of ${day(asOf)}.`;
  const late = businessDaysBetween(asOf, expectedAsOf);
  return ` The newest values are of ${day(asOf)}, ${late === 1 ? '1 business day' : `${late} business days`} behind.`;
};

/** Of a card elsewhere, only that it is there: this one may be read by others than that one. */
const cardPlace = ({ channel, guide }: Told): string =>
  guide.correctedCardIn === channel && !isDirect(channel) ? ` in <#${channel}>` : '';

const reRunText = (step: Extract<Step, { kind: 're-run' }>, told: Told): string => {
  switch (step.when) {
    case 'now':
      return `Sync again, now that the ${told.guide.numberEdit === undefined ? 'status' : 'number'} is right.`;
    case 'if-active':
      if (freeNumbers(told.item).length > 0)
        return 'Is the number right after all? Then sync again.';
      return told.item.status === 'not-found'
        ? 'If it is active there, sync again: a fresh attempt often finds it.'
        : 'If it is still active there, sync again.';
    case 'from':
      return `Sync again from ${day(step.day)} on, the next day markets are open.${lateness(told)}`;
    case 'started':
      return `The sync of the corrected number has a card of its own${cardPlace(told)}.`;
    case 'never':
      return `There is nothing to sync again: a policy that is ${bold(told.item.policy.status)} is no longer synced.`;
  }
};

const stepText = (step: Step, told: Told): string => {
  switch (step.kind) {
    case 'number':
      return numberText(step.found, told);
    case 'login':
      return loginText(told);
    case 'look':
      return lookText(step.standing, told);
    case 'status':
      return statusText(step.need, told);
    case 're-run':
      return reRunText(step, told);
  }
};

/** What is known before any step: what we did, so that nobody is asked to do it again. */
const known = ({ item }: Told): string => {
  if (item.status !== 'not-found') return '';
  const seen =
    item.detail.lastSeenAt === undefined
      ? 'It has never been there.'
      : `It ${atAfter('was last there', item.detail.lastSeenAt, '{date_short_pretty}')}.`;
  return `\nWe searched twice through ${bold(item.source.name)}. ${seen}`;
};

const statusButtons = (step: Step | undefined, { item, guide }: Told): ButtonSpec[] => {
  if (step?.kind !== 'status') return [];
  const { policy } = item;
  const choose = {
    action: 'choose-status',
    value: JSON.stringify({ policy: policy.id, sync: item.syncId }),
  };
  const to = guide.namedStatus;
  if (step.need !== 'update' || to === undefined)
    return [{ ...choose, text: step.need === 'updated' ? 'Change status' : 'Update status' }];
  return [
    {
      text: `Update status to ${to}`,
      action: 'set-status',
      value: JSON.stringify({ policy: policy.id, from: policy.status, to }),
      style: 'primary',
      confirm: {
        title: `Update the status to ${to}?`.slice(0, 100),
        text: `${policy.contactName}'s policy goes from ${policy.status} to ${to}. After that it is no longer synced.`,
        yes: 'Update',
      },
    },
    { ...choose, text: 'Other status' },
  ];
};

const buttonsOf = (view: RequestView, steps: readonly Step[], told: Told): ButtonSpec[] => {
  const { item, guide } = told;
  const wanted = (kind: Step['kind']): Step | undefined =>
    steps.find((step) => step.kind === kind && (!step.done || kind === 'status'));
  return [
    ...(wanted('number') ? numberButtons(view, told.item, told.privacy) : []),
    ...(wanted('login')
      ? guide.otherLogins.slice(0, 3).map((login) => ({
          text: `Try ${login.name}`,
          action: `use-source:${login.id}`,
          value: clickValue(view.id, item.syncId, login.id),
        }))
      : []),
    ...statusButtons(wanted('status'), told),
    ...(wanted('re-run') && isSyncable(item.policy.indicator)
      ? [
          {
            text: 'Sync again',
            action: 're-run',
            value: clickValue(view.id, item.syncId),
          },
        ]
      : []),
    ...(view.cases.some(({ syncId }) => syncId === item.syncId)
      ? []
      : [
          {
            text: 'Ask support',
            action: 'ask-support',
            value: clickValue(view.id, item.syncId),
          },
        ]),
  ];
};

/** The checklist beneath a sync that a person resolves; it changes as its steps are done. */
export const guideMessage = (
  view: RequestView,
  item: ItemView,
  { privacy }: MessageSettings,
): DesiredMessage[] => {
  const { guide } = item;
  if (guide === undefined) return [];
  const told: Told = { channel: view.channel, item, guide, privacy };
  const steps = stepsOf(told);
  const next = steps.findIndex(({ done }) => !done);
  const lines = steps.map((step, index) => {
    const mark = step.done
      ? ':white_check_mark:'
      : index === next
        ? ':point_right:'
        : ':white_small_square:';
    return `${mark} ${stepText(step, told)}`;
  });
  const title = [
    next === -1 ? '*Resolved*' : '*How to resolve it*',
    ...(hasManyLines(view) ? [named(item, privacy)] : []),
  ].join(' · ');
  const text = [`${title}${known(told)}`, ...lines].join('\n');
  const asked = guide.correctedCardIn === undefined ? '' : '-asked';
  const edited = Math.max(guide.statusEdit?.at ?? 0, guide.numberEdit?.at ?? 0);
  return [
    {
      key: `guide:${item.syncId}:${item.finishedAt ?? 0}`,
      inThread: true,
      ...spoken([
        section(text),
        ...actions(`guide-${edited}-${view.cases.length}${asked}`, buttonsOf(view, steps, told)),
      ]),
      final: false,
    },
  ];
};
