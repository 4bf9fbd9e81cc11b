import type { Letter, LetterAbout, LetterKind } from './notification.ts';
import { section } from '#slack/blocks.ts';
import type { Privacy } from '#core/requests/messages/words.ts';
import type { DesiredMessage } from '#slack/deliver.ts';

export interface LetterSettings {
  privacy: Privacy;
  canLink: boolean;
  /** "/sync" */
  command: string;
}

/** Each kind as the messages Slack should show: the first is the card, others its thread. */
export type Drawings = {
  [K in LetterKind]: (about: LetterAbout[K], settings: LetterSettings) => DesiredMessage[];
};

export const letterMessages = (
  drawings: Drawings,
  { kind, about }: Letter,
  settings: LetterSettings,
): DesiredMessage[] => {
  // Each entry draws its own kind; the type of a table cannot say so.
  const draw = drawings[kind] as (
    about: LetterAbout[LetterKind],
    settings: LetterSettings,
  ) => DesiredMessage[];
  return draw(about, settings);
};

export const notice = ({ title, text }: { title: string; text: string }): DesiredMessage => ({
  key: 'card',
  inThread: false,
  text: `${title}\n${text}`,
  blocks: [section(`*${title}*\n${text}`)],
  final: true,
});
