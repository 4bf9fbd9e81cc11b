import type { Feature } from '#slack/feature.ts';
import * as answers from '#slack/answers.ts';
import { isSharedOutside } from '#slack/origin.ts';
import { digestAnswer } from './slack.ts';

export const digest: Feature = {
  commands: {
    digest: async (desk, { actor, client, channel }) =>
      (await isSharedOutside(desk, client, channel))
        ? answers.notInSharedChannel()
        : digestAnswer(desk, client, actor),
  },
};
