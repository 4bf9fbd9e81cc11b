import type { ReactNode } from 'react';
import { withEmoji } from './emoji.ts';

/** Statuses that differ by their colour alone. Slack sends pictures; a machine without coloured emoji draws all of these alike. */
const PAINTED: Record<string, string> = {
  large_green_circle: 'green',
  large_yellow_circle: 'yellow',
  large_orange_circle: 'orange',
  large_blue_circle: 'blue',
  red_circle: 'red',
  white_circle: 'white',
};

interface EmojiProps {
  /** Slack's. */
  name: string;
  /** Stays in the text, to be copied and read out. */
  character: string;
}

export const EmojiPicture = ({ name, character }: EmojiProps): ReactNode => {
  const paint = PAINTED[name];
  return paint === undefined ? character : <span className={`dot ${paint}`}>{character}</span>;
};

const NAMES = new RegExp(`(:(?:${Object.keys(PAINTED).join('|')}):)`);

/** Plain text with its emoji drawn. */
export const EmojiText = ({ text }: { text: string }): ReactNode =>
  text
    .split(NAMES)
    .map((part, index) =>
      index % 2 === 1 ? (
        <EmojiPicture key={index} name={part.slice(1, -1)} character={withEmoji(part)} />
      ) : (
        withEmoji(part)
      ),
    );
