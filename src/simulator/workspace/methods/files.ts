import { mentionsOfFiles } from '../files.ts';
import { asObject, asObjects, asText, type Json } from '../json.ts';
import { isRefusal, post, refusal, type Refusal } from '../posting.ts';
import { BOT } from '../seed.ts';
import { fileOf, messageOf, newId } from '../state.ts';
import type { World } from '../world.ts';
import { postingRefusal, target } from './chat.ts';

const MOST_ALT = 1000;
const MOST_BYTES = 50_000_000;

/** The first of Slack's three steps: an address to send the bytes to. */
export const getUploadURLExternal = (world: World, args: Json): Json | Refusal => {
  const length = Number(args['length']);
  if (!Number.isInteger(length) || length < 1) return refusal('missing_argument');
  if (length > MOST_BYTES) return refusal('file_upload_size_restricted');
  if (asText(args['alt_txt']).length > MOST_ALT) return refusal('alt_txt_too_large');
  const file = {
    id: newId('F'),
    key: newId('upload'),
    name: asText(args['filename']),
    title: '',
    alt: asText(args['alt_txt']),
    length,
    complete: false,
  };
  world.state.files[file.id] = file;
  return { file_id: file.id, upload_url: `${world.url}/upload/v1/${file.key}` };
};

/** What a form carries as JSON text. */
const listOf = (value: unknown): Json[] => {
  if (typeof value !== 'string') return asObjects(value);
  try {
    return asObjects(JSON.parse(value));
  } catch {
    return [];
  }
};

/** The last step: the files are private to the app, or shown in one channel with a comment. */
export const completeUploadExternal = (world: World, args: Json): Json | Refusal => {
  const asked = listOf(args['files']);
  const files = asked.map(({ id }) => fileOf(world.state, asText(id)));
  if (asked.length === 0) return refusal('invalid_arguments');
  if (files.some((file) => file?.content === undefined || file.complete))
    return refusal('file_not_found');
  const channelId = asText(args['channel_id']);
  const channel = channelId === '' ? undefined : target(world, channelId);
  if (channel !== undefined && isRefusal(channel)) return channel;
  const thread = asText(args['thread_ts']);
  const refused = channel && postingRefusal(channel, thread !== '');
  if (refused !== undefined) return refused;
  if (channel !== undefined && thread !== '') {
    const root = messageOf(world.state, channel.id, thread);
    if (root === undefined) return refusal('invalid_arguments', ['[ERROR] invalid thread_ts']);
  }
  const done = files.flatMap((file, index) => {
    if (file === undefined) return [];
    file.complete = true;
    file.title = asText(asked[index]?.['title']) || file.name;
    return [file];
  });
  if (channel !== undefined)
    post(world, channel, {
      user: BOT.user,
      text: asText(args['initial_comment']),
      blocks: [],
      files: done.map(({ id }) => id),
      ...(thread === '' ? {} : { threadTs: thread }),
    });
  return { files: done.map(({ id, title }) => ({ id, title })) };
};

/** An image may only name a file of this workspace that has arrived as a whole. */
export const fileRefusal = (world: World, args: Json): Refusal | undefined => {
  const wrong = mentionsOfFiles([args['blocks'], asObject(args['view'])?.['blocks']]).filter(
    (id) => fileOf(world.state, id)?.complete !== true,
  );
  return wrong.length === 0
    ? undefined
    : refusal(
        args['view'] === undefined ? 'invalid_blocks' : 'invalid_arguments',
        wrong.map((id) => `[ERROR] invalid slack file: ${id}`),
      );
};
