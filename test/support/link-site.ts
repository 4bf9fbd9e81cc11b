import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { issueLink } from '#core/sign-in/link.ts';
import { nextSignIn, runSignIn } from '#core/sign-in/sign-in-run.ts';
import type { CarrierFacts, PortalSession } from '#portal/portal.ts';
import { linkPage } from '#core/sign-in/link-page.ts';
import { createWeb, type WebOptions } from '#web/server.ts';
import { openLinkFirm, sessionOf, type LinkFirm } from './link-firm.ts';

/** The link page served on loopback, with a worker whose portal the test hands in. */
export interface LinkSite extends AsyncDisposable {
  firm: LinkFirm;
  origin: string;
  log: string[];
  issue: (
    personId?: string,
    requestId?: string,
  ) => Promise<{ url: string; linkId: string; token: string }>;
  /** Works sign-ins off as they are asked for. */
  worker: (portal: PortalSession) => void;
}

export const openLinkSite = async (
  options: {
    facts?: Partial<CarrierFacts>;
    web?: Partial<WebOptions>;
    firm?: Partial<LinkFirm>;
  } = {},
): Promise<LinkSite> => {
  const firm = await openLinkFirm({ facts: options.facts ?? {}, realTime: true });
  const log: string[] = [];
  const write = (fields: object, message: string): void => {
    log.push(`${message} ${JSON.stringify(fields)}`);
  };
  const web = createWeb({
    random: firm.random,
    linkPages: (surface) => linkPage({ ...firm, ...options.firm }, surface),
    publicUrl: 'http://127.0.0.1/',
    log: { info: write, error: write },
    ...options.web,
  });
  const server = web.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ended = new AbortController();
  const workers: Promise<void>[] = [];
  return {
    firm,
    origin,
    log,
    issue: async (personId = 'dana', requestId) => {
      const intent = {
        personId,
        sourceId: 'source',
        ...(requestId === undefined ? {} : { requestId }),
      };
      const issued = await issueLink(firm, intent);
      if (issued.kind !== 'issued') throw new Error('The link was not issued.');
      return { url: `${origin}${issued.path}`, linkId: issued.linkId, token: issued.token };
    },
    worker: (portal) => {
      workers.push(work(firm, portal, ended.signal));
    },
    [Symbol.asyncDispose]: async () => {
      ended.abort();
      await Promise.all(workers);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await firm[Symbol.asyncDispose]();
    },
  };
};

const work = async (firm: LinkFirm, portal: PortalSession, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    const signIn = await nextSignIn(firm.runner, 'source', 1);
    if (signIn !== undefined)
      await runSignIn(firm.runner, signIn, { ...sessionOf(firm, portal), signal }).catch(
        () => undefined,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

export const openChromium = async (): Promise<Browser> => {
  const found = findChromium(process.env);
  if (found === undefined) throw new Error('There is no Chromium on this machine.');
  return chromium.launch(browserLaunch(found, process.env));
};

/** A page whose HTML and addresses are kept, to be searched for what must not be in them. */
export const openPage = async (context: BrowserContext): Promise<Page & { seen: string[] }> => {
  const page = await context.newPage();
  const seen: string[] = [];
  page.on('request', (request) => seen.push(request.url()));
  page.on('response', (response) => {
    if (response.request().resourceType() === 'document')
      response.text().then(
        (html) => seen.push(html),
        () => undefined,
      );
  });
  return Object.assign(page, { seen });
};
