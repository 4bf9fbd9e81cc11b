import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ENTRIES } from '#test/trials/access/entries.ts';
import { changed } from '#test/trials/access/rows.ts';
import {
  EVERYBODY,
  isAllowed,
  openAccessWorld,
  type AccessWorld,
} from '#test/trials/access/world.ts';

/**
 * Every role at every entry, with values that no page of ours would send: what takes place is what
 * the table of access says, and nothing else.
 */
let world: AccessWorld;
beforeAll(async () => {
  world = await openAccessWorld();
});
afterEach(() => world.restore());
afterAll(() => world[Symbol.asyncDispose]());

describe.each(Object.entries(ENTRIES))('%s', (_name, entry) => {
  it.each(
    EVERYBODY.map((person) => {
      const allowed = isAllowed(person, entry);
      return [`${allowed ? 'serves' : 'refuses'} ${person.who}`, person, allowed] as const;
    }),
  )('%s', async (_what, person, allowed) => {
    await entry.first?.(world);
    const was = await world.standing();
    const answer = await world.answered(person.slackId, () => entry.act(world, person));
    const tables = changed(was, await world.standing());
    const isChange = entry.passes === 'changes';
    const passed = entry.passes === 'changes' ? tables.length > 0 : entry.passes.test(answer);
    expect({ passed, changes: allowed && isChange ? [] : tables }).toEqual({
      passed: allowed,
      changes: [],
    });
  });
});
