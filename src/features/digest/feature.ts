import type { Drawings } from '#features/notifications/messages.ts';
import type { Digest } from './digest.ts';
import { digestMessages } from './messages.ts';
import type { Feature } from '#slack/feature.ts';
import * as answers from '#slack/answers.ts';
import { isSharedOutside } from '#slack/origin.ts';
import { digestAnswer } from './slack.ts';

export const digest: Feature = {
  notifications: { digest: digestMessages } satisfies Partial<Drawings>,
  commands: {
    digest: async (deps, { actor, client, channel }) =>
      (await isSharedOutside(deps, client, channel))
        ? answers.notInSharedChannel()
        : digestAnswer(deps, client, actor),
  },
};

declare module '#features/notifications/notification.ts' {
  interface LetterAbout {
    digest: Digest;
  }
}
