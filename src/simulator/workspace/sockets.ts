import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { asObject, parseObject, type Json } from './json.ts';
import type { Faults } from './protocol.ts';
import { BOT } from './seed.ts';
import type { Ack, EnvelopeKind } from './world.ts';

/** Slack allows an app ten connections, and sends an envelope to any one of them. */
const MOST_CONNECTIONS = 10;
const ACK_MS = 3000;
const PING_MS = 10_000;
/** What a connection gets to say goodbye in. */
const CLOSING_MS = 200;

interface Envelope {
  envelope_id: string;
  type: EnvelopeKind;
  accepts_response_payload: boolean;
  payload: Json;
  retry_attempt?: number;
  retry_reason?: string;
}

export interface Sockets {
  /** `ws://…`, good for one connection. */
  newUrl: () => string;
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  deliver: (kind: EnvelopeKind, payload: Json, retry?: { attempt: number }) => Promise<Ack>;
  count: () => number;
  /** As Slack does every few hours: tells the app to come back on a new connection. */
  refresh: (reason: 'warning' | 'refresh_requested', howMany?: number) => void;
  setFaults: (faults: Faults) => void;
  /** Breaks every connection without a word. */
  drop: () => void;
  close: () => void;
}

/** The server side of Socket Mode. `onCount` hears each change of the number of connections. */
export const openSockets = (address: () => string, onCount: () => void): Sockets => {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const open = new Set<WebSocket>();
  const waiting = new Map<string, (ack: Ack) => void>();
  let faults: Faults = {};
  let held: Envelope[] = [];
  let turn = 0;

  const greet = (socket: WebSocket): void => {
    const say = (message: Json): void => socket.send(JSON.stringify(message));
    if (open.size >= MOST_CONNECTIONS) {
      say({ type: 'disconnect', reason: 'too_many_websockets' });
      socket.close();
      return;
    }
    open.add(socket);
    const ping = setInterval(() => socket.ping(), PING_MS);
    ping.unref();
    socket.on('message', (data: Buffer) => receive(data.toString()));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearInterval(ping);
      open.delete(socket);
      onCount();
    });
    say({
      type: 'hello',
      num_connections: open.size,
      debug_info: { host: 'local', approximate_connection_time: 18_060 },
      connection_info: { app_id: BOT.app },
    });
    onCount();
  };

  const receive = (text: string): void => {
    const message = parseObject(text);
    const id = message?.['envelope_id'];
    if (typeof id !== 'string') return;
    waiting.get(id)?.({ kind: 'acked', payload: asObject(message?.['payload']) ?? {} });
  };

  const sendNow = (envelope: Envelope): void => {
    const sockets = [...open];
    for (let copy = 0; copy < (faults.repeatEnvelopes ?? 1); copy += 1) {
      turn += 1;
      sockets[turn % sockets.length]?.send(JSON.stringify(envelope));
    }
  };

  const release = (): void => {
    const envelopes = held.toReversed();
    held = [];
    for (const envelope of envelopes) sendNow(envelope);
  };

  return {
    newUrl: () => {
      const ticket = randomBytes(18).toString('base64url');
      tickets.add(ticket);
      return `${address().replace('http', 'ws')}/link/?ticket=${ticket}&app_id=${BOT.app}`;
    },
    upgrade: (request, socket, head) => {
      const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket');
      if (ticket === null || !tickets.delete(ticket)) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, greet);
    },
    deliver: async (kind, payload, retry) => {
      if (open.size === 0) return { kind: 'unreachable' };
      const id = randomUUID();
      const envelope: Envelope = {
        envelope_id: id,
        type: kind,
        accepts_response_payload: kind !== 'events_api',
        payload,
        ...(kind === 'events_api' ? { retry_attempt: retry?.attempt ?? 0, retry_reason: '' } : {}),
        ...(retry === undefined ? {} : { retry_reason: 'timeout' }),
      };
      const { promise, resolve } = Promise.withResolvers<Ack>();
      waiting.set(id, resolve);
      const timer = setTimeout(() => resolve({ kind: 'timeout' }), ACK_MS);
      timer.unref();
      if (faults.reorderEnvelopes === undefined) sendNow(envelope);
      else if (held.push(envelope) >= faults.reorderEnvelopes) release();
      const ack = await promise;
      clearTimeout(timer);
      waiting.delete(id);
      return ack;
    },
    count: () => open.size,
    refresh: (reason, howMany = open.size) => {
      for (const socket of [...open].slice(0, howMany))
        socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'local' } }));
    },
    setFaults: (next) => {
      faults = next;
      if (next.reorderEnvelopes === undefined) release();
    },
    drop: () => {
      for (const socket of open) socket.terminate();
      for (const resolve of waiting.values()) resolve({ kind: 'unreachable' });
    },
    close: () => {
      for (const socket of open) {
        socket.close(1001);
        setTimeout(() => socket.terminate(), CLOSING_MS).unref();
      }
      server.close();
      for (const resolve of waiting.values()) resolve({ kind: 'unreachable' });
    },
  };
};
