import type { Letter } from '#sync/letter.ts';
import { section } from '../blocks.ts';
import type { DesiredMessage } from './card.ts';
import { digestMessages } from './digest.ts';
import { pauseNotice } from './pause-notice.ts';
import { meetingCard } from './meeting-card.ts';
import { meetingWarning } from './meeting-warning.ts';
import { linkLetter } from './link-letter.ts';
import type { Privacy } from './words.ts';

export interface LetterSettings {
  privacy: Privacy;
  canLink: boolean;
  /** "/sync" */
  command: string;
}

/** Every kind of letter as the messages Slack should show: the first is the card, others its thread. */
export const letterMessages = (letter: Letter, settings: LetterSettings): DesiredMessage[] => {
  switch (letter.kind) {
    case 'digest':
      return digestMessages(letter.about, settings);
    case 'breakage':
      return pauseNotice(letter.about);
    case 'notice':
      return [notice(letter.about)];
    case 'meeting-link':
      return [meetingWarning(letter.about, settings)];
    case 'meeting':
      return [meetingCard(letter.about, settings)];
    case 'link-warning':
    case 'link-lost':
      return [linkLetter(letter.kind, letter.about.items, settings.canLink)];
  }
};

const notice = ({ title, text }: { title: string; text: string }): DesiredMessage => ({
  key: 'card',
  inThread: false,
  text: `${title}\n${text}`,
  blocks: [section(`*${title}*\n${text}`)],
  final: true,
});
