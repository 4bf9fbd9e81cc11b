import { digestFacts } from '#features/digest/store/facts.ts';
import { expect, it } from 'vitest';
import { reportCuts } from '#core/policies/report-rules.ts';
import { manyPolicies, NOW } from '#test/support/many-policies.ts';

it('a firm of 200,000 policies is gone over without anybody waiting', async () => {
  await using many = await manyPolicies(200_000);
  const store = { db: many.db, clock: () => NOW };
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  const facts = await digestFacts(
    store.db,
    { kind: 'all' },
    reportCuts(NOW),
    NOW - 8 * 24 * 60 * 60_000,
  );
  clearInterval(timer);
  expect(facts.carriers.reduce((sum, { counts }) => sum + counts.syncable, 0)).toBe(180_000);
  // One statement takes some 10 ms; the machine may be busy with other tests.
  expect(longest).toBeLessThan(250);
});
