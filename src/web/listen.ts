import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  server: Server;
  /** As this machine reaches it. */
  url: string;
  close: () => Promise<void>;
}

/** Listens before there is anything to serve, so that the address is known to what is served. */
export const listen = async (
  host: string,
  port: number,
  serve?: RequestListener,
): Promise<Listening> => {
  const server = createServer();
  if (serve !== undefined) server.on('request', serve);
  server.listen(port, host);
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const { port: taken } = server.address() as AddressInfo;
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    server,
    url: `http://${shown}:${taken}`,
    close: async (): Promise<void> => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
};
