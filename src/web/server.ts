import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type Response,
  type Router,
} from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import type { Random } from '#shared/secret.ts';
import { createCookies } from './cookies.ts';
import { ASSETS, createPages, type Log, type Surface } from './pages.ts';
import { picturePage, type PictureDependencies } from './evidence-page.ts';
import { MESSAGES, type Message } from './messages.ts';

export interface WebOptions {
  random: Random;
  /** The pages under /link/:token. */
  linkPages: (surface: Surface) => Router;
  /** Where people's browsers find this server; https, or http on loopback. */
  publicUrl: string;
  log: Log;
  /** Proxies in front that are believed about a visitor's address; by default the one that does TLS. */
  trustProxy?: number;
  /** `ok` is false while the bot cannot do its work; what else it says is shown. */
  health?: () => Promise<{ ok?: boolean; [more: string]: unknown }>;
  /** Masked pictures for support; without it there are none. */
  pictures?: PictureDependencies;
  /** A minute: `posts` for one link, `visits` for one address. */
  limits?: { posts: number; visits: number };
}

/** A page looks once a second while it waits, and an office may share one address. */
const LIMITS = { posts: 30, visits: 6000 };

/** The link page under /link/:token and /health. The caller listens; on loopback, or behind TLS. */
export const createWeb = (options: WebOptions): Express => {
  const { publicUrl, log, limits = LIMITS } = options;
  const { protocol, pathname } = new URL(publicUrl);
  const secure = protocol === 'https:';
  const base = pathname.replace(/\/+$/, '');
  const draw = createPages();
  const cookies = createCookies(secure, options.random);
  const say = (response: Response, screen: Message): void => {
    response.status(screen.status).type('html').send(draw(screen, { base }));
  };

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', options.trustProxy ?? (secure ? 1 : 0));
  app.use(headers(secure));
  app.get('/health', async (_request, response) => {
    const health = await options.health?.();
    response.status(health?.ok === false ? 503 : 200).json({ ok: true, ...health });
  });
  app.use('/link-assets', express.static(ASSETS, { index: false, maxAge: '1h' }));
  app.use('/link', (_request, response, next) => {
    response.set('cache-control', 'no-store');
    response.set('x-robots-tag', 'noindex, nofollow');
    next();
  });
  const tooMany = (_request: Request, response: Response): void =>
    say(response, MESSAGES['too-many']);
  const perMinute = {
    windowMs: 60_000,
    standardHeaders: true,
    legacyHeaders: false,
    handler: tooMany,
  };
  app.use('/link', rateLimit({ ...perMinute, limit: limits.visits }));
  app.post(
    '/link/:token/:verb',
    // By link and address: people of one office share an address, not a link.
    rateLimit({
      ...perMinute,
      limit: limits.posts,
      keyGenerator: (request) =>
        `${ipKeyGenerator(request.ip ?? '')} ${String(request.params['token'])}`,
    }),
    express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 30 }),
  );
  if (options.pictures !== undefined)
    app.use(
      '/picture',
      rateLimit({ ...perMinute, limit: limits.visits }),
      picturePage(options.pictures, {
        page: (response, image) => {
          const screen = { name: 'picture', image: `${base}/picture/${image}` };
          response.type('html').send(draw(screen, { base }));
        },
        gone: (response) => say(response, MESSAGES['picture-gone']),
        elsewhere: (response) => say(response, MESSAGES['picture-elsewhere']),
      }),
    );
  app.use('/link', options.linkPages({ base, draw, cookies, log }));
  app.use('/link', (_request, response) => say(response, MESSAGES.unknown));
  app.use(onError(log, say));
  return app;
};

const headers = (secure: boolean) => [
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: secure && { maxAge: 31_536_000 },
  }),
  (_request: Request, response: Response, next: () => void): void => {
    response.set('permissions-policy', 'camera=(), geolocation=(), microphone=()');
    next();
  },
];

/** The one place where what was not expected ends. Addresses and bodies stay out of the log. */
const onError =
  (log: Log, say: (response: Response, screen: Message) => void): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = statusOf(error);
    if (status === 413) return say(response, MESSAGES['too-large']);
    if (status >= 400 && status < 500) return say(response, MESSAGES.unknown);
    const { name, message, stack } = error instanceof Error ? error : new Error('not an error');
    log.error({ method: request.method, error: { name, message, stack } }, 'A page failed');
    say(response, MESSAGES.broken);
  };

const statusOf = (error: unknown): number =>
  typeof error === 'object' &&
  error !== null &&
  'status' in error &&
  typeof error.status === 'number'
    ? error.status
    : 500;
