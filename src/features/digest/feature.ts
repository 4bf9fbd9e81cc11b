import type { Drawings } from '#features/notifications/messages.ts';
import { postDigest, type Digest } from './digest.ts';
import { digestMessages } from './messages.ts';
import type { Settings } from '#shared/setting.ts';
import type { Feature } from '#slack/feature.ts';
import type { digestSettings } from './settings.ts';
import { DIGEST_CLICKS, digestAnswer } from './slack.ts';
import { linkedAmong } from '#core/logins/store/link.ts';

export const digest = ({ digestChannel, digestAt }: Settings<typeof digestSettings>): Feature => ({
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
      alone: (command) =>
        `is always of the day so far. For one contact or policy, type \`${command} history\` and its name or number.`,
      run: (deps, { actor, client }) => digestAnswer(deps, client, actor),
    },
  },
});

declare module '#features/notifications/notification.ts' {
  interface NotificationAbout {
    digest: Digest;
  }
}
