import { isEnded } from '#shared/outcome.ts';
import type { EndedPause, GuideView, ItemView, RequestView } from '../view.ts';
import { actions, bold, section } from '#slack/blocks.ts';
import { againButtons, card, named, outcome, type MessageSettings } from './card.ts';
import { caseReplies } from './case-replies.ts';
import { contactCard, contactClosing, hasManyLines } from './contact-card.ts';
import { decisionButtons, doubtLines } from './unconfirmed-values.ts';
import { guideMessage } from './guide.ts';
import { happened, sentence, statusName } from './words.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import { spoken } from '#slack/spoken.ts';

/** What a person has corrected since is what there is to say. */
const isCorrected = ({ statusEdit, numberEdit }: GuideView): boolean =>
  statusEdit !== undefined || numberEdit !== undefined;

const policyClosing = (view: RequestView, item: ItemView, { privacy }: MessageSettings): string => {
  const status = statusName(item);
  const said =
    item.guide === undefined || isCorrected(item.guide)
      ? outcome(item, privacy)
      : `${happened(item, privacy)} See the steps above.`;
  return `<@${view.personSlackId}> ${status.emoji} *${status.name}*: ${named(item, privacy)}. ${said}`;
};

const reply = (key: string, text: string, final: boolean): DesiredMessage => ({
  key,
  inThread: true,
  ...spoken([section(text)]),
  final,
});

const linkedReply = (
  view: RequestView,
  { at, name }: { at: number; name: string },
): DesiredMessage =>
  reply(
    `linked:${at}`,
    `${bold(name)} is linked. ${hasManyLines(view) ? 'Its policies start by themselves' : 'The sync starts by itself'}.`,
    false,
  );

/** Told once, since its key names the pause. */
const goesOn = (view: RequestView, { id, carrierName, reason }: EndedPause): DesiredMessage =>
  reply(
    `goes-on:${id}`,
    `${bold(carrierName)} ${
      reason === 'portal-changed' ? 'is fixed: we can read its pages again' : 'has resumed'
    }. ${hasManyLines(view) ? 'Its policies run by themselves' : 'Your sync runs by itself'}.`,
    false,
  );

/** A contact may have many policies: more checklists than this would bury its thread. */
const MOST_GUIDES = 3;

const guides = (view: RequestView, settings: MessageSettings): DesiredMessage[] =>
  view.items.flatMap((item) => guideMessage(view, item, settings)).slice(0, MOST_GUIDES);

/** Among many lines there is no room on the card for what one of them asks. */
const toDecide = (view: RequestView, { privacy }: MessageSettings): DesiredMessage[] =>
  view.items
    .filter(({ held, reason }) => held !== undefined && reason === 'implausible')
    .slice(0, MOST_GUIDES)
    .map((item) => {
      const text = [
        named(item, privacy),
        sentence(item, privacy),
        ...doubtLines(item, privacy),
      ].join('\n');
      const { held } = item;
      return {
        key: `held:${item.syncId}`,
        inThread: true,
        ...spoken([
          section(text),
          ...actions(
            `held-${held?.id ?? ''}-${held?.version ?? 0}-${held?.settled?.how ?? 'open'}`,
            [...decisionButtons(item, privacy), ...againButtons(view, item)],
          ),
        ]),
        final: false,
      };
    });

/**
 * Everything Slack should show of a request, the card first. A request that ends, wakes by a link
 * and ends again has a closing reply for each end: the newest `finishedAt` is in its key.
 */
export const desiredMessages = (view: RequestView, settings: MessageSettings): DesiredMessage[] => {
  const { items, linked } = view;
  const many = hasManyLines(view);
  const messages = [many ? contactCard(view, settings) : card(view, settings)];
  const [item] = items;
  if (item === undefined) return messages;
  if (linked !== null) messages.push(linkedReply(view, linked));
  messages.push(...view.endedPauses.map((pause) => goesOn(view, pause)));
  if (items.every(({ status }) => isEnded(status))) {
    messages.push(...guides(view, settings));
    if (many) messages.push(...toDecide(view, settings));
    const endedAt = Math.max(...items.map(({ finishedAt }) => finishedAt ?? 0));
    messages.push(
      many
        ? reply(`end:${endedAt}`, contactClosing(view, settings), true)
        : reply(`end:${endedAt}:${item.status}`, policyClosing(view, item, settings), true),
    );
  }
  messages.push(...caseReplies(view));
  return messages;
};
