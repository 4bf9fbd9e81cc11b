import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Random } from '#shared/secret.ts';

/** For how long a browser that was confirmed once is known again, ms. */
export const REMEMBERED_LIFE = 30 * 86_400_000;

/**
 * Two cookies. `browser` says which browser a link is tied to; SameSite=Strict, so it is not sent
 * with the first click that comes from Slack, and is therefore never made by a GET, which would
 * replace a remembered one. `form` is Lax, made by any GET, and only proves where a form came from.
 */
export const createCookies = (secure: boolean, random: Random) => {
  const prefix = secure ? '__Host-' : '';
  const browserName = `${prefix}swivel-browser`;
  const formName = `${prefix}swivel-form`;
  const base = { httpOnly: true, secure, path: '/' } as const;

  const browser = (request: Request): string | undefined => read(request, browserName);

  const ensureBrowser = (request: Request, response: Response): string => {
    const value = browser(request) ?? fresh(random);
    response.cookie(browserName, value, { ...base, sameSite: 'strict', maxAge: REMEMBERED_LIFE });
    return value;
  };

  /** The proof that a form carries: it can only be written by who reads this page in this browser. */
  const formProof = (request: Request, response: Response, token: string): string => {
    const known = read(request, formName);
    const value = known ?? fresh(random);
    if (known === undefined) response.cookie(formName, value, { ...base, sameSite: 'lax' });
    return proof(value, token);
  };

  const isOwnForm = (request: Request, token: string, given: unknown): boolean => {
    const value = read(request, formName);
    if (value === undefined || typeof given !== 'string') return false;
    const [expected, actual] = [Buffer.from(proof(value, token)), Buffer.from(given)];
    return expected.length === actual.length && timingSafeEqual(expected, actual);
  };

  return { browser, ensureBrowser, formProof, isOwnForm };
};

export type Cookies = ReturnType<typeof createCookies>;

const fresh = (random: Random): string => Buffer.from(random(32)).toString('base64url');

const proof = (cookie: string, token: string): string =>
  createHash('sha256').update(`${cookie} ${token}`).digest('base64url');

const read = (request: Request, name: string): string | undefined =>
  (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim().split('='))
    .find(([key, value]) => key === name && /^[\w-]{43}$/.test(value ?? ''))?.[1];
