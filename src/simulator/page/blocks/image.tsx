import type { ImageBlock } from '@slack/types';
import type { ReactNode } from 'react';
import { withEmoji } from '../emoji.ts';

/** Drawn here since the library puts a button without a name above each picture. */
export const ImageView = ({ block }: { block: ImageBlock }): ReactNode => (
  <figure className="picture">
    {block.title && <figcaption className="quiet">{withEmoji(block.title.text)}</figcaption>}
    <img src={'image_url' in block ? block.image_url : undefined} alt={block.alt_text} />
  </figure>
);
