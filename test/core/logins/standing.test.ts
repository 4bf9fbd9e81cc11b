import { expect, it } from 'vitest';
import { standingOfSource } from '#core/logins/standing.ts';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

it('a link ends soon in its last hour, unless the worker signs in again by itself', () => {
  const standing = (minutes: number | null, more: { linked?: boolean; automatic?: boolean } = {}) =>
    standingOfSource(
      {
        linked: true,
        automatic: false,
        linkEndsAt: minutes === null ? null : NOW + minutes * MINUTE,
        ...more,
      },
      NOW,
    );
  expect(standing(61)).toBe('linked');
  expect(standing(59)).toBe('ends-soon');
  expect(standing(-5)).toBe('ends-soon');
  expect(standing(5, { automatic: true })).toBe('linked');
  expect(standing(null)).toBe('linked');
  expect(standing(600, { linked: false })).toBe('unlinked');
});
