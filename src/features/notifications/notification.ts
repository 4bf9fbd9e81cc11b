import type { LinkWarning } from '#core/logins/standing.ts';

/**
 * What each kind of notification is about: the data that its pure function draws. A notification is what we tell
 * by ourselves (a digest, a warning, a notice), once for each name. Each feature adds its own kinds
 * here, beside its record.
 */
export interface NotificationAbout {
  notice: { title: string; text: string };
}

/** What a notification tells of one login. */
export interface LinkItem {
  sourceId: string;
  name: string;
  carrierName: string;
  why: LinkWarning;
  /** The end it is about: epoch ms or ISO day as text, '' when it has come. */
  until: string;
  /** Why it is unlinked. */
  reason: string | null;
  /** Policies of today that wait for it. */
  waiting: number;
  done: null | 'linked' | 'removed';
}

export type NotificationKind = keyof NotificationAbout;

export interface NewNotification<K extends NotificationKind = NotificationKind> {
  kind: K;
  /** Told once: a second notification of this kind and name is not made. */
  name: string;
  /** Channel or person id of Slack. */
  channel: string;
  about: NotificationAbout[K];
  /** Logins it tells of: by these it is found, and checked off, when one of them is linked. */
  logins?: readonly Pick<LinkItem, 'sourceId' | 'why' | 'until'>[];
}

export type Notification = {
  [K in NotificationKind]: NewNotification<K> & { id: string; createdAt: number; version: number };
}[NotificationKind];
