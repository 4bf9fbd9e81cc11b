import { SocketModeReceiver } from '@slack/bolt';
import type { Database } from '#database/connection.ts';

interface Inside {
  send: (...args: unknown[]) => Promise<unknown>;
  onWebSocketMessage: (data: unknown, isBinary: boolean) => Promise<void>;
}

/**
 * Ends this process at the nth step after it was first sent something: before and after each statement,
 * each call to Slack and each ack. The database that it gives counts its statements.
 */
export const endAt = (nth: number, db: Database): Database => {
  let [isArmed, steps] = [false, 0];
  const step = (): void => {
    if (!isArmed) return;
    steps += 1;
    // Nothing of this process runs after it.
    if (steps === nth) process.kill(process.pid, 'SIGKILL');
  };
  const between = async <Done>(work: () => Promise<Done>): Promise<Done> => {
    step();
    const done = await work();
    step();
    return done;
  };
  const { client } = new SocketModeReceiver({ appToken: 'xapp-none' });
  const inside = Object.getPrototypeOf(client) as Inside;
  const { send, onWebSocketMessage: hear } = inside;
  inside.send = function sendCounted(...args) {
    return between(() => send.apply(this, args));
  };
  inside.onWebSocketMessage = function hearArmed(data, isBinary) {
    if (String(data).includes('"envelope_id"')) isArmed = true;
    return hear.call(this, data, isBinary);
  };
  const { fetch } = globalThis;
  globalThis.fetch = (...args) => between(() => fetch(...args));
  return db.withPlugin({
    transformQuery: ({ node }) => {
      step();
      return node;
    },
    transformResult: ({ result }) => {
      step();
      return Promise.resolve(result);
    },
  });
};
