import type { Letter } from './notification.ts';
import { section } from '#slack/blocks.ts';
import { digestMessages } from '#features/digest/messages.ts';
import { pauseNotice } from '#features/carrier-pauses/messages.ts';
import { meetingCard } from '#features/meetings/card.ts';
import { meetingWarning } from '#features/meetings/warning.ts';
import { linkLetter } from '#features/link-reminders/messages.ts';
import type { Privacy } from '#core/requests/messages/words.ts';
import type { DesiredMessage } from '#slack/deliver.ts';

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
