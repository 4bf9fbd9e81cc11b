import type { Drawings } from '#features/notifications/messages.ts';
import type { OperatorSettings } from '#features/notifications/settings.ts';
import type { Feature } from '#slack/feature.ts';
import { unservedNotice } from './messages.ts';
import { tellUnserved } from './unserved.ts';

export const unservedCarriers = ({ operatorsChannel }: OperatorSettings): Feature => ({
  sweep: ({ store, show, log }) => [
    {
      name: 'carriers that no worker serves',
      run: () => tellUnserved({ store, show, log, channel: operatorsChannel }),
    },
  ],
  notifications: { 'unserved-carrier': unservedNotice } satisfies Partial<Drawings>,
});

declare module '#features/notifications/notification.ts' {
  interface NotificationAbout {
    /** A carrier whose syncs wait while no worker that may serve it is there, or that was one. */
    'unserved-carrier': {
      carrier: { id: string; name: string };
      /** The workers that are bound to it. */
      bound: readonly string[];
      toldAt: number;
      servedAt?: number;
    };
  }
}
