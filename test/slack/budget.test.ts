import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { producerConnection } from '#queue/connection.ts';
import { createSlackLimits } from '#queue/slack-limits.ts';
import { createBudget, SLACK_BUDGET, type Budget } from '#slack/budget.ts';
import { startTestRedis, type TestRedis } from '#test/support/redis-server.ts';

const MINUTE = 60_000;
const SECOND = 1000;

let redis: TestRedis;
let stack: AsyncDisposableStack;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis[Symbol.asyncDispose]());
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(async () => {
  const operator = producerConnection(redis.url);
  await once(operator, 'ready');
  await operator.flushall();
  operator.disconnect();
  await stack.disposeAsync();
});

/** Bots of one workspace, and the clock that they share. */
const botsAt = async (count: number, start = 1_000_000) => {
  let now = start;
  const clock = (): number => now;
  const each = await Promise.all(
    Array.from({ length: count }, async () => {
      const connection = producerConnection(redis.url);
      await once(connection, 'ready');
      return createBudget(clock, SLACK_BUDGET, stack.use(createSlackLimits(connection, clock)));
    }),
  );
  return { each, now: clock, pass: (ms: number) => void (now += ms) };
};

const atTime = async (start?: number) => {
  const { each, ...time } = await botsAt(1, start);
  const [budget] = each;
  if (budget === undefined) throw new Error('there is no bot');
  return { budget, ...time };
};
type AtTime = Awaited<ReturnType<typeof atTime>>;

/** Asks as often as it is told to for so long; when each update was allowed. */
const updatesOf = async (
  { budget, now, pass }: AtTime,
  lastsMs: number,
  stepMs: number,
  ask: (budget: Budget, step: number) => Promise<number>,
): Promise<number[]> => {
  const made: number[] = [];
  for (let step = 0; step * stepMs < lastsMs; step += 1) {
    if ((await ask(budget, step)) === 0) made.push(now());
    pass(stepMs);
  }
  return made;
};

/** The most of these times that lie in one minute, wherever it begins. */
const mostInAMinute = (times: readonly number[]): number =>
  Math.max(
    ...times.map((begin) => times.filter((at) => at >= begin && at < begin + MINUTE).length),
  );

/** Each asks when it is told to, as a queue lets it, until all were let through or the time is over. */
const letThrough = async <T>(
  { now, pass }: Pick<AtTime, 'now' | 'pass'>,
  all: readonly T[],
  lastsMs: number,
  ask: (one: T) => Promise<number>,
): Promise<{ one: T; at: number }[]> => {
  const ends = now() + lastsMs;
  const begin = now();
  let waiting = all.map((one) => ({ one, due: now() }));
  const done: { one: T; at: number }[] = [];
  while (waiting.length > 0 && now() <= ends) {
    const left: typeof waiting = [];
    for (const { one, due } of waiting) {
      const wait = due > now() ? due - now() : await ask(one);
      if (wait === 0) done.push({ one, at: now() - begin });
      else left.push({ one, due: now() + wait });
    }
    waiting = left;
    pass(100);
  }
  return done;
};

