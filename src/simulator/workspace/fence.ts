import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

const hostnameOf = (host: string): string | undefined =>
  URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : undefined;

/**
 * The workspace lets anybody be anybody, so that only this machine may speak to it: a foreign Host
 * is a rebound name, a foreign Origin another site's page.
 */
export const isFenced = ({ host = '', origin }: IncomingHttpHeaders): boolean => {
  const hostname = hostnameOf(host);
  if (hostname === undefined || !LOOPBACK.has(hostname)) return false;
  return origin === undefined || origin === `http://${host}`;
};
