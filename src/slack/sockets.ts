import type { SocketModeReceiver } from '@slack/bolt';
import type { Clock } from '#shared/clock.ts';

/** What the socket client (3.1.0) does inside, which its types keep to themselves. */
interface Inside {
  clientPingTimeoutMS: number;
  numOfConsecutiveReconnectionFailures: number;
  websocket?: { isActive: () => boolean } | undefined;
  delayReconnectAttempt: (connect: () => Promise<unknown>) => Promise<unknown>;
  send: (envelopeId: string, body?: object) => Promise<void>;
  removeAllListeners: (event: string) => unknown;
  onWebSocketMessage: (data: unknown, isBinary: boolean) => Promise<void>;
  on: (event: string, listener: (...args: never[]) => unknown) => unknown;
}

/** An ack that has not gone out by then is too late for Slack as well. */
const ACK_MS = 2500;
/** After a connection ended, the next one is wanted at once... */
const SOON_MS = 50;
/** ...but not again and again: Slack counts new connections. */
const SOON_AGAIN_MS = 30_000;

const read = (data: unknown): { type?: string; envelope_id?: string } => {
  try {
    return typeof data === 'string' ? (JSON.parse(data) as object) : {};
  } catch {
    return {};
  }
};

export const isUp = (client: object): boolean =>
  (client as Partial<Inside>).websocket?.isActive() === true;

/**
 * No ack is lost with its connection. One that Slack takes back stays until what came by it is
 * acknowledged; one that broke hands its acks to another, since an ack names its envelope. And the
 * next connection is made at once instead of after the pong's time.
 */
export const keepAcks = (
  receivers: readonly SocketModeReceiver[],
  clock: Clock,
): {
  /**
   * Resolves at a moment when all that came is acknowledged, or when it would be too late for the first:
   * nothing is acknowledged by a connection that closes.
   */
  sent: () => Promise<void>;
} => {
  const clients = receivers.map(({ client }) => client as unknown as Inside);
  let unsent = 0;
  let isSent: (() => void) | undefined;
  for (const client of clients) {
    const pending = new Set<string>();
    let settled: (() => void) | undefined;
    const settle = (id: string): void => {
      if (!pending.delete(id)) return;
      unsent -= 1;
      if (pending.size === 0) settled?.();
      if (unsent === 0) isSent?.();
    };

    const hear = client.onWebSocketMessage.bind(client);
    client.removeAllListeners('ws_message');
    client.on('ws_message', async (data: unknown, isBinary: boolean) => {
      const { type, envelope_id: id } = read(data);
      if (id !== undefined && !pending.has(id)) {
        pending.add(id);
        unsent += 1;
        setTimeout(() => settle(id), ACK_MS).unref();
      }
      if (type === 'disconnect' && pending.size > 0)
        await new Promise<void>((resolve) => {
          settled = resolve;
        });
      await hear(data, isBinary);
    });

    const send = client.send.bind(client);
    client.send = async (id, body) => {
      try {
        const other = isUp(client) ? undefined : clients.find(isUp);
        await (other === undefined ? send(id, body) : other.send(id, body));
      } finally {
        settle(id);
      }
    };

    let soonAt = -Infinity;
    const delay = client.delayReconnectAttempt.bind(client);
    client.delayReconnectAttempt = (connect) => {
      const usual = client.clientPingTimeoutMS;
      const isFirst = client.numOfConsecutiveReconnectionFailures === 0;
      if (isFirst && clock() - soonAt >= SOON_AGAIN_MS) {
        soonAt = clock();
        client.clientPingTimeoutMS = SOON_MS;
      }
      // It is rejected with nothing when the bot stops meanwhile, and nobody else hears that.
      const again = delay(() =>
        connect.call(client).catch((error: unknown) => {
          if (error !== undefined) throw error;
        }),
      );
      client.clientPingTimeoutMS = usual;
      return again;
    };
  }
  return {
    sent: () =>
      new Promise((resolve) => {
        if (unsent === 0) resolve();
        isSent = resolve;
        setTimeout(resolve, ACK_MS).unref();
      }),
  };
};
