import { describe, expect, it } from 'vitest';
import { createBudget, SLACK_BUDGET, type Budget } from '#slack/budget.ts';

const MINUTE = 60_000;

const atTime = (start = 1_000_000) => {
  let now = start;
  const budget = createBudget(() => now, SLACK_BUDGET);
  return {
    budget,
    now: () => now,
    pass: (ms: number) => {
      now += ms;
    },
  };
};

/** Asks as often as it is told to for so long; when each update was allowed. */
const updatesOf = (
  { budget, now, pass }: ReturnType<typeof atTime>,
  lastsMs: number,
  stepMs: number,
  ask: (budget: Budget, step: number) => number,
): number[] => {
  const made: number[] = [];
  for (let step = 0; step * stepMs < lastsMs; step += 1) {
    if (ask(budget, step) === 0) made.push(now());
    pass(stepMs);
  }
  return made;
};

/** The most of these times that lie in one minute, wherever it begins. */
const mostInAMinute = (times: readonly number[]): number =>
  Math.max(
    ...times.map((begin) => times.filter((at) => at >= begin && at < begin + MINUTE).length),
  );

describe('updates of messages', () => {
  it.each([
    ['of one card, asked all the time', 100, 1, 0],
    ['of 30 cards', 100, 30, 0],
    ['of 500 cards', 50, 500, 0],
    ['of 500 cards that all end', 50, 500, 1],
    ['of 100 cards, every third ending', 70, 100, 1 / 3],
  ])('%s are never more than 45 in any minute', (_, stepMs, cards, ending) => {
    const made = updatesOf(atTime(), 6 * MINUTE, stepMs, (budget, step) =>
      budget.forUpdate(
        `C1:${step % cards}`,
        ending > 0 && step % Math.round(1 / ending) === 0 ? 'final' : 'moving',
        cards,
      ),
    );
    expect(mostInAMinute(made)).toBeLessThanOrEqual(45);
    expect(made.length).toBeGreaterThan(60);
  });

  it('of a card that moves come at most every three seconds', () => {
    const made = updatesOf(atTime(), MINUTE, 100, (budget) =>
      budget.forUpdate('C1:1', 'moving', 1),
    );
    expect(made.slice(1).every((at, index) => at - (made[index] ?? 0) >= 3000)).toBe(true);
    expect(made.length).toBe(20);
  });

  it('come less often when many run', () => {
    const made = updatesOf(atTime(), 10 * MINUTE, 500, (budget) =>
      budget.forUpdate('C1:1', 'moving', 72),
    );
    expect(made.length).toBe(5);
  });

  it('say how long to wait, and waiting so long is enough', () => {
    const time = atTime();
    expect(time.budget.forUpdate('C1:1', 'moving', 1)).toBe(0);
    time.pass(1000);
    const wait = time.budget.forUpdate('C1:1', 'moving', 1);
    expect(wait).toBe(2000);
    time.pass(wait);
    expect(time.budget.forUpdate('C1:1', 'moving', 1)).toBe(0);
  });

  it('of a card that has ended do not wait for the three seconds', () => {
    const { budget } = atTime();
    expect(budget.forUpdate('C1:1', 'moving', 400)).toBe(0);
    expect(budget.forUpdate('C1:1', 'final', 400)).toBe(0);
  });

  it('leave room for cards that end, however many move', () => {
    const { budget } = atTime();
    for (let card = 0; card < 200; card += 1) budget.forUpdate(`C1:${card}`, 'moving', 1);
    expect(budget.forUpdate('C1:201', 'moving', 1)).toBeGreaterThan(0);
    expect(budget.forUpdate('C1:1', 'final', 1)).toBe(0);
  });

  it('are not held for an hour when the clock is set back by one', () => {
    const { budget, pass } = atTime(10 * 60 * MINUTE);
    budget.forUpdate('C1:1', 'moving', 1);
    pass(-60 * MINUTE);
    expect(budget.forUpdate('C1:1', 'moving', 1)).toBeLessThanOrEqual(3000);
  });
});

describe('posts', () => {
  it('go three at once into a channel, then one a second', () => {
    const time = atTime();
    const posted = Array.from({ length: 4 }, () => time.budget.forPost('C1'));
    expect(posted).toEqual([0, 0, 0, 1000]);
    time.pass(1000);
    expect(time.budget.forPost('C1')).toBe(0);
  });

  it('into one channel do not hold those into another', () => {
    const { budget } = atTime();
    for (let count = 0; count < 9; count += 1) budget.forPost('C1');
    expect(budget.forPost('C2')).toBe(0);
  });
});

describe('when Slack says to wait', () => {
  it('nothing is sent until then, not even what has ended', () => {
    const { budget, pass } = atTime();
    budget.rest(30_000);
    expect(budget.forPost('C1')).toBe(30_000);
    expect(budget.forUpdate('C1:1', 'final', 1)).toBe(30_000);
    pass(30_000);
    expect(budget.forPost('C1')).toBe(0);
    expect(budget.forUpdate('C1:1', 'final', 1)).toBe(0);
  });

  it('a shorter wait does not end a longer one', () => {
    const { budget } = atTime();
    budget.rest(30_000);
    budget.rest(1000);
    expect(budget.forPost('C1')).toBe(30_000);
  });
});

describe('several bots of one workspace', () => {
  const bots = (count: number) => {
    let now = 1_000_000;
    const each = Array.from({ length: count }, () =>
      createBudget(
        () => now,
        SLACK_BUDGET,
        () => count,
      ),
    );
    return { each, pass: (ms: number) => void (now += ms) };
  };

  it.each([1, 2, 3])('%i together update no more than one alone may', (count) => {
    const { each, pass } = bots(count);
    let made = 0;
    for (let second = 0; second < 60; second += 1) {
      for (const [nth, budget] of each.entries())
        for (let card = 0; card < 5; card += 1)
          if (budget.forUpdate(`C1:${nth}.${card}.${second}`, 'final', 1) === 0) made += 1;
      pass(999);
    }
    expect(made).toBeLessThanOrEqual(SLACK_BUDGET.updatesPerMinute);
    expect(made).toBeGreaterThan(SLACK_BUDGET.updatesPerMinute - count);
  });

  it('post to a channel no more often than one alone may', () => {
    const { each, pass } = bots(2);
    let made = 0;
    for (let second = 0; second < 30; second += 1) {
      for (const budget of each) if (budget.forPost('C1') === 0) made += 1;
      pass(1000);
    }
    expect(made).toBeLessThanOrEqual(30 + SLACK_BUDGET.postBurst);
    expect(made).toBeGreaterThanOrEqual(29);
  });
});
