import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a Postgres that can fail as ways and servers do. */
export interface WayToPostgres extends Disposable {
  /** The address of the database by this way. */
  at: string;
  /** What is open breaks, and nothing new is let through. */
  cut: () => void;
  /** Nothing is passed on and nothing is closed, as when a host is gone. */
  hush: () => void;
  /** What comes from now on is let through. */
  mend: () => void;
  /** The next statement with this in it is carried out, and the connection breaks before its answer. */
  loseAnswerOf: (part: string) => void;
}

export const wayToPostgres = async (url: string): Promise<WayToPostgres> => {
  const { port, hostname } = new URL(url);
  const open = new Set<Socket>();
  let state: 'open' | 'cut' | 'silent' = 'open';
  let lost: string | undefined;
  const server = createServer((here) => {
    if (state === 'cut') return void here.destroy();
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
      if (lost !== undefined && chunk.includes(lost)) {
        lost = undefined;
        isLost = true;
      }
      there.write(chunk);
    });
    there.on('data', (chunk) => {
      if (state === 'silent') return;
      if (isLost) here.destroy();
      else here.write(chunk);
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
    hush: () => {
      state = 'silent';
    },
    mend: () => {
      state = 'open';
    },
    loseAnswerOf: (part) => {
      lost = part;
    },
    [Symbol.dispose]: () => {
      closeAll();
      server.close();
    },
  };
};
