import { expect, it } from 'vitest';
import { failureWords } from '#core/sign-in/failure-words.ts';
import type { CarrierFacts } from '#portal/portal.ts';

const carrier: CarrierFacts = {
  id: 'northbridge-life',
  name: 'Northbridge Life',
  portalUrl: 'https://northbridge.example',
  unlockSteps: 'Call them.',
  sessionMinutes: 20,
  automaticSignInsPerDay: 4,
  codes: 'never',
  fields: [],
};

it('says of a sign-in that was turned down whether the password had left', () => {
  expect(failureWords('bad-credentials', carrier, true).what).toMatch(/^They were sent once/);
  expect(failureWords('bad-credentials', carrier, false).what).toMatch(/was not sent/);
});
