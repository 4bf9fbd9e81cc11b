import type { Feature } from '#slack/feature.ts';
import { listenToStatus, statusAnswer } from './slack.ts';

export const myStatus: Feature = {
  commands: { status: (desk, { actor }) => statusAnswer(desk, actor) },
  listen: [listenToStatus],
};
