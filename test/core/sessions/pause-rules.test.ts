import { describe, expect, it } from 'vitest';
import { isBroken, nextProbe, USUAL_PAUSE_RULE } from '#core/sessions/pause-rules.ts';

describe('a carrier counts as broken', () => {
  it.each([
    [5, 2, 0, true],
    [5, 5, 4, true],
    [40, 2, 0, true],
    [4, 4, 0, false],
    [5, 1, 0, false],
    [40, 1, 0, false],
    [0, 0, 0, false],
    [40, 40, 40, false],
  ])(
    '%i failures of %i policies, %i of them listings: %s',
    (failures, policies, listings, broken) => {
      expect(isBroken({ failures, policies, listings }, USUAL_PAUSE_RULE)).toBe(broken);
    },
  );
});

it('probes come ever more seldom, and never end', () => {
  const minutes = [0, 1, 2, 3, 4, 5, 100].map((probes) => nextProbe(probes, 0) / 60_000);
  expect(minutes).toEqual([15, 30, 60, 120, 240, 240, 240]);
});
