import { afterAll, beforeAll, expect, it } from 'vitest';
import { stepsOfTidy } from '#app/tidy.ts';
import { fillRuns } from '#core/sessions/day-queue.ts';
import { openDatabase, type Database } from '#database/connection.ts';
import type { Store } from '#database/store.ts';
import { largeFirm, type LargeFirm } from '#test/bench/large-firm.ts';
import { keptOf } from '#test/bench/steps.ts';
import { isWalkOfHome, isWalkOfStep, walksIn } from '#test/support/plans.ts';
import { sweepOf, tasksOf } from '#test/support/rounds.ts';

const SIZE = { policies: 600, logins: 36, days: 2, requests: 60 };
/** A night of the second day forgets most of the first. */
const LATER_MS = 100_000;

let firm: LargeFirm;
let db: Database;
const run: string[] = [];
beforeAll(async () => {
  firm = await largeFirm(SIZE);
  db = await openDatabase(firm.file, (text) => void run.push(text));
});
afterAll(async () => {
  await db.destroy();
  await firm[Symbol.asyncDispose]();
});

const store = (): Store => ({ db, clock: () => firm.now });

type Steps = readonly { name: string; run: (day: string) => Promise<unknown> }[];

/** Each walk with the step that it is of. */
const walksOf = async (steps: Steps): Promise<string[]> => {
  const walks: string[] = [];
  for (const step of steps) {
    const found = await walksIn(db, run, isWalkOfStep)(() => step.run('2026-11-18'));
    walks.push(...found.map((walk) => `${step.name}: ${walk}`));
  }
  return walks;
};

it('no step of the sweep walks over what grows, or over all that waits', async () => {
  expect(await walksOf(sweepOf(store()))).toEqual([]);
});

it('no step of the night walks over what grows', async () => {
  const steps = stepsOfTidy(store(), firm.now + LATER_MS, keptOf(SIZE.days));
  expect(await walksOf(steps)).toEqual([]);
});

it('no other task of the day walks over what grows', async () => {
  const tasks = tasksOf(store(), keptOf(SIZE.days));
  const others = tasks.filter(({ name }) => name !== 'tidy' && name !== 'day');
  expect(await walksOf(others)).toEqual([]);
});

it('the day of a login asks what is open of it, and not that of each policy at home there', async () => {
  const walks = walksIn(db, run, isWalkOfHome);
  expect(await walks(() => fillRuns(store(), ['source-00001'], '2026-11-18'))).toEqual([]);
});
