import type { Drawings } from '#features/notifications/messages.ts';
import { postDigest, type Digest } from './digest.ts';
import { digestMessages } from './messages.ts';
import type { Feature } from '#slack/feature.ts';
import { DIGEST_CLICKS, digestAnswer } from './slack.ts';
import { linkedAmong } from '#core/logins/store/link.ts';

export const digest = ({ digestChannel, digestAt }: DigestTimes): Feature => ({
  daily: (deps) =>
    digestChannel === undefined
      ? []
      : [
          {
            name: 'digest',
            schedule: { zone: deps.zone, at: digestAt, days: 'business' },
            run: (day) => postDigest(deps, digestChannel, day),
          },
        ],
  notifications: {
    digest: async (about, settings, { store }) => {
      const linked = await linkedAmong(
        store.db,
        about.needs.flatMap((need) => (need.kind === 'link' ? [need.sourceId] : [])),
      );
      return digestMessages(about, { ...settings, linked });
    },
  } satisfies Partial<Drawings>,
  clicks: DIGEST_CLICKS,
  commands: {
    digest: {
      help: [['digest', 'the day so far: what synced, what did not, what needs you']],
      run: (deps, { actor, client }) => digestAnswer(deps, client, actor),
    },
  },
});

interface DigestTimes {
  digestChannel: string | undefined;
  /** "07:30", by the firm's clock */
  digestAt: string;
}

declare module '#features/notifications/notification.ts' {
  interface NotificationAbout {
    digest: Digest;
  }
}
