import type { Meetings } from '#core/requests/contact-slack.ts';
import type { Feature } from '#slack/feature.ts';
import { plainWords } from './plain-words.ts';
import { listenToShortcuts, policiesPicked } from './slack.ts';

export const messagePolicies = (meetings: Meetings): Feature => ({
  plainWords: plainWords(meetings),
  submissions: [policiesPicked],
  listen: [listenToShortcuts],
});
