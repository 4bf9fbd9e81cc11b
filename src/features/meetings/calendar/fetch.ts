import { lookup as resolve } from 'node:dns';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { CalendarProblem } from './problem.ts';

const MOST_BYTES = 3_000_000;
const MOST_MS = 15_000;
const MOST_REDIRECTS = 3;

/** Addresses of the machine, of its network, or of nobody (IANA's special-purpose registries). */
const NOT_PUBLIC = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  NOT_PUBLIC.addSubnet(net, bits, 'ipv4');
/** Of IPv6 only global unicast is public, without what hides another address in it. */
const PUBLIC_6 = new BlockList();
PUBLIC_6.addSubnet('2000::', 3, 'ipv6');
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  NOT_PUBLIC.addSubnet(net, bits, 'ipv6');

export const isPublic = (address: string): boolean => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPublic(mapped);
  return isIP(address) === 6
    ? PUBLIC_6.check(address, 'ipv6') && !NOT_PUBLIC.check(address, 'ipv6')
    : isIP(address) === 4 && !NOT_PUBLIC.check(address, 'ipv4');
};

const bare = (host: string): string => host.replace(/^\[|\]$/g, '');

/** The connection goes to an address that was looked at here, so no second answer can replace it. */
const publicOnly: LookupFunction = (host, options, done) => {
  resolve(host, { ...options, all: true }, (error, found) => {
    const addresses = error === null ? found : [];
    const [first] = addresses;
    if (error !== null || first === undefined)
      done(error ?? new CalendarProblem('no-answer'), '', 4);
    else if (!addresses.every(({ address }) => isPublic(address)))
      done(new CalendarProblem('not-public'), '', 4);
    else if (options.all === true) done(null, addresses);
    else done(null, first.address, first.family);
  });
};

/** Whether this address may be asked at all; `hosts` may lie where a firm has its own servers. */
const check = (url: URL, hosts: readonly string[]): { trusted: boolean } => {
  const trusted = hosts.includes(url.hostname) || hosts.includes(url.host);
  const loopback = /^(127(\.\d+){3}|localhost|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && trusted && loopback))
    throw new CalendarProblem('not-https');
  const host = bare(url.hostname);
  if (!trusted && isIP(host) !== 0 && !isPublic(host)) throw new CalendarProblem('not-public');
  return { trusted };
};

const ask = (url: URL, hosts: readonly string[], signal: AbortSignal): Promise<IncomingMessage> => {
  const { trusted } = check(url, hosts);
  const { promise, resolve: answer, reject } = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const sent = send(
    url,
    {
      signal,
      agent: false,
      headers: { accept: 'text/calendar', 'user-agent': 'swivel-sync' },
      ...(trusted ? {} : { lookup: publicOnly }),
    },
    answer,
  );
  sent.once('error', reject);
  sent.end();
  return promise;
};

const bodyOf = async (response: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response) {
    length += (part as Buffer).length;
    if (length > MOST_BYTES) throw new CalendarProblem('too-large');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
};

/** The calendar's text. Throws a CalendarProblem, which never holds the address. */
export const fetchCalendar = async (
  address: string,
  hosts: readonly string[],
  ended: AbortSignal,
): Promise<string> => {
  const signal = AbortSignal.any([ended, AbortSignal.timeout(MOST_MS)]);
  let url = new URL(address);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    let response: IncomingMessage;
    try {
      response = await ask(url, hosts, signal);
      const { statusCode: status = 0, headers } = response;
      if (status === 200) return await bodyOf(response);
      response.destroy();
      if (status < 300 || status > 399 || headers.location === undefined)
        throw new CalendarProblem(
          status === 404 || status === 410 || status === 401 || status === 403
            ? 'gone'
            : 'no-answer',
        );
      if (!URL.canParse(headers.location, url)) throw new CalendarProblem('no-answer');
      url = new URL(headers.location, url);
    } catch (error) {
      if (error instanceof CalendarProblem) throw error;
      throw new CalendarProblem(signal.aborted ? 'too-slow' : 'no-answer');
    }
  }
  throw new CalendarProblem('redirects');
};
