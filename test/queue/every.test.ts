import { expect, it } from 'vitest';
import { every, runSteps } from '#queue/every.ts';

const NEVER = 2 ** 31 - 1;

it('a round does not begin while another is under way, and one that is asked for follows it', async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let begun = 0;
  let atOnce = 0;
  let most = 0;
  await using loop = every(
    NEVER,
    async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      begun += 1;
      await gates[begun - 1]?.promise;
      atOnce -= 1;
    },
    () => undefined,
  );
  const first = loop.now();
  const second = loop.now();
  await expect.poll(() => begun).toBe(1);
  gates[0]?.resolve();
  await first;
  gates[1]?.resolve();
  await second;
  expect(begun).toBe(2);
  expect(most).toBe(1);
});

it('a round that fails is told, and the next one runs', async () => {
  const told: unknown[] = [];
  let rounds = 0;
  await using loop = every(
    1,
    async () => {
      rounds += 1;
      throw new Error(`round ${rounds}`);
    },
    (error) => told.push(error),
  );
  await expect.poll(() => rounds).toBeGreaterThan(1);
  expect(String(told[0])).toBe('Error: round 1');
  await loop.now();
});

it('its end aborts the round under way and waits for it', async () => {
  let ended = false;
  const told: unknown[] = [];
  const begun = Promise.withResolvers<void>();
  const loop = every(
    NEVER,
    (signal) =>
      new Promise((resolve) => {
        begun.resolve();
        signal.addEventListener('abort', () => {
          ended = true;
          resolve();
        });
      }),
    (error) => told.push(error),
  );
  void loop.now();
  await begun.promise;
  await loop[Symbol.asyncDispose]();
  expect(ended).toBe(true);
  expect(told).toEqual([]);
});

it('a step that fails is told by its name and does not stop the next', async () => {
  const told: string[] = [];
  const done: string[] = [];
  await runSteps(
    [
      {
        name: 'first',
        run: () => {
          throw new Error('broken at once');
        },
      },
      { name: 'second', run: () => Promise.reject(new Error('broken later')) },
      { name: 'third', run: async () => void done.push('third') },
    ],
    (step, error) => told.push(`${step}: ${String(error)}`),
  );
  expect(told).toEqual(['first: Error: broken at once', 'second: Error: broken later']);
  expect(done).toEqual(['third']);
});

it('steps end between two of them when the loop is stopped', async () => {
  const stop = new AbortController();
  const done: string[] = [];
  await runSteps(
    [
      {
        name: 'first',
        run: async () => {
          done.push('first');
          stop.abort();
        },
      },
      { name: 'second', run: async () => void done.push('second') },
    ],
    () => undefined,
    stop.signal,
  );
  expect(done).toEqual(['first']);
});
