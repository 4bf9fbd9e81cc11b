import type { Feature } from '#slack/feature.ts';
import { holdCommand, listenToHold } from './slack.ts';

export const holds: Feature = {
  commands: { hold: (desk, { actor }, { query }) => holdCommand(desk, actor, query) },
  listen: [listenToHold],
};
