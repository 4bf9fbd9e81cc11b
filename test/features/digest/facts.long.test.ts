import { digestFacts } from '#features/digest/store/facts.ts';
import { expect, it } from 'vitest';
import { reportCuts } from '#core/policies/report-rules.ts';
import { manyPolicies, NOW } from '#test/support/many-policies.ts';

it('a firm of 200,000 policies is gone over, whole', async () => {
  await using many = await manyPolicies(200_000);
  const store = { db: many.db, clock: () => NOW };
  const facts = await digestFacts(
    store.db,
    { kind: 'all' },
    reportCuts(NOW),
    NOW - 8 * 24 * 60 * 60_000,
  );
  expect(facts.carriers.reduce((sum, { counts }) => sum + counts.syncable, 0)).toBe(180_000);
}, 300_000);
