import type { Letter, LetterAbout, LetterKind } from './notification.ts';
import { section } from '#slack/blocks.ts';
import type { Privacy } from '#core/requests/messages/words.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import type { DrawDeps } from '#slack/project.ts';

export interface LetterSettings {
  privacy: Privacy;
  canLink: boolean;
  /** "/sync" */
  command: string;
}

/** Each kind as the messages Slack should show: the first is the card, others its thread. */
export type Drawings = {
  [K in LetterKind]: (
    about: LetterAbout[K],
    settings: LetterSettings,
    /** For what is read when it is told, and not before. */
    deps: DrawDeps,
  ) => DesiredMessage[] | Promise<DesiredMessage[]>;
};

export const letterMessages = (
  drawings: Drawings,
  { kind, about }: Letter,
  settings: LetterSettings,
  deps: DrawDeps,
): DesiredMessage[] | Promise<DesiredMessage[]> => {
  // Each entry draws its own kind; the type of a table cannot say so.
  const draw = drawings[kind] as (
    about: LetterAbout[LetterKind],
    settings: LetterSettings,
    deps: DrawDeps,
  ) => DesiredMessage[] | Promise<DesiredMessage[]>;
  return draw(about, settings, deps);
};

export const notice = ({ title, text }: { title: string; text: string }): DesiredMessage => ({
  key: 'card',
  inThread: false,
  text: `${title}\n${text}`,
  blocks: [section(`*${title}*\n${text}`)],
  final: true,
});
