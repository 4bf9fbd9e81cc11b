import type { AddressInfo } from 'node:net';
import express, { type Router } from 'express';
import { controlRouter } from './control.ts';
import { parsePortalData, type PortalData } from './data.ts';
import type { PortalHandle } from './handle.ts';
import { meridianSite } from './meridian/site.ts';
import { northbridgeSite } from './northbridge/site.ts';
import { createOffice, type Office } from './office.ts';

export interface PortalOptions {
  /** 0 takes a free one. */
  port?: number;
  /** How long a session may be used, counted from the sign-in. */
  sessionMinutes?: number;
  /** How long a code may be entered after it was sent. */
  codeMinutes?: number;
}

export interface Portals {
  /** Carrier id -> address, as the worker's configuration wants it. */
  addresses: Record<string, string>;
  northbridge: PortalHandle;
  meridian: PortalHandle;
  close: () => Promise<void>;
}

/** The local portals of both demo carriers, on 127.0.0.1. Throws when the data are not as asked. */
export const startPortals = async (options: {
  data: PortalData;
  northbridge?: PortalOptions;
  meridian?: PortalOptions;
  clock?: () => number;
}): Promise<Portals> => {
  const data = parsePortalData(options.data);
  const open = (carrier: string, site: (office: Office) => Router, given: PortalOptions = {}) => {
    const office = createOffice({
      logins: data.logins.filter((login) => login.carrier === carrier),
      policies: data.policies.filter((policy) => policy.carrier === carrier),
      clock: options.clock ?? Date.now,
      sessionMinutes: given.sessionMinutes ?? 20,
      codeMinutes: given.codeMinutes ?? 5,
    });
    return serve(office, site(office), given.port ?? 0);
  };
  const [northbridge, meridian] = await Promise.all([
    open('northbridge-life', northbridgeSite, options.northbridge),
    open('meridian-annuity', meridianSite, options.meridian),
  ]);
  return {
    addresses: {
      'northbridge-life': northbridge.handle.url,
      'meridian-annuity': meridian.handle.url,
    },
    northbridge: northbridge.handle,
    meridian: meridian.handle,
    close: async () => {
      await Promise.all([northbridge.close(), meridian.close()]);
    },
  };
};

const serve = async (office: Office, site: Router, port: number) => {
  const app = express();
  app.disable('x-powered-by');
  app.use('/control', controlRouter(office.handle));
  app.use(site);
  const server = app.listen(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    handle: { url: `http://127.0.0.1:${taken}`, ...office.handle } satisfies PortalHandle,
    close: async (): Promise<void> => {
      await office.handle.reset();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
};
