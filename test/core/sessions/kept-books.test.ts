import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Book } from '#core/sessions/book.ts';
import { createKeptBooks } from '#core/sessions/kept-books.ts';

const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const book = (): Book => ({ entries: new Map(), ended: 'gave-way', readAt: 0 });

it('a book that its login does not come back for goes by itself', () => {
  const kept = createKeptBooks();
  kept.put('ana', book());
  vi.advanceTimersByTime(15 * MINUTE);
  expect(kept.take('ana')).toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
});

it('a book is taken once, and one that is put down anew lives its own time', () => {
  const kept = createKeptBooks();
  const [first, second] = [book(), book()];
  kept.put('ana', first);
  expect(kept.take('ana')).toBe(first);
  expect(kept.take('ana')).toBeUndefined();
  kept.put('ana', first);
  vi.advanceTimersByTime(10 * MINUTE);
  kept.put('ana', second);
  vi.advanceTimersByTime(10 * MINUTE);
  expect(kept.take('ana')).toBe(second);
});
