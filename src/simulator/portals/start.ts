import type { AddressInfo } from 'node:net';
import express, { type Router } from 'express';
import { controlRouter } from './control.ts';
import type { WaitingCode } from './codes.ts';
import { parsePortalData, type PortalData, type PortalLogin } from './data.ts';
import type { PortalHandle } from './handle.ts';
import { createOffice, type Office } from './office.ts';
import { renameIn } from './renamed.ts';
import { sandboxOf } from './sandbox.ts';
import { IDLE_MINUTES, SITES } from './sites.ts';

export interface PortalOptions {
  /** 0 takes a free one. */
  port?: number;
  /** How long a session may be used, counted from the sign-in. */
  sessionMinutes?: number;
  /** How long a code may be entered after it was sent. */
  codeMinutes?: number;
  /** How long a session lives that nobody uses; for as long as it may be used, unless said. */
  idleMinutes?: number;
}

export interface Portals {
  /** Carrier id -> address, as the worker's configuration wants it. */
  addresses: Record<string, string>;
  /** Throws for a carrier that has no portal here. */
  of: (carrierId: string) => PortalHandle;
  northbridge: PortalHandle;
  meridian: PortalHandle;
  /** The given customers, as they sign in; not the sandbox users. */
  logins: readonly PortalLogin[];
  /** Codes that wait to be entered, each with its carrier's id. */
  codes: () => (WaitingCode & { carrier: string })[];
  close: () => Promise<void>;
}

/**
 * The local portals of the demo carriers, on 127.0.0.1; `only` starts these and no others. Each has the
 * sandbox users beside the given customers. Throws when the data are not as asked.
 */
export const startPortals = async (options: {
  data: PortalData;
  only?: readonly string[];
  /** By carrier id. */
  options?: Record<string, PortalOptions>;
  clock?: () => number;
  /** A code was sent, or has ended. */
  codesChanged?: () => void;
}): Promise<Portals> => {
  const data = parsePortalData(options.data);
  const open = async (carrier: string, site: (office: Office) => Router) => {
    const sandbox = sandboxOf(carrier);
    const given = options.options?.[carrier] ?? {};
    const office = createOffice({
      logins: [...data.logins.filter((login) => login.carrier === carrier), ...sandbox.logins],
      policies: [
        ...data.policies.filter((policy) => policy.carrier === carrier),
        ...sandbox.policies,
      ],
      clock: options.clock ?? Date.now,
      sessionMinutes: given.sessionMinutes ?? 20,
      codeMinutes: given.codeMinutes ?? 5,
      idleMinutes: given.idleMinutes ?? IDLE_MINUTES[carrier] ?? Infinity,
      codesChanged: options.codesChanged ?? (() => undefined),
    });
    return [carrier, await serve(office, site(office), given.port ?? 0)] as const;
  };
  const wanted = Object.entries(SITES).filter(([id]) => options.only?.includes(id) ?? true);
  const served = new Map(await Promise.all(wanted.map(([id, site]) => open(id, site))));
  const of = (carrierId: string): PortalHandle => {
    const portal = served.get(carrierId);
    if (portal === undefined) throw new Error(`There is no local portal of ${carrierId}`);
    return portal.handle;
  };
  return {
    addresses: Object.fromEntries([...served].map(([id, { handle }]) => [id, handle.url])),
    of,
    get northbridge() {
      return of('northbridge-life');
    },
    get meridian() {
      return of('meridian-annuity');
    },
    logins: data.logins,
    codes: () =>
      [...served].flatMap(([carrier, { codes }]) => codes().map((code) => ({ carrier, ...code }))),
    close: async () => {
      await Promise.all([...served.values()].map((portal) => portal.close()));
    },
  };
};

const serve = async (office: Office, site: Router, port: number) => {
  const app = express();
  app.disable('x-powered-by');
  app.use('/control', controlRouter(office.handle));
  app.use(renameIn(office.names));
  app.get('/around/:turn', (request, response) =>
    response.redirect(`/around/${Number(request.params.turn) + 1}`),
  );
  app.use(site);
  const server = app.listen(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    handle: { url: `http://127.0.0.1:${taken}`, ...office.handle } satisfies PortalHandle,
    codes: office.waitingCodes,
    close: async (): Promise<void> => {
      await office.handle.reset();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
};