describe('updates of messages', () => {
  it.each([
    ['of one card, asked all the time', 100, 1, 0],
    ['of 30 cards', 100, 30, 0],
    ['of 500 cards', 50, 500, 0],
    ['of 100 cards, every third ending', 70, 100, 1 / 3],
  ])('%s are never more than 45 in any minute', async (_, stepMs, cards, ending) => {
    const made = await updatesOf(await atTime(), 6 * MINUTE, stepMs, (budget, step) =>
      budget.forUpdate(
        `C1:${step % cards}`,
        ending > 0 && step % Math.round(1 / ending) === 0 ? 'final' : 'moving',
        cards,
      ),
    );
    expect(mostInAMinute(made)).toBeLessThanOrEqual(45);
    expect(made.length).toBeGreaterThan(60);
  });

  it('of a card that moves come at most every three seconds', async () => {
    const made = await updatesOf(await atTime(), MINUTE, 100, (budget) =>
      budget.forUpdate('C1:1', 'moving', 1),
    );
    expect(made.slice(1).every((at, index) => at - (made[index] ?? 0) >= 3000)).toBe(true);
    expect(made.length).toBe(20);
  });

  it('come less often when many run', async () => {
    const made = await updatesOf(await atTime(), 10 * MINUTE, 500, (budget) =>
      budget.forUpdate('C1:1', 'moving', 72),
    );
    expect(made.length).toBe(5);
  });

  it('say how long to wait, and waiting so long is enough', async () => {
    const time = await atTime();
    expect(await time.budget.forUpdate('C1:1', 'moving', 1)).toBe(0);
    time.pass(1000);
    const wait = await time.budget.forUpdate('C1:1', 'moving', 1);
    expect(wait).toBe(2000);
    time.pass(wait);
    expect(await time.budget.forUpdate('C1:1', 'moving', 1)).toBe(0);
  });

  it('of a card that has ended do not wait for the three seconds', async () => {
    const { budget } = await atTime();
    expect(await budget.forUpdate('C1:1', 'moving', 400)).toBe(0);
    expect(await budget.forUpdate('C1:1', 'final', 400)).toBe(0);
  });

  it('leave room for cards that end, however many move', async () => {
    const { budget } = await atTime();
    for (let card = 0; card < 200; card += 1) await budget.forUpdate(`C1:${card}`, 'moving', 1);
    expect(await budget.forUpdate('C1:201', 'moving', 1)).toBeGreaterThan(0);
    expect(await budget.forUpdate('C1:1', 'final', 1)).toBe(0);
  });

  it('of cards that have ended come in the order in which they asked first', async () => {
    const time = await atTime();
    const cards = Array.from({ length: 200 }, (_, index) => index);
    let asked = 0;
    const done = await letThrough(time, cards, 6 * MINUTE, (card) => {
      asked += 1;
      return time.budget.forUpdate(`C1:${card}`, 'final', 1);
    });
    expect(done.map(({ one }) => one)).toEqual(cards);
    expect(asked).toBeLessThan(5 * cards.length);
    expect(mostInAMinute(done.map(({ at }) => at))).toBe(SLACK_BUDGET.updatesPerMinute);
  });

  it('of cards that move leave room to those that have ended and wait', async () => {
    const { budget, pass } = await atTime();
    for (let card = 0; card < 60; card += 1) await budget.forUpdate(`C1:${card}`, 'final', 1);
    pass(MINUTE);
    let moved = 0;
    for (let card = 100; card < 200; card += 1)
      if ((await budget.forUpdate(`C1:${card}`, 'moving', 1)) === 0) moved += 1;
    expect(moved).toBe(30);
    for (let card = 45; card < 60; card += 1)
      expect(await budget.forUpdate(`C1:${card}`, 'final', 1)).toBe(0);
  });

  it('are not held for an hour when the clock is set back by one', async () => {
    const { budget, pass } = await atTime(10 * 60 * MINUTE);
    await budget.forUpdate('C1:1', 'moving', 1);
    pass(-60 * MINUTE);
    expect(await budget.forUpdate('C1:1', 'moving', 1)).toBeLessThanOrEqual(3000);
  });
});

describe('posts', () => {
  it('go three at once into a channel, then one a second', async () => {
    const { budget, pass } = await atTime();
    const waits: number[] = [];
    for (const name of ['a', 'b', 'c', 'd']) waits.push(await budget.forPost('C1', name));
    expect(waits).toEqual([0, 0, 0, SECOND]);
    pass(SECOND);
    expect(await budget.forPost('C1', 'd')).toBe(0);
  });

  it('into one channel do not hold those into another', async () => {
    const { budget } = await atTime();
    for (let count = 0; count < 9; count += 1) await budget.forPost('C1', `${count}`);
    expect(await budget.forPost('C2', 'other')).toBe(0);
  });

  it('come in the order in which they asked first, though more come all the time', async () => {
    const { budget, pass } = await atTime();
    const done: string[] = [];
    let waiting: string[] = [];
    for (let second = 0; second < 60; second += 1) {
      // Twice as many as the channel takes, and those who came last ask first.
      waiting = [`${second} b`, `${second} a`, ...waiting];
      const left: string[] = [];
      for (const name of waiting)
        if ((await budget.forPost('C1', name)) === 0) done.push(name);
        else left.push(name);
      waiting = left;
      pass(SECOND);
    }
    expect(done.length).toBeGreaterThanOrEqual(60);
    const came = done.map((name) => Number(name.split(' ')[0]));
    expect(came).toEqual(came.toSorted((one, other) => one - other));
  });

  it('say how long to wait, and waiting so long is enough', async () => {
    const time = await atTime();
    const names = Array.from({ length: 20 }, (_, index) => `post ${index}`);
    const asked = new Map<string, number>();
    const done = await letThrough(time, names, MINUTE, (name) => {
      asked.set(name, (asked.get(name) ?? 0) + 1);
      return time.budget.forPost('C1', name);
    });
    expect(done.map(({ one }) => one)).toEqual(names);
    expect(done.at(-1)?.at).toBe(17 * SECOND);
    expect(Math.max(...asked.values())).toBe(2);
  });

  it('are not held by one that is no longer wanted', async () => {
    const { budget, pass } = await atTime();
    for (let count = 0; count < 12; count += 1) await budget.forPost('C1', `${count}`);
    // Nine of these never come back.
    await budget.forPost('C1', 'wanted');
    pass(30 * SECOND);
    expect(await budget.forPost('C1', 'wanted')).toBe(0);
  });

  it('are not held for an hour when the clock is set back by one', async () => {
    const time = await atTime(10 * 60 * MINUTE);
    for (let count = 0; count < 12; count += 1) await time.budget.forPost('C1', `${count}`);
    time.pass(-60 * MINUTE);
    const [only] = await letThrough(time, ['wanted'], MINUTE, (name) =>
      time.budget.forPost('C1', name),
    );
    expect(only?.one).toBe('wanted');
  });
});

