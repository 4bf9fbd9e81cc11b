import { join } from 'node:path';
import express, { type Request, type Response, type Router } from 'express';
import { OfficeFault, type ShownPolicy } from '../policy-data.ts';
import type { PasswordAnswer } from '../authentication.ts';
import type { Office } from '../office.ts';

const REFUSALS: Record<
  Exclude<PasswordAnswer, 'accepted' | 'dropped' | 'redirects'>,
  [status: number, error: string]
> = {
  'bad-password': [401, 'invalid'],
  locked: [423, 'locked'],
  'password-expired': [403, 'password_expired'],
  terms: [403, 'terms'],
  'in-use': [409, 'in_use'],
  maintenance: [503, 'maintenance'],
  'robot-check': [403, 'robot'],
};

const ENDED = {
  none: 'session_ended',
  time: 'session_ended',
  office: 'session_ended',
  elsewhere: 'signed_in_elsewhere',
} as const;

/** However many are asked for. */
const LISTED_AT_ONCE = 25;

const idOf = (number: string): string => Buffer.from(number).toString('base64url');
const numberOf = (id: string): string => Buffer.from(id, 'base64url').toString();

const bodyOf = (request: Request): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries((request.body ?? {}) as object).map(([name, value]) => [name, String(value)]),
  );

/** A contract as the API tells it; amounts are decimal text, or null where the portal has none. */
const contractOf = (policy: ShownPolicy): object => ({
  contractNumber: policy.number,
  product: { name: policy.product },
  owner: policy.owner,
  status: { code: policy.status.slice(0, 3).toUpperCase(), description: policy.status },
  values: policy.values.map(({ name, amount, asOf }) => ({
    label: name,
    amount: amount ?? null,
    currency: 'USD',
    valuationDate: asOf,
  })),
});

/** The same facts in the next version of the API: nothing is called what it was called. */
const redesigned = (policy: ShownPolicy): object => ({
  contract: { no: policy.number },
  balances: policy.values.length,
});

/** Meridian Annuity: a single page over a JSON API, a bearer token, a code at each sign-in. */
export const meridianSite = (office: Office): Router => {
  const site = express.Router();
  const api = express.Router();
  api.use(express.json());

  api.use((_request, response, next) => {
    response.set('cache-control', 'no-store');
    const weather = office.weather();
    if (weather === 'maintenance') response.status(503).json({ error: 'maintenance' });
    else if (weather === 'robot-check') response.status(403).json({ error: 'robot' });
    else next();
  });

  api.post('/sign-in', async (request, response) => {
    const { user = '', password = '' } = bodyOf(request);
    const answer = await office.checkPassword(user, password);
    if (answer === 'accepted') {
      response.json({ id: office.sendCode(user), sentTo: '***-***-**17' });
      return;
    }
    if (answer === 'dropped') {
      request.socket.resetAndDestroy();
      return;
    }
    if (answer === 'redirects') {
      response.json({ next: '/around/1' });
      return;
    }
    const [status, error] = REFUSALS[answer];
    response.status(status).json({ error });
  });

  api.post('/code', (request, response) => {
    const { id = '', code = '' } = bodyOf(request);
    const answer = office.checkCode(id, code);
    if (answer === 'wrong') response.status(401).json({ error: 'wrong_code' });
    else if (answer === 'expired') response.status(401).json({ error: 'code_expired' });
    else response.json(answer);
  });

  api.post('/code/again', (request, response) => {
    if (office.resendCode(bodyOf(request)['id'] ?? '')) response.json({});
    else response.status(401).json({ error: 'code_expired' });
  });

  const signedIn =
    (serve: (user: string, request: Request, response: Response) => Promise<void>) =>
    async (request: Request, response: Response): Promise<void> => {
      const session = office.session(request.headers.authorization?.replace(/^Bearer /, ''));
      if ('user' in session) return serve(session.user, request, response);
      response.status(401).json({ error: ENDED[session.ended] });
    };

  api.get(
    '/me',
    signedIn(async (user, _request, response) => {
      response.json({ user });
    }),
  );

  const listContracts = async (user: string, from: number, response: Response): Promise<void> => {
    try {
      const { rows, total } = await office.list(user, from, from + LISTED_AT_ONCE);
      const changed = rows.find((policy) => policy.changedPage);
      if (changed) response.json(redesigned(changed));
      else response.json({ total, from, contracts: rows.map(contractOf) });
    } catch (error) {
      if (!(error instanceof OfficeFault)) throw error;
      response.status(error.status).json({ error: 'failed' });
    }
  };

  api.get(
    '/contracts',
    signedIn(async (user, request, response) => {
      const { number, from = '0' } = request.query;
      if (number === undefined) {
        await listContracts(user, Math.max(0, Math.trunc(Number(from)) || 0), response);
        return;
      }
      if (typeof number !== 'string') {
        response.status(400).json({ error: 'failed' });
        return;
      }
      const { hits, similar } = await office.search(user, number);
      const results = hits.map(({ number, product }) => ({ id: idOf(number), number, product }));
      response.json({ results, similar });
    }),
  );

  api.get(
    '/contracts/:id',
    signedIn(async (user, request, response) => {
      try {
        const policy = await office.read(user, numberOf(String(request.params['id'])));
        if (!policy) response.status(404).json({ error: 'unknown_contract' });
        else response.json((policy.changedPage ? redesigned : contractOf)(policy));
      } catch (error) {
        if (!(error instanceof OfficeFault)) throw error;
        response.status(error.status).json({ error: 'failed' });
      }
    }),
  );

  site.use('/api', api);
  site.get('/favicon.ico', (_request, response) => void response.status(204).end());
  for (const [path, file] of [
    ['/', 'index.html'],
    ['/app.js', 'app.js'],
    ['/app.css', 'app.css'],
  ] as const)
    site.get(path, (_request, response) => response.sendFile(join(import.meta.dirname, file)));
  return site;
};
