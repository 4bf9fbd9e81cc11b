import { isEnded } from '#domain/outcome.ts';
import type { ItemView, RequestView } from '#sync/view.ts';
import { bold, cutMarkup, section } from '../blocks.ts';
import {
  card,
  LONGEST_TEXT,
  named,
  outcome,
  type DesiredMessage,
  type MessageSettings,
} from './card.ts';
import { statusName } from './words.ts';

const closing = (view: RequestView, item: ItemView, { privacy }: MessageSettings): string => {
  const status = statusName(item);
  return `<@${view.personSlackId}> ${status.emoji} *${status.name}*: ${named(item, privacy)}. ${outcome(item, privacy)}`;
};

const reply = (text: string): Pick<DesiredMessage, 'inThread' | 'text' | 'blocks'> => ({
  inThread: true,
  text: cutMarkup(text, LONGEST_TEXT),
  blocks: [section(text)],
});

/**
 * Everything Slack should show of a request, the card first. A request that ends, wakes by a link
 * and ends again has a closing reply for each end: `finishedAt` is in its key.
 */
export const desiredMessages = (view: RequestView, settings: MessageSettings): DesiredMessage[] => {
  const messages = [card(view, settings)];
  const [item] = view.items;
  if (item === undefined) return messages;
  if (view.linkedAt !== null) {
    messages.push({
      key: `linked:${view.linkedAt}`,
      ...reply(`${bold(item.source.name)} is linked. The sync starts by itself.`),
      final: false,
    });
  }
  if (isEnded(item.status)) {
    messages.push({
      key: `end:${item.finishedAt ?? 0}:${item.status}`,
      ...reply(closing(view, item, settings)),
      final: true,
    });
  }
  return messages;
};
