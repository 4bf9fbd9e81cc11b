import type { OperatorSettings } from '#features/notifications/settings.ts';
import type { Feature } from '#slack/feature.ts';
import type { Drawings } from '#features/notifications/messages.ts';
import { listingNotice } from './listing-messages.ts';
import { tellListings } from './listings.ts';
import { pauseNotice } from './messages.ts';
import { PAUSE_CLICKS } from './slack.ts';
import { tellOperators } from './pauses.ts';
import type { TroubledListing } from './store/listings.ts';
import type { CarrierPauseFacts } from './store/notices.ts';

export const carrierPauses = ({ operatorsChannel }: OperatorSettings): Feature => ({
  clicks: PAUSE_CLICKS,
  sweep: ({ store, show, log }) => [
    {
      name: 'carrier pauses',
      run: () => tellOperators({ store, show, log, channel: operatorsChannel }),
    },
    {
      name: 'listings in trouble',
      run: () => tellListings({ store, show, log, channel: operatorsChannel }),
    },
  ],
  notifications: {
    'carrier-pause': pauseNotice,
    'listing-trouble': listingNotice,
  } satisfies Partial<Drawings>,
});

declare module '#features/notifications/notification.ts' {
  interface NotificationAbout {
    /** A carrier that is paused, or was. */
    'carrier-pause': Omit<CarrierPauseFacts, 'version'>;
    /** Listings of one carrier that were not understood, or not believed, within a day. */
    'listing-trouble': {
      carrier: { id: string; name: string };
      logins: readonly TroubledListing[];
    };
  }
}
