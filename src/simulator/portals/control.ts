import express, { type Router } from 'express';
import type { PortalHandle } from './handle.ts';

const VERBS = [
  'set',
  'reset',
  'setLogin',
  'lock',
  'unlock',
  'ledger',
  'sessions',
  'endSessions',
  'reads',
  'lastCode',
  'maintenance',
  'robotCheck',
  'secondSession',
  'rename',
  'pause',
  'release',
  'held',
] as const satisfies (keyof PortalHandle)[];

type Verb = (...args: unknown[]) => Promise<unknown>;

/** POST /control/<verb> with the arguments as a JSON array; answers `{result}` or `{error}`. */
export const controlRouter = (handle: Omit<PortalHandle, 'url'>): Router => {
  const verbs = new Map<string, Verb>(VERBS.map((verb) => [verb, handle[verb] as Verb]));
  const router = express.Router();
  router.post('/:verb', express.json(), async (request, response) => {
    const verb = verbs.get(request.params.verb);
    // A web page of any origin can post to loopback; only JSON passes, which such a page cannot send.
    if (!verb || !Array.isArray(request.body)) {
      response.status(404).json({ error: 'No such control' });
      return;
    }
    try {
      response.json({ result: await verb(...request.body) });
    } catch (error) {
      response.status(400).json({ error: error instanceof Error ? error.message : String(error) });
    }
  });
  return router;
};

/** The handle of a portal that runs in another process. */
export const connectPortal = (url: string): PortalHandle => {
  const call =
    (verb: string) =>
    async (...args: unknown[]): Promise<unknown> => {
      const response = await fetch(new URL(`/control/${verb}`, url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(args),
      });
      const answer = (await response.json()) as { result?: unknown; error?: string };
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer.result;
    };
  const verbs = Object.fromEntries(VERBS.map((verb) => [verb, call(verb)]));
  return { url, ...verbs } as unknown as PortalHandle;
};
