import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { repeatItself, TRIED_AGAIN } from './repeating-page.ts';

/** A request on its way from a worker to a portal. */
export interface Asked {
  carrier: string;
  method: string;
  path: string;
  body: string;
}

/** Where a request is stopped: before the portal has it, or with the portal's answer to it. */
export type Place = 'request' | 'answer';

export interface Stop {
  /** Something is held. */
  arrived: Promise<void>;
  /** What is held goes on, or is lost with the connection it came by. */
  release: (how: 'goes-on' | 'is-lost') => void;
}

/** What lies between the workers and the carriers' portals: it counts, holds, and may spoil pages. */
export interface Wire extends AsyncDisposable {
  /** Carrier id -> the address that a worker is given. */
  addresses: Record<string, string>;
  /** The portals' own addresses. */
  aim: (addresses: Record<string, string>) => void;
  /** How many requests held this text, as it was typed. */
  sent: (secret: string) => number;
  /** Holds the first request that is like this. */
  stop: (place: Place, that: (asked: Asked) => boolean) => Stop;
  /** From now on each page sends again by itself whatever it posts. */
  repeats: (on: boolean) => void;
  /** How often a page tried to. */
  triedAgain: () => number;
}

interface Waiting extends Stop {
  place: Place;
  that: (asked: Asked) => boolean;
  hold: () => Promise<'goes-on' | 'is-lost'>;
}

export const openWire = async (carriers: readonly string[]): Promise<Wire> => {
  let portals: Record<string, string> = {};
  let repeating = false;
  const bodies: string[] = [];
  const stops = new Set<Waiting>();

  const held = async (place: Place, asked: Asked): Promise<'goes-on' | 'is-lost'> => {
    const stop = [...stops].find((each) => each.place === place && each.that(asked));
    if (stop === undefined) return 'goes-on';
    stops.delete(stop);
    return stop.hold();
  };

  const pass = async (
    carrier: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const body = await buffer(request);
    const { method = 'GET', url = '/' } = request;
    const asked: Asked = { carrier, method, path: url, body: body.toString() };
    bodies.push(`${url} ${asked.body}`);
    if (url === TRIED_AGAIN) return void response.writeHead(204).end();
    if ((await held('request', asked)) === 'is-lost') return void response.destroy();
    const to = ask(new URL(url, portals[carrier]), { method, headers: request.headers });
    to.end(body);
    const [answer] = (await once(to, 'response')) as [IncomingMessage];
    const content = await buffer(answer);
    if ((await held('answer', asked)) === 'is-lost') return void response.destroy();
    const isPage = answer.headers['content-type']?.startsWith('text/html') === true;
    const shown = repeating && isPage ? Buffer.from(repeatItself(content.toString())) : content;
    const { 'transfer-encoding': _, ...headers } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, { ...headers, 'content-length': shown.length });
    response.end(shown);
  };

  const servers = await Promise.all(
    carriers.map(async (carrier) => {
      const server = createServer((request, response) => {
        // A portal that drops the connection is one that the worker sees dropped.
        pass(carrier, request, response).catch(() => response.destroy());
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return { carrier, server, port: (server.address() as AddressInfo).port };
    }),
  );
  return {
    addresses: Object.fromEntries(
      servers.map(({ carrier, port }) => [carrier, `http://127.0.0.1:${port}`]),
    ),
    aim: (addresses) => {
      portals = addresses;
    },
    sent: (secret) => bodies.filter((body) => body.includes(secret)).length,
    stop: (place, that) => {
      const arrival = Promise.withResolvers<void>();
      const end = Promise.withResolvers<'goes-on' | 'is-lost'>();
      const stop: Waiting = {
        place,
        that,
        arrived: arrival.promise,
        release: end.resolve,
        hold: () => {
          arrival.resolve();
          return end.promise;
        },
      };
      stops.add(stop);
      return stop;
    },
    repeats: (on) => {
      repeating = on;
    },
    triedAgain: () => bodies.filter((body) => body.startsWith(TRIED_AGAIN)).length,
    [Symbol.asyncDispose]: async () => {
      for (const { server } of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
};
