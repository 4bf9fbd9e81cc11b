import { afterEach, beforeEach, expect, it } from 'vitest';
import { stepsOfRound } from '#app/schedule.ts';
import { keepSessionsAlive } from '#core/sessions/keep-alive.ts';
import { keepState } from '#core/sign-in/store/kept-state.ts';
import type { Database } from '#database/connection.ts';
import { openPostgres, SERVING } from '#database/postgres.ts';
import { Secret } from '#shared/secret.ts';
import { newPostgres } from '#test/support/database.ts';
import { accepts, openLinkFirm } from '#test/support/link-firm.ts';
import { wayToPostgres, type WayToPostgres } from '#test/support/way-to-postgres.ts';

/** A round that finds the database away leaves off: each further step would wait for it as long. */

let stack: AsyncDisposableStack;
let way: WayToPostgres;
let db: Database;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  way = stack.use(await wayToPostgres(await newPostgres()));
  const limits = { ...SERVING, silentMs: 300, connectMs: 300 };
  db = await openPostgres({ url: way.at, connections: 2, limits });
});
afterEach(() => stack.disposeAsync());

it('the sweep asks a silent host by one step, and goes on with all of them once it is back', async () => {
  stack.defer(() => db.destroy());
  const begun: string[] = [];
  const told: string[] = [];
  const steps = ['first', 'second', 'third'].map((name) => ({
    name,
    run: async () => {
      begun.push(name);
      await db.selectFrom('person').select('id').execute();
      if (name === 'second') throw new Error('this row cannot be read');
    },
  }));
  const round = () =>
    stepsOfRound(db, steps, (step, _error, away) => told.push(`${step}: ${away ?? 'went on'}`));
  way.hush();
  await round();
  expect(begun).toEqual(['first']);
  expect(told).toEqual([expect.stringMatching('^first: does not answer: ')]);
  way.mend();
  await round();
  expect(begun).toEqual(['first', 'first', 'second', 'third']);
  expect(told[1]).toBe('second: went on');
});

it('sessions are not kept alive one by one against a database that went away', async () => {
  await using firm = await openLinkFirm({ db, facts: { codes: 'always', keepAliveMinutes: 7 } });
  const logins = ['source', 'second', 'third', 'fourth', 'fifth'];
  await db
    .insertInto('login_source')
    .values(
      logins.slice(1).map((id) => ({ id, carrier_id: firm.facts.id, name: id, holder_id: 'dana' })),
    )
    .execute();
  await db.updateTable('login_lease').set({ fence: 1 }).execute();
  for (const id of logins) {
    const source = { id, name: id, carrierId: firm.facts.id, holderId: 'dana' };
    await keepState(firm.runner, { fence: 1, source }, new Secret('cookies'));
  }
  const { now } = firm.time;
  await db
    .updateTable('login_link')
    .set({ linked: 1, used_at: now, ends_at: now + 3_600_000 })
    .execute();
  firm.time.now += 420_000;
  const opened: string[] = [];
  const round = keepSessionsAlive(
    {
      ...firm.runner,
      portals: {
        carrier: firm.carrier,
        open: ({ id }) => {
          opened.push(id);
          way.cut();
          return Promise.resolve({
            ...accepts(),
            resume: () => Promise.resolve({ kind: 'ended' }),
          });
        },
      },
      holder: 'w',
      wake: () => Promise.resolve(true),
      onError: () => expect.unreachable(),
    },
    new AbortController().signal,
  );
  await expect(round).rejects.toBeInstanceOf(Error);
  expect(opened.length).toBeLessThan(3);
});