describe('when Slack says to wait', () => {
  it.each(['posts', 'updates'] as const)('with %s, the others go on', async (what) => {
    const { budget, pass } = await atTime();
    await budget.rest(what, 30_000);
    const ask = {
      posts: () => budget.forPost('C1', 'post'),
      updates: () => budget.forUpdate('C1:1', 'final', 1),
    };
    expect(await ask[what]()).toBe(30_000);
    expect(await ask[what === 'posts' ? 'updates' : 'posts']()).toBe(0);
    expect(await budget.state()).toMatchObject({ restMs: 30_000 });
    pass(30_000);
    expect(await ask[what]()).toBe(0);
  });

  it('a shorter wait does not end a longer one', async () => {
    const { budget } = await atTime();
    await budget.rest('posts', 30_000);
    await budget.rest('posts', 1000);
    expect(await budget.forPost('C1', 'post')).toBe(30_000);
  });

  it('for minutes, it is asked again each minute until then', async () => {
    const { budget, pass } = await atTime();
    await budget.rest('updates', 150_000);
    const waits: number[] = [];
    for (let nth = 0; nth < 4; nth += 1) {
      waits.push(await budget.forUpdate('C1:1', 'final', 1));
      pass(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([60_000, 60_000, 30_000, 0]);
  });
});

describe('several bots of one workspace', () => {
  it.each([1, 2, 3])(
    '%i together update no more, and no less, than one alone may',
    async (count) => {
      const { each, pass } = await botsAt(count);
      let made = 0;
      for (let second = 0; second < 60; second += 1) {
        for (const [nth, budget] of each.entries())
          for (let card = 0; card < 5; card += 1)
            if ((await budget.forUpdate(`C1:${nth}.${card}.${second}`, 'final', 1)) === 0)
              made += 1;
        pass(999);
      }
      expect(made).toBe(SLACK_BUDGET.updatesPerMinute);
    },
  );

  it.each(['both post', 'one stands still'])(
    'post to a channel as often as one alone may, where %s',
    async (which) => {
      const time = await botsAt(2);
      const [one, other] = time.each;
      const names = Array.from({ length: 33 }, (_, index) => index);
      const done = await letThrough(time, names, MINUTE, (nth) => {
        const bot = which === 'both post' && nth % 2 === 1 ? other : one;
        return bot?.forPost('C1', `${nth}`) ?? Promise.reject(new Error('there is no bot'));
      });
      expect(done.map(({ one: nth }) => nth)).toEqual(names);
      expect(done.at(-1)?.at).toBe(30 * SECOND);
    },
  );

  it('leave a card that moves its seconds, whichever of them showed it last', async () => {
    const { each, pass } = await botsAt(2);
    const [one, other] = each;
    expect(await one?.forUpdate('C1:1', 'moving', 1)).toBe(0);
    pass(SECOND);
    expect(await other?.forUpdate('C1:1', 'moving', 1)).toBe(2 * SECOND);
  });

  it('all leave Slack alone when it said so to one', async () => {
    const { each } = await botsAt(2);
    await each[0]?.rest('posts', 30 * SECOND);
    expect(await each[1]?.forPost('C1', 'post')).toBe(30 * SECOND);
    expect(await each[1]?.state()).toMatchObject({ restMs: 30 * SECOND });
  });
});

it('without Redis nothing is sent, and it is asked again soon', async () => {
  const { budget } = await atTime();
  const gone = createSlackLimits(producerConnection('redis://127.0.0.1:1'), () => 1_000_000);
  const lost = createBudget(() => 1_000_000, SLACK_BUDGET, stack.use(gone));
  expect(await budget.forPost('C1', 'post')).toBe(0);
  expect(await lost.forPost('C1', 'post')).toBe(SLACK_BUDGET.retryMs);
  expect(await lost.forUpdate('C1:1', 'final', 1)).toBe(SLACK_BUDGET.retryMs);
  expect(await lost.state()).toEqual({ updatesLeft: undefined, restMs: undefined, refused: 0 });
});
