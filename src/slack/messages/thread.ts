import { isEnded } from '#domain/outcome.ts';
import type { ItemView, RequestView } from '#sync/view.ts';
import { bold, section } from '../blocks.ts';
import { card, type DesiredMessage, type MessageSettings } from './card.ts';
import { headline } from './values.ts';
import { sentence, statusName } from './words.ts';

const closing = (view: RequestView, item: ItemView, { privacy }: MessageSettings): string => {
  const { emoji, name } = statusName(item);
  return `<@${view.personSlackId}> ${emoji} *${name}*: ${headline(item, privacy) ?? sentence(item, privacy)}`;
};

/**
 * Everything Slack should show of a request, the card first. A request that ends, wakes by a link
 * and ends again has a closing reply for each end: `finishedAt` is in its key.
 */
export const desiredMessages = (view: RequestView, settings: MessageSettings): DesiredMessage[] => {
  const messages = [card(view, settings)];
  const [item] = view.items;
  if (item === undefined) return messages;
  if (view.linkedAt !== null) {
    const text = `${bold(item.source.name)} is linked. The sync starts by itself.`;
    messages.push({
      key: `linked:${view.linkedAt}`,
      inThread: true,
      text,
      blocks: [section(text)],
      final: false,
    });
  }
  if (isEnded(item.status)) {
    const text = closing(view, item, settings);
    messages.push({
      key: `end:${item.finishedAt ?? 0}:${item.status}`,
      inThread: true,
      text,
      blocks: [section(text)],
      final: true,
    });
  }
  return messages;
};
