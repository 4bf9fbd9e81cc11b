import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { expect, it, vi } from 'vitest';
import { openHomes } from '#features/home/open-homes.ts';
import { freshState, type HomeState } from '#features/home/state.ts';

const NOW = Date.parse('2026-11-18T16:00:00Z');

const unexpected = (error: unknown): never => {
  throw error;
};

/** What is kept of them by the database, with the pages alone. */
const keeping = () => {
  const kept = new Map<string, number>();
  return {
    kept,
    wishes: {
      keep: async (userId: string, { page }: HomeState) => void kept.set(userId, page),
      end: async (userId: string) => void kept.delete(userId),
    },
  };
};

/** A Slack that is away for the first so many publishings. */
const homesWhile = (away: number) => {
  const published: number[] = [];
  let tries = 0;
  const publish = (_userId: string, { page }: { page: number }): Promise<undefined> => {
    tries += 1;
    if (tries <= away) return Promise.reject(new Error('Slack is away'));
    published.push(page);
    return Promise.resolve(undefined);
  };
  const { kept, wishes } = keeping();
  const clock = () => NOW;
  const homes = openHomes({ clock, publish, wishes, onError: () => undefined, paceMs: 1 });
  return { published, kept, homes };
};

it('shows what a person asked for in Home once Slack is back', async () => {
  const { published, kept, homes } = homesWhile(3);
  await using _homes = homes;
  await expect(homes.show('U1', { ...freshState(NOW), page: 2 })).rejects.toThrow('away');
  await expect.poll(() => published).toEqual([2]);
  await expect.poll(() => kept.size).toBe(0);
});

it('shows the newest of what was asked for meanwhile, once', async () => {
  const { published, homes } = homesWhile(2);
  await using _homes = homes;
  for (const page of [2, 3])
    await expect(homes.show('U1', { ...freshState(NOW), page })).rejects.toThrow('away');
  await expect.poll(() => published.at(-1)).toBe(3);
  expect(published).not.toContain(2);
});

it('keeps what Slack did not take for the next start, the newest of each person', async () => {
  const { kept, homes } = homesWhile(1000);
  for (const page of [2, 3])
    await expect(homes.show('U1', { ...freshState(NOW), page })).rejects.toThrow('away');
  await homes[Symbol.asyncDispose]();
  expect([...kept]).toEqual([['U1', 3]]);
});

it('keeps what waits its turn while Slack limits us', async () => {
  const { kept, wishes } = keeping();
  const publish = () => Promise.reject(new WebAPIRateLimitedError(60));
  const homes = openHomes({ clock: () => NOW, publish, wishes, onError: unexpected });
  for (const userId of ['U1', 'U2']) await homes.show(userId, freshState(NOW));
  await homes[Symbol.asyncDispose]();
  expect([...kept.keys()]).toEqual(['U1', 'U2']);
});

it('keeps nothing that Slack refuses for good, and nothing that changed elsewhere', async () => {
  const { kept, wishes } = keeping();
  let refused: string | undefined = 'invalid_blocks';
  const publish = () =>
    refused === undefined
      ? Promise.resolve('1')
      : Promise.reject(new WebAPIPlatformError({ ok: false, error: refused }));
  const told: unknown[] = [];
  await using homes = openHomes({
    clock: () => NOW,
    publish,
    wishes,
    onError: (error) => told.push(error),
    paceMs: 1,
  });
  await expect(homes.show('U1', freshState(NOW))).rejects.toThrow('invalid_blocks');
  refused = undefined;
  await homes.show('U1', freshState(NOW));
  refused = 'internal_error';
  homes.changed('U1');
  await expect.poll(() => told).not.toEqual([]);
  expect([...kept]).toEqual([]);
});

it('shows what was kept, unless its person has asked for something since', async () => {
  const { published, homes } = homesWhile(0);
  await using _homes = homes;
  await homes.show('U1', { ...freshState(NOW), page: 5 });
  const wish = (userId: string, page: number) => ({
    userId,
    state: { ...freshState(NOW - 1000), page },
  });
  homes.resume([wish('U1', 2), wish('U2', 3)]);
  await expect.poll(() => published).toEqual([5, 3]);
});

it('leaves a Home to the other bot that has shown since what its person asked for', async () => {
  const home = { page: 0, hash: 0 };
  const conflict = new WebAPIPlatformError({ ok: false, error: 'hash_conflict' });
  const tries: string[] = [];
  const bot = (name: string) =>
    openHomes({
      clock: () => NOW,
      publish: (_userId, { page }, over) => {
        tries.push(name);
        if (over !== undefined && over !== String(home.hash)) return Promise.reject(conflict);
        Object.assign(home, { page, hash: home.hash + 1 });
        return Promise.resolve(String(home.hash));
      },
      wishes: keeping().wishes,
      onError: unexpected,
      paceMs: 1,
    });
  await using one = bot('one');
  await using other = bot('other');
  await one.show('U1', { ...freshState(NOW), page: 1 });
  await other.show('U1', { ...freshState(NOW), page: 2 });
  one.changed('U1');
  await expect.poll(() => tries).toEqual(['one', 'other', 'one']);
  expect(home.page).toBe(2);
  expect(one.stateOf('U1')).toBeUndefined();
  other.changed('U1');
  await expect.poll(() => home.hash).toBe(3);
  expect(home.page).toBe(2);
});

it('shows hundreds of Homes that open at once, while Slack takes a hundred a minute', async () => {
  vi.useFakeTimers({ now: NOW });
  try {
    const people = Array.from({ length: 500 }, (_, index) => `U${index}`);
    const taken: { userId: string; at: number }[] = [];
    let refused = 0;
    const publish = (userId: string): Promise<undefined> => {
      const now = Date.now();
      if (taken.filter(({ at }) => at > now - 60_000).length >= 100) {
        refused += 1;
        return Promise.reject(new WebAPIRateLimitedError(10));
      }
      taken.push({ userId, at: now });
      return Promise.resolve(undefined);
    };
    const told: unknown[] = [];
    await using homes = openHomes({
      clock: Date.now,
      publish,
      wishes: keeping().wishes,
      onError: (error) => told.push(error),
    });
    for (const userId of people) await homes.show(userId, freshState(Date.now()));
    // What changes elsewhere waits for those who have just come.
    homes.changed('U0');
    await vi.advanceTimersByTimeAsync(6 * 60_000);
    expect(taken.map(({ userId }) => userId)).toEqual([...people, 'U0']);
    // Slack is not asked again before the time it named.
    expect(refused).toBeLessThan(50);
    expect(told).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});
