import { expect, it } from 'vitest';
import { whereCard } from '#core/requests/answers.ts';

it.each([
  ['here', 'Follow its card here.'],
  ['direct', 'The card is in our direct messages.'],
  ['unknown', 'The card comes here or in our direct messages, as soon as Slack answers me.'],
  [
    { channel: 'CTEAM0001', permalink: 'https://slack.test/p1' },
    '<https://slack.test/p1|Its card> is in <#CTEAM0001>.',
  ],
  // Slack has not taken it yet.
  [{ channel: 'CTEAM0001', permalink: undefined }, 'Its card comes in <#CTEAM0001>.'],
] as const)('says where a card is or comes: %j', (place, says) => {
  expect(whereCard(place)).toBe(says);
});
