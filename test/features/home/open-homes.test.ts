import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { expect, it, vi } from 'vitest';
import { openHomes } from '#features/home/open-homes.ts';
import { freshState } from '#features/home/state.ts';

const NOW = Date.parse('2026-11-18T16:00:00Z');

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
  return {
    published,
    homes: openHomes(
      () => NOW,
      publish,
      () => undefined,
      1,
    ),
  };
};

it('shows what a person asked for in Home once Slack is back', async () => {
  const { published, homes } = homesWhile(3);
  await expect(homes.show('U1', { ...freshState(NOW), page: 2 })).rejects.toThrow('away');
  await expect.poll(() => published).toEqual([2]);
  homes[Symbol.dispose]();
});

it('shows the newest of what was asked for meanwhile, once', async () => {
  const { published, homes } = homesWhile(2);
  for (const page of [2, 3])
    await expect(homes.show('U1', { ...freshState(NOW), page })).rejects.toThrow('away');
  await expect.poll(() => published.at(-1)).toBe(3);
  expect(published).not.toContain(2);
  homes[Symbol.dispose]();
});

it('leaves a Home to the other bot that has shown since what its person asked for', async () => {
  const home = { page: 0, hash: 0 };
  const conflict = new WebAPIPlatformError({ ok: false, error: 'hash_conflict' });
  const tries: string[] = [];
  const bot = (name: string) =>
    openHomes(
      () => NOW,
      (_userId, { page }, over) => {
        tries.push(name);
        if (over !== undefined && over !== String(home.hash)) return Promise.reject(conflict);
        Object.assign(home, { page, hash: home.hash + 1 });
        return Promise.resolve(String(home.hash));
      },
      (error) => {
        throw error;
      },
      1,
    );
  using one = bot('one');
  using other = bot('other');
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
    const unexpected: unknown[] = [];
    using homes = openHomes(Date.now, publish, (error) => unexpected.push(error));
    for (const userId of people) await homes.show(userId, freshState(Date.now()));
    // What changes elsewhere waits for those who have just come.
    homes.changed('U0');
    await vi.advanceTimersByTimeAsync(6 * 60_000);
    expect(taken.map(({ userId }) => userId)).toEqual([...people, 'U0']);
    // Slack is not asked again before the time it named.
    expect(refused).toBeLessThan(50);
    expect(unexpected).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});
