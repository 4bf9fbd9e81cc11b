import { hearMessage } from './hearing.ts';
import { asText, type Json } from './json.ts';
import { contentOf, isRefusal, post, refusal, remove, type Refusal } from './posting.ts';
import { BOT } from './seed.ts';
import { channelOf, messageOf, nextTs, type Message } from './state.ts';
import { messagesChanged, type ResponseUrl, type World } from './world.ts';

const LIFE_MS = 30 * 60_000;
const MOST_USES = 5;

/** Answers a post to a response_url: 30 minutes, five uses. */
export const useResponseUrl = (world: World, key: string, body: Json): Refusal | undefined => {
  const response = world.responses.get(key);
  if (response === undefined) return refusal('invalid_url');
  if (world.now() - response.at > LIFE_MS) return refusal('expired_url');
  if (response.uses >= MOST_USES) return refusal('used_url');
  response.uses += 1;
  const outcome = respond(world, response, body);
  return isRefusal(outcome) ? outcome : undefined;
};

/** Does what an acknowledgement or a response_url asks: show, replace or delete a message. */
export const respond = (
  world: World,
  { person, channel: id, on }: Pick<ResponseUrl, 'person' | 'channel' | 'on'>,
  body: Json,
): Message | Refusal | Record<string, never> => {
  const channel = channelOf(world.state, id);
  if (channel === undefined) return refusal('channel_not_found');
  const original = on === undefined ? undefined : messageOf(world.state, id, on.ts);
  if (isTrue(body['delete_original'])) {
    if (original !== undefined) remove(world, original);
    return {};
  }
  const content = contentOf(body);
  if (isRefusal(content)) return content;
  if (isTrue(body['replace_original']) && original !== undefined) {
    Object.assign(original, content);
    hearMessage(world, content.text, content.blocks);
    if (original.onlyFor === undefined) original.editedTs = nextTs(world.state, world.now());
    messagesChanged(world, id, original.threadTs);
    return original;
  }
  const threadTs = asText(body['thread_ts']);
  return post(world, channel, {
    user: BOT.user,
    ...content,
    ...(body['response_type'] === 'in_channel' ? {} : { onlyFor: person }),
    ...(threadTs === '' ? {} : { threadTs }),
  });
};

const isTrue = (value: unknown): boolean => value === true || value === 'true';
