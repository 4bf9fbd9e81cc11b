import type { Notification, NotificationAbout, NotificationKind } from './notification.ts';
import { section } from '#slack/blocks.ts';
import type { Privacy } from '#core/requests/messages/words.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import type { DrawDeps } from '#slack/project.ts';
import { spoken } from '#slack/spoken.ts';

export interface NotificationSettings {
  privacy: Privacy;
  canLink: boolean;
  /** "/sync" */
  command: string;
}

/** Each kind as the messages Slack should show: the first is the card, others its thread. */
export type Drawings = {
  [K in NotificationKind]: (
    about: NotificationAbout[K],
    settings: NotificationSettings,
    /** For what is read when it is told, and not before. */
    deps: DrawDeps,
  ) => DesiredMessage[] | Promise<DesiredMessage[]>;
};

export const notificationMessages = (
  drawings: Drawings,
  { kind, about }: Notification,
  settings: NotificationSettings,
  deps: DrawDeps,
): DesiredMessage[] | Promise<DesiredMessage[]> => {
  // Each entry draws its own kind; the type of a table cannot say so.
  const draw = drawings[kind] as (
    about: NotificationAbout[NotificationKind],
    settings: NotificationSettings,
    deps: DrawDeps,
  ) => DesiredMessage[] | Promise<DesiredMessage[]>;
  return draw(about, settings, deps);
};

export const notice = ({ title, text }: { title: string; text: string }): DesiredMessage => ({
  key: 'card',
  inThread: false,
  ...spoken([section(`*${title}*\n${text}`)]),
  final: true,
});
