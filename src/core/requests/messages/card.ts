import { releaseButton } from '#core/logins/login-lines.ts';
import { LINKING_OFF } from '#slack/answers.ts';
import { MINUTE } from '#shared/clock.ts';
import { isEnded, offersOf } from '#shared/outcome.ts';
import { isSyncable } from '#shared/status.ts';
import type { ItemView, RequestView } from '../view.ts';
import {
  actions,
  at,
  bold,
  context,
  name,
  section,
  type ButtonSpec,
  type KnownBlock,
} from '#slack/blocks.ts';
import { decisionButtons, doubtLines } from './unconfirmed-values.ts';
import { freeNumbers } from './free-numbers.ts';
import { numberButtons } from './number-buttons.ts';
import { headline, valueLines } from './values.ts';
import { showValuesButton } from './values-answer.ts';
import {
  sentence,
  soughtNumber,
  statusName,
  unknownStatus,
  type Privacy,
  type Sought,
} from './words.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import { spoken } from '#slack/spoken.ts';

export interface MessageSettings {
  privacy: Privacy;
  /** Whether people's browsers can reach the link page. */
  canLink: boolean;
}

/** What a click needs to know; always checked again against the database. */
export const clickValue = (request: string, sync: string, source?: string): string =>
  JSON.stringify({ request, sync, ...(source === undefined ? {} : { source }) });

/** Which policy a message is about. */
export const named = (item: Sought, privacy: Privacy): string =>
  `${bold(item.policy.contactName)} · ${name(item.policy.carrierName)} ${bold(soughtNumber(item, privacy))}`;

/** The state first, and the number on a line that a phone does not break in its middle. */
const title = (item: ItemView, privacy: Privacy): string => {
  const { policy } = item;
  const status = statusName(item);
  return [
    `${status.emoji} *${status.name}* · ${bold(policy.contactName)}`,
    `${name(policy.carrierName)} ${bold(soughtNumber(item, privacy))} · ${name(policy.productName)}`,
  ].join('\n');
};

const linkButton = (view: RequestView, item: ItemView, canLink: boolean): ButtonSpec[] =>
  canLink && item.source.mayLink
    ? [
        {
          text: `Link ${item.source.name}`,
          action: 'link',
          value: clickValue(view.id, item.syncId, item.source.id),
          style: 'primary',
        },
      ]
    : [];

/** Asked for since it was corrected, it has a newer card; closed since, none to come. */
const mayRunAgain = ({ policy, guide, status }: ItemView): boolean =>
  guide?.correctedCardIn === undefined &&
  ((guide === undefined && status !== 'cancelled') || isSyncable(policy.indicator));

/** Of what has ended, and what helps where another attempt may not. */
export const againButtons = (view: RequestView, item: ItemView): ButtonSpec[] => {
  const settled = item.held?.settled?.how;
  if (!isEnded(item.status) || settled === 'overtaken' || settled === 'accepted') return [];
  const offers = new Set<string>(offersOf(item.reason));
  const value = clickValue(view.id, item.syncId);
  return [
    // The same number would be refused again.
    ...(offers.has('re-run') && mayRunAgain(item) && freeNumbers(item).length === 0
      ? [{ text: 'Sync again', action: 're-run', value }]
      : []),
    ...(offers.has('ask-support') ? [{ text: 'Ask support', action: 'ask-support', value }] : []),
  ];
};

const buttonsOf = (
  view: RequestView,
  item: ItemView,
  { canLink, privacy }: MessageSettings,
): ButtonSpec[] => {
  const offers = new Set<string>(offersOf(item.reason));
  const value = clickValue(view.id, item.syncId);
  const wantsLink = offers.has('link') || offers.has('unlock-then-link');
  // A login that must be linked first is offered where no other could answer.
  const wanted =
    offers.has('other-source') && item.otherLinked.length === 0
      ? (item.detail.otherSources ?? [])
      : item.otherLinked;
  const others =
    wantsLink || offers.has('other-source')
      ? wanted.slice(0, 3).map((source) => ({
          text: `Use ${source.name}`,
          action: `use-source:${source.id}`,
          value: clickValue(view.id, item.syncId, source.id),
        }))
      : [];
  const waitsAgain = item.status === 'queued' && !offers.has('cancel');
  return [
    ...(wantsLink ? linkButton(view, item, canLink) : []),
    ...(offers.has('enter-code') && item.codeFor !== undefined
      ? [
          {
            text: item.codeStep === 'choose-way' ? 'Choose how to get the code' : 'Enter code',
            action: 'enter-code',
            value: JSON.stringify({ signIn: item.codeFor }),
            style: 'primary' as const,
          },
        ]
      : []),
    ...(offers.has('fix-number') ? numberButtons(view, item, privacy) : []),
    ...others,
    ...(offers.has('confirm-values') ? decisionButtons(item, privacy) : []),
    ...(unknownStatus(item).length > 0
      ? [
          {
            text: 'Say what it means',
            action: 'teach-status',
            value: JSON.stringify({ sync: item.syncId }),
          },
        ]
      : []),
    ...againButtons(view, item),
    ...(offers.has('run-when-done') && item.status === 'queued'
      ? [{ text: "Run now, I'm done", action: 'run-now', value }]
      : []),
    ...(offers.has('release') ? [releaseButton(item.source)] : []),
    ...showValuesButton(view, privacy),
    ...(offers.has('cancel') || waitsAgain ? [{ text: 'Cancel', action: 'cancel', value }] : []),
  ];
};

const cannotLink = (item: ItemView, { canLink }: MessageSettings): string[] =>
  !canLink && offersOf(item.reason).some((offer) => offer.includes('link')) ? [LINKING_OFF] : [];

/** When it ended, where that is another minute than when it was asked for. */
const endedLater = ({ createdAt }: RequestView, { finishedAt }: ItemView): string[] =>
  finishedAt === null || finishedAt - createdAt < MINUTE ? [] : [`ended ${at(finishedAt)}`];

/** The one card of a request for one policy: always its newest state. */
export const card = (view: RequestView, settings: MessageSettings): DesiredMessage => {
  const blocks: KnownBlock[] = view.items.flatMap((item, index) => [
    section(title(item, settings.privacy)),
    section(
      [
        sentence(item, settings.privacy),
        ...unknownStatus(item),
        ...valueLines(item, settings.privacy),
        ...doubtLines(item, settings.privacy),
      ].join('\n'),
    ),
    ...actions(`do-${index}-${view.version}`, buttonsOf(view, item, settings)),
    context(
      [
        `Through ${name(item.source.name)}`,
        // By name: a mention here would call the person to a card that has nothing to say yet.
        `asked by ${name(view.personName)}`,
        at(view.createdAt),
        ...endedLater(view, item),
      ].join(' · '),
      ...cannotLink(item, settings),
    ),
  ]);
  if (view.channelNote !== null) blocks.push(context(view.channelNote));
  return {
    key: 'card',
    inThread: false,
    ...spoken(blocks),
    final: view.items.every(({ status }) => isEnded(status)),
  };
};

/**
 * What happened in one or two sentences: the change alone when it is all there is to say. A status that
 * somebody must look at is part of it.
 */
export const outcome = (item: ItemView, privacy: Privacy): string =>
  [happenedThere(item, privacy), ...unknownStatus(item)].join(' ');

const happenedThere = (item: ItemView, privacy: Privacy): string => {
  const change = headline(item, privacy);
  if (change === undefined) return sentence(item, privacy);
  return item.reason === 'changed' ? `${change}.` : `${sentence(item, privacy)} ${change}.`;
};
