import type { Feature } from '#slack/feature.ts';
import { listenToSources, sourcesAnswer } from './slack.ts';

export const logins: Feature = {
  commands: { sources: (desk, { actor }) => sourcesAnswer(desk, actor) },
  clicks: [['show-sources', (desk, { actor }) => sourcesAnswer(desk, actor)]],
  listen: [listenToSources],
};
