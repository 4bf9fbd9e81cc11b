import type { Feature } from '#slack/feature.ts';
import type { Drawings } from '#features/notifications/messages.ts';
import { pauseNotice } from './messages.ts';
import { PAUSE_CLICKS } from './slack.ts';
import type { CarrierPauseFacts } from './store/notices.ts';

export const carrierPauses: Feature = {
  clicks: PAUSE_CLICKS,
  notifications: { breakage: pauseNotice } satisfies Partial<Drawings>,
};

declare module '#features/notifications/notification.ts' {
  interface LetterAbout {
    /** A carrier that is paused, or was. */
    breakage: Omit<CarrierPauseFacts, 'version'>;
  }
}
