import { afterEach, expect, it, vi } from 'vitest';
import { runFreeCarrier } from '#cli/lists.ts';
import { timeOf, withFirm } from '#cli/with-firm.ts';
import { beginWorker } from '#core/sessions/store/workers.ts';
import { openPostgres } from '#database/postgres.ts';
import { Secret } from '#shared/secret.ts';
import { newPostgres } from '#test/support/database.ts';

/** A command on a laptop whose clock is wrong writes into the firm that others serve. */

const MINUTE = 60_000;
const quiet = (): void => undefined;

afterEach(() => {
  vi.useRealTimers();
});

it('a command dates what it writes by the server, and not by its own machine', async () => {
  await using stack = new AsyncDisposableStack();
  const url = await newPostgres();
  const config = { databaseFile: '', databaseUrl: new Secret(url) };
  const db = stack.adopt(await openPostgres({ url, connections: 1 }), (opened) => opened.destroy());
  const began = Date.now();
  await db.insertInto('carrier').values({ id: 'c', name: 'C' }).execute();
  await beginWorker({ db, clock: Date.now }, 'w', ['c']);
  vi.useFakeTimers({ toFake: ['Date'], now: began + 10 * MINUTE });

  expect(await runFreeCarrier({ config, print: quiet, say: quiet }, 'c')).toBe(0);
  const { at } = await db.selectFrom('audit').select('at').executeTakeFirstOrThrow();
  expect(at).toBeLessThan(began + 9 * MINUTE);
  const read = await withFirm({ config, say: quiet }, async (store) =>
    store.clock() < began + 9 * MINUTE ? 0 : 1,
  );
  expect(read).toBe(0);
  // A file has no time of its own.
  using here = await timeOf({ databaseFile: 'a.db' }, db);
  expect(here.clock).toBe(Date.now);
});
