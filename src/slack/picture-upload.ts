import type { WebClient } from '@slack/web-api';
import { LRUCache } from 'lru-cache';
import { beforeAsking } from './ack.ts';
import { context, type KnownBlock } from './blocks.ts';
import type { Charts } from './charts.ts';
import { altOf, pictureIn, type Picture } from './picture.ts';

export interface PictureDeps {
  client: WebClient;
  charts: Charts;
  log: (problem: string, error?: unknown) => void;
}

/** A file that was sent once is shown again by its id; Slack keeps it. */
const sent = new WeakMap<WebClient, LRUCache<string, string>>();
const MOST_REMEMBERED = 500;
const SEND_MS = 10_000;

const rememberedBy = (client: WebClient): LRUCache<string, string> => {
  const known = sent.get(client) ?? new LRUCache<string, string>({ max: MOST_REMEMBERED });
  sent.set(client, known);
  return known;
};

/** The first two of Slack's three steps: the id of a file that is not complete yet. */
export const sendBytes = async (
  client: WebClient,
  fileName: string,
  bytes: Buffer,
  /** What a picture shows, in words. */
  alt?: string,
): Promise<string> => {
  const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal({
    filename: fileName,
    length: bytes.length,
    ...(alt === undefined ? {} : { alt_txt: alt }),
  });
  if (url === undefined || id === undefined) throw new Error('Slack named no place for a file');
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
    signal: AbortSignal.timeout(SEND_MS),
  });
  if (!answer.ok) throw new Error(`Slack did not take a file: ${answer.status}`);
  return id;
};

/** With the third step the file belongs to the app, and is in no channel by itself. */
const upload = async ({ client, charts }: PictureDeps, picture: Picture): Promise<string> => {
  // Drawing asks nothing, and an ack does not wait for it either.
  await beforeAsking();
  const png = await charts.draw(picture.spec);
  const id = await sendBytes(client, picture.fileName, png, altOf(picture));
  await client.files.completeUploadExternal({ files: [{ id, title: picture.fileName }] });
  return id;
};

/** The file's id, or undefined when it cannot be drawn or Slack did not take it: that costs the picture alone. */
const fileOf = async (deps: PictureDeps, picture: Picture): Promise<string | undefined> => {
  const { client, log } = deps;
  const remembered = rememberedBy(client);
  const known = remembered.get(picture.id);
  if (known !== undefined) return known;
  try {
    const id = await upload(deps, picture);
    remembered.set(picture.id, id);
    return id;
  } catch (error) {
    log('a picture could not be sent, its text stands instead', error);
    return undefined;
  }
};

/** The same blocks with what each picture shows in words, for where pictures do not work. */
export const withoutPictures = (
  blocks: readonly KnownBlock[],
  pictures: readonly Picture[],
): KnownBlock[] =>
  blocks.map((block) => {
    const picture = pictures.find(({ id }) => id === pictureIn(block));
    return picture === undefined ? block : context(altOf(picture));
  });

/** Sends the pictures that have a place in these blocks, of a message or of a view. */
export const withPictures = async (
  deps: PictureDeps,
  blocks: readonly KnownBlock[],
  pictures: readonly Picture[],
): Promise<KnownBlock[]> => {
  const files = new Map<string, string>();
  for (const picture of pictures) {
    const file = await fileOf(deps, picture);
    if (file !== undefined) files.set(picture.id, file);
  }
  const filled = blocks.map((block): KnownBlock => {
    const file = files.get(pictureIn(block) ?? '');
    return block.type !== 'image' || file === undefined
      ? block
      : { type: 'image', slack_file: { id: file }, alt_text: block.alt_text };
  });
  return withoutPictures(filled, pictures);
};
