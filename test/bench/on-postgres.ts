import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { moveTo } from '#database/move.ts';
import { openPostgres, SERVING, type Limits } from '#database/postgres.ts';
import { startPostgres } from '#test/support/postgres.ts';
import { ON_POSTGRES, type Where } from '#test/support/where.ts';
import { measureBacklogs } from './backlogs.ts';
import { measureBusy } from './busy.ts';
import { measureCalls } from './calls.ts';
import { atMost, type Figure } from './figure.ts';
import type { Size } from './firm-rows.ts';
import { largeFirm, type LargeFirm } from './large-firm.ts';
import { offboard } from './leaving.ts';
import type { Measure } from './measure.ts';

/** Planned as for those who serve; what is tidied or deleted between two figures takes its time. */
const MEASURED: Limits = { ...SERVING, statementMs: 600_000, silentMs: 600_000, idleMs: 600_000 };

type Say = (line: string) => void;
type Told = (figure: Figure) => void;

/** A server as Postgres comes, and databases on it that end with whoever asked for them. */
interface Server extends AsyncDisposable {
  /** With nothing in it, or all that this one has. */
  newDatabase: (copied?: string) => Promise<AsyncDisposable & { url: string; name: string }>;
}

const startServer = async (): Promise<Server> => {
  const server = await startPostgres(undefined, 'lasting');
  const order = async (statement: string): Promise<void> => {
    const client = new Client(`${server.url}postgres`);
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  return {
    newDatabase: async (copied = 'template0') => {
      const name = `bench_${randomUUID().replaceAll('-', '')}`;
      await order(`create database ${name} template ${copied} strategy file_copy`);
      return {
        name,
        url: server.url + name,
        [Symbol.asyncDispose]: () => order(`drop database ${name} with (force)`),
      };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};

/** The large firm, carried over once, as `move-to` does it, and copied for each part. */
const carryOver = async (server: Server, size: Size, say: Say) => {
  await using made = await largeFirm(size);
  const { policies, logins, days, now, file } = made;
  await made.db.destroy();
  await using stack = new AsyncDisposableStack();
  const there = stack.use(await server.newDatabase());
  const db = await openPostgres({ url: there.url, connections: 2 });
  const began = performance.now();
  let rows = 0;
  await moveTo(file, db, 'Postgres', (moved) => (rows += moved.rows));
  await db.destroy();
  // Whoever serves it first has its rows counted.
  await (await openPostgres({ url: there.url, connections: 1 })).destroy();
  say(`${rows} rows carried over in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  const owned = stack.move();
  return {
    copy: async (): Promise<LargeFirm> => {
      await using inner = new AsyncDisposableStack();
      const { url } = inner.use(await server.newDatabase(there.name));
      const statements: number[] = [];
      const copied = inner.adopt(
        await openPostgres({ url, limits: MEASURED }, (_text, ms) => void statements.push(ms)),
        (opened) => opened.destroy(),
      );
      const all = inner.move();
      return {
        db: copied,
        file,
        url,
        policies,
        logins,
        days,
        now,
        statements,
        [Symbol.asyncDispose]: () => all.disposeAsync(),
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

const REPEATS = 5;

/** The middle of several runs: what whoever asks waits for, as the server's processor is another's. */
const measureCost = async (firm: LargeFirm, { run, longest, once }: Measure): Promise<number> => {
  const times: number[] = [];
  await once?.(firm);
  for (let nth = 0; nth < (once ? 1 : REPEATS); nth += 1) {
    firm.statements.length = 0;
    const began = performance.now();
    await run(firm, nth);
    const all = performance.now() - began;
    times.push(longest === true ? Math.max(0, ...firm.statements) : all);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
};

interface PostgresParts extends AsyncDisposable {
  /** Those that a server, or several processes, change; each by its name. */
  parts: Record<string, () => Promise<void>>;
  /** Measured by their name alone. */
  alone: Record<string, () => Promise<void>>;
}

/** Two bots and three workers, each a process, on a server that starts at the first part that needs it. */
export const openPostgresParts = (
  { size, costs }: { size: Size; costs: readonly Measure[] },
  told: Told,
  say: Say,
): PostgresParts => {
  const stack = new AsyncDisposableStack();
  const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
    let made: Promise<T> | undefined;
    return () => (made ??= make());
  };
  const server = once(async () => stack.use(await startServer()));
  const firms = once(async () => stack.use(await carryOver(await server(), size, say)));
  const withFirm = (measure: (firm: LargeFirm) => Promise<void>) => async (): Promise<void> => {
    await using firm = await (await firms()).copy();
    await measure(firm);
  };
  return {
    parts: {
      costs: withFirm(async (firm) => {
        for (const each of costs)
          told(atMost(each.name, await measureCost(firm, each), 'ms', each.target));
      }),
      busy: withFirm((firm) => measureBusy(firm, told)),
      backlogs: withFirm((firm) => measureBacklogs(firm, told)),
      calls: async () => {
        const { newDatabase } = await server();
        const where: Where = { ...ON_POSTGRES, newDatabase: () => newDatabase() };
        await measureCalls(told, where);
      },
    },
    alone: {
      leaving: withFirm(async (firm) => {
        await firm.db.destroy();
        await offboard({ DATABASE_URL: firm.url ?? '' }, 'Postgres', told, say);
      }),
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
};
