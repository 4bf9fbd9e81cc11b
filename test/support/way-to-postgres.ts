import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a Postgres that can fail as ways and servers do. */
export interface WayToPostgres extends Disposable {
  /** The address of the database by this way. */
  at: string;
  /** What is open breaks, and nothing new is let through. */
  cut: () => void;
  /** What is open breaks, and the first who asks again is refused, as by a server that starts anew. */
  restart: () => void;
  /** Nothing is passed on and nothing is closed, as when a host is gone. */
  hush: () => void;
  /** What comes from now on is let through. */
  mend: () => void;
  /** The next statement with one of these in it is carried out, and its connection breaks before the answer. */
  loseAnswersOf: (...parts: string[]) => void;
  /** How many answers were lost. */
  lost: () => number;
}

export const wayToPostgres = async (url: string): Promise<WayToPostgres> => {
  const { port, hostname } = new URL(url);
  const open = new Set<Socket>();
  let state: 'open' | 'cut' | 'starting' | 'silent' = 'open';
  let lost = 0;
  const losing = new Set<string>();
  const server = createServer((here) => {
    if (state === 'cut' || state === 'starting') {
      if (state === 'starting') state = 'open';
      return void here.destroy();
    }
    const there = connect(Number(port), hostname);
    let isLost = false;
    for (const end of [here, there]) {
      open.add(end);
      end.on('error', () => undefined);
      end.on('close', () => {
        open.delete(end);
        here.destroy();
        there.destroy();
      });
    }
    here.on('data', (chunk) => {
      if (state === 'silent') return;
      const part = [...losing].find((each) => chunk.includes(each));
      if (part !== undefined) isLost = losing.delete(part);
      there.write(chunk);
    });
    there.on('data', (chunk) => {
      if (state === 'silent') return;
      if (!isLost) return void here.write(chunk);
      lost += here.destroyed ? 0 : 1;
      here.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = new URL(url);
  at.port = String((server.address() as AddressInfo).port);
  const closeAll = (): void => {
    for (const each of open) each.destroy();
  };
  return {
    at: at.href,
    cut: () => {
      state = 'cut';
      closeAll();
    },
    restart: () => {
      state = 'starting';
      closeAll();
    },
    hush: () => {
      state = 'silent';
    },
    mend: () => {
      state = 'open';
    },
    loseAnswersOf: (...parts) => {
      for (const part of parts) losing.add(part);
    },
    lost: () => lost,
    [Symbol.dispose]: () => {
      closeAll();
      server.close();
    },
  };
};
