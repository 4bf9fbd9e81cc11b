import express, { type Request, type Response, type Router } from 'express';
import { answerCall, argsOf, argsOfForm, log, type Call } from './calls.ts';
import type { Json } from './json.ts';
import { waitOf, type Rates } from './rates.ts';
import { useResponseUrl } from './responses.ts';
import type { World } from './world.ts';

const pause = async (ms: number): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, ms);
  await promise;
};

const callOf = (request: Request): Call => {
  const json = request.is('json') !== false;
  const body = argsOf(request.body);
  const args = { ...argsOf(request.query), ...(json ? body : argsOfForm(body)) };
  const bearer = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1];
  const { token, ...rest } = args;
  return {
    method: String(request.params['method']),
    token: bearer ?? (typeof token === 'string' ? token : undefined),
    args: rest,
    json,
  };
};

const matches = (asked: string, method: string): boolean => asked === '*' || asked === method;

/** Takes one from a fault that still has times left for this method. */
const takeFault = <T extends { method: string; times: number }>(
  faults: readonly T[],
  method: string,
): T | undefined => {
  const fault = faults.find((each) => matches(each.method, method) && each.times > 0);
  if (fault !== undefined) fault.times -= 1;
  return fault;
};

const tooMany = (response: Response, seconds: number): void => {
  response
    .status(429)
    .set('retry-after', String(seconds))
    .json({ ok: false, error: 'ratelimited' });
};

/** Answers with a fault when one is due. */
const failFor = (world: World, call: Call, response: Response): boolean => {
  const fault = takeFault(world.faults.fail ?? [], call.method);
  if (fault === undefined) return false;
  const status = fault.status ?? (fault.retryAfter === undefined ? 200 : 429);
  const error = fault.error ?? (status === 429 ? 'ratelimited' : 'internal_error');
  log(world, call, { ok: false, error });
  if (status === 429) tooMany(response, fault.retryAfter ?? 1);
  else response.status(status).json({ ok: false, error });
  return true;
};

/** The Web API, and the addresses that response_url names. */
export const apiRoutes = (world: World, rates: Rates): Router => {
  const routes = express.Router();

  routes.all('/api/:method', async (request, response) => {
    const call = callOf(request);
    if (world.faults.delayMs !== undefined) await pause(world.faults.delayMs);
    if (failFor(world, call, response)) return;
    const wait = world.enforceRateLimits ? waitOf(rates, world.now(), call) : 0;
    if (wait > 0) {
      log(world, call, { ok: false, error: 'ratelimited' });
      tooMany(response, wait);
      return;
    }
    const hung = takeFault(world.faults.hang ?? [], call.method);
    if (hung?.carriedOut === false) {
      log(world, call, { ok: false, error: 'not_answered' });
      return;
    }
    const answer: Json = answerCall(world, call);
    if (hung !== undefined) return;
    if (takeFault(world.faults.dropAfter ?? [], call.method) !== undefined) {
      request.socket.destroy();
      return;
    }
    response.set('x-oauth-scopes', world.app.scopes.join(',')).json(answer);
  });

  routes.post('/response/:team/:key', (request, response) => {
    const call = { method: 'response_url', token: undefined, args: {}, json: true };
    if (failFor(world, call, response)) return;
    const hung = takeFault(world.faults.hang ?? [], call.method);
    if (hung?.carriedOut === false) {
      log(world, call, { ok: false, error: 'not_answered' });
      return;
    }
    const refused = useResponseUrl(world, request.params['key'], argsOf(request.body));
    if (hung !== undefined) return;
    if (takeFault(world.faults.dropAfter ?? [], call.method) !== undefined) {
      request.socket.destroy();
      return;
    }
    if (refused === undefined) {
      response.type('text/plain').send('ok');
      return;
    }
    const gone = refused.error.endsWith('_url');
    response.status(gone ? 404 : 400).json({ ok: false, error: refused.error });
  });

  return routes;
};
