import type { Feature } from '#slack/feature.ts';
import type { Drawings } from '#features/notifications/messages.ts';
import { linkLetter } from './messages.ts';

export const linkReminders: Feature = {
  notifications: {
    'link-warning': ({ items }, { canLink }) => [linkLetter('link-warning', items, canLink)],
    'link-lost': ({ items }, { canLink }) => [linkLetter('link-lost', items, canLink)],
  } satisfies Partial<Drawings>,
};

declare module '#features/notifications/notification.ts' {
  interface LetterAbout {
    /** Of a day, to a holder of logins. */
    'link-warning': { items: readonly LinkItem[] };
    /** To a holder, once for each time that logins lost their link by themselves. */
    'link-lost': { items: readonly LinkItem[] };
  }
}
