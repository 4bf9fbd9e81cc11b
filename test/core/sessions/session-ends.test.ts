import { expect, it } from 'vitest';
import { judgeEnd } from '#core/sessions/end-rules.ts';

const NOW = Date.parse('2026-11-18T16:00:00Z');
const MINUTE = 60_000;
const ago = (minutes: number): number => NOW - minutes * MINUTE;

it.each([
  ['of a session that was never used', null, null, 'usual'],
  ['of one that nobody used for long', ago(12), null, 'usual'],
  ['soon after use', ago(2), null, 'early'],
  ['soon after use, long after another', ago(2), ago(40), 'early'],
  ['soon after use, and again', ago(2), ago(9), 'early-again'],
] as const)('an end %s is %s', (_what, usedAt, endedEarlyAt, kind) => {
  expect(judgeEnd({ usedAt, endsAt: NOW + 10 * MINUTE, endedEarlyAt }, NOW)).toBe(kind);
});

it('an end as the life of a session is over is usual, however soon after use', () => {
  expect(judgeEnd({ usedAt: ago(1), endsAt: NOW, endedEarlyAt: ago(5) }, NOW)).toBe('usual');
});
