import { describe, expect, it } from 'vitest';
import { offersOf, REASONS, retryOf, statusOf, type Reason } from '#shared/outcome.ts';
import { planRetry } from '#core/sessions/retry.ts';

const NOW = Date.parse('2026-11-18T16:00:00Z');
const MINUTE = 60_000;
const ALL = Object.keys(REASONS) as Reason[];

/** How long each try waits, until one ends it; the tries beyond ten are not asked. */
const waits = (reason: Reason): (number | string)[] => {
  const found: (number | string)[] = [];
  for (let tries = 0; tries < 10; tries += 1) {
    const plan = planRetry(reason, tries, NOW);
    if (plan.kind === 'end') return [...found, 'end'];
    found.push((plan.notBefore - NOW) / MINUTE);
  }
  return found;
};

const restOf = (reason: Reason): string => {
  const plan = planRetry(reason, 0, NOW);
  return plan.kind === 'wait' ? plan.whole : 'nothing';
};

describe('failure', () => {
  it('at the carrier is tried again after 1, 5 and 15 minutes, then it has failed', () => {
    expect(waits('carrier-down')).toEqual([1, 5, 15, 'end']);
    expect(restOf('carrier-down')).toBe('sync');
  });

  it('with a person in the portal rests the whole login 12 minutes, four times', () => {
    expect(waits('session-conflict')).toEqual([12, 12, 12, 12, 'end']);
    expect(restOf('session-conflict')).toBe('source');
  });

  it('of being blocked rests the whole carrier for hours, and never fails the sync', () => {
    expect(waits('blocked')).toEqual(Array.from({ length: 10 }, () => 240));
    expect(restOf('blocked')).toBe('carrier');
  });

  it.each(
    ALL.filter((reason) => !['carrier-down', 'session-conflict', 'blocked'].includes(reason)),
  )('of the reason %s is not tried again', (reason) => {
    expect(waits(reason)).toEqual(['end']);
  });
});

it('nothing that needs a link, or a person at the carrier, ever submits a credential again', () => {
  const needsPerson = ALL.filter((reason) => statusOf(reason) === 'needs-link');
  expect([...needsPerson, 'action-needed' as const].map(retryOf)).toEqual(
    Array.from({ length: needsPerson.length + 1 }, () => undefined),
  );
});

it('every failure and every sync that waits for a person offers something to do', () => {
  const dumb = ALL.filter((reason) => offersOf(reason).length === 0);
  expect(dumb.sort()).toEqual(
    [
      'signing-in',
      'reading',
      'searching-again',
      'changed',
      'unchanged',
      // Told to operators; the person can only wait or cancel.
      'blocked',
    ].sort(),
  );
});
