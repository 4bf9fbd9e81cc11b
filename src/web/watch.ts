import express, { type Express, type Response, type Router } from 'express';

export interface WatchOptions {
  /** What keeps this process from its work for as long as it runs: whoever keeps it starts it again. */
  unwell: () => readonly string[];
  /** What it lacks now; a start anew would not help. */
  lacks: () => Promise<readonly string[]>;
  /** What is amiss elsewhere, which it is no less ready for. */
  notices?: () => Promise<readonly string[]>;
  metrics: () => Promise<{ type: string; text: string }>;
  /** The page of the queues, where this process has one. */
  queues?: { router: Router; look: () => Promise<void> };
}

/** For whoever keeps the process: /health, /ready, /metrics and /queues. Nobody signs in here: loopback. */
export const createWatch = (options: WatchOptions): Express => {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const say = (
    response: Response,
    problems: readonly string[],
    notices: readonly string[] = [],
  ): void => {
    const said = notices.length === 0 ? {} : { notices };
    response.set('cache-control', 'no-store');
    response
      .status(problems.length === 0 ? 200 : 503)
      .json(problems.length === 0 ? { ok: true, ...said } : { ok: false, problems });
  };
  app.get('/health', (_request, response) => say(response, options.unwell()));
  app.get('/ready', async (_request, response) => {
    const problems = [...options.unwell(), ...(await options.lacks())];
    say(response, problems, problems.length === 0 ? await options.notices?.() : []);
  });
  app.get('/metrics', async (_request, response) => {
    const { type, text } = await options.metrics();
    response.set('cache-control', 'no-store').set('content-type', type).send(text);
  });
  const { queues } = options;
  if (queues !== undefined)
    app.use(
      '/queues',
      async (_request, _response, next) => {
        await queues.look();
        next();
      },
      queues.router,
    );
  return app;
};
