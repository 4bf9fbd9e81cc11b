import { expect, it } from 'vitest';
import { behindPeople, Turns } from '#database/turns.ts';

/** Holds the event loop for longer than a turn may last. */
const hold = (): void => {
  const began = performance.now();
  while (performance.now() - began < 6);
};

/** Statements of somebody, each after a turn. */
const steps = async (turns: Turns, count: number, done: () => void): Promise<void> => {
  for (let nth = 0; nth < count; nth += 1) {
    await turns.mine();
    hold();
    done();
  }
};

it('lets one of all who draw in between two statements of an act', async () => {
  const turns = new Turns();
  let drawn = 0;
  const drawings = Array.from({ length: 8 }, () =>
    behindPeople(() => steps(turns, 12, () => (drawn += 1))),
  );
  const between: number[] = [];
  let before = 0;
  const act = steps(turns, 10, () => {
    between.push(drawn - before);
    before = drawn;
  });
  await act;
  // Whoever began before the act has begun a statement already.
  expect(Math.max(...between.slice(1))).toBeLessThanOrEqual(1);
  await Promise.all(drawings);
  expect(drawn).toBe(8 * 12);
});
