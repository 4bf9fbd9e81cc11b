import { createHash } from 'node:crypto';
import type { ImageBlock } from '@slack/types';
import { cut } from './blocks.ts';
import { chartText, type ChartSpec } from './chart.ts';

/** A picture that is drawn only when it is sent. */
export interface Picture {
  /** Of its content: the same picture has the same id, and is sent once. */
  id: string;
  fileName: string;
  /** What it shows, in words. */
  alt: string;
  spec: ChartSpec;
}

export const chartPicture = (spec: ChartSpec): Picture => ({
  id: createHash('sha256').update(JSON.stringify(spec)).digest('base64url').slice(0, 22),
  fileName: 'chart.png',
  alt: chartText(spec),
  spec,
});

/** Slack takes 2,000 here and 1,000 with the upload. */
const LONGEST_ALT = 1000;

const PLACE = 'picture:';

export const altOf = ({ alt }: Picture): string => cut(alt, LONGEST_ALT);

/** Its place among blocks; the file's own id is put in once it is sent. */
export const pictureBlock = (picture: Picture): ImageBlock => ({
  type: 'image',
  slack_file: { id: `${PLACE}${picture.id}` },
  alt_text: altOf(picture),
});

/** The id of the picture whose place this block is. */
export const pictureIn = (block: { type: string }): string | undefined => {
  if (block.type !== 'image' || !('slack_file' in block)) return undefined;
  const { slack_file: file } = block as { slack_file?: { id?: string } };
  return file?.id?.startsWith(PLACE) ? file.id.slice(PLACE.length) : undefined;
};
