import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express, { type Request, type Response } from 'express';
import type { BrowserContext, Page } from 'playwright';
import { z } from 'zod';

/** What a person is told beside the picture. */
export interface Told {
  asks: string;
  /** What the button says that ends it; without one nothing is to be ended. */
  done?: string | undefined;
  problem?: string | undefined;
  steps: readonly string[];
  /** What is pressed meanwhile does not count. */
  busy?: boolean;
}

/** The picture of a browser on a page of this machine, for one person, who uses it through the picture. */
export interface Picture extends AsyncDisposable {
  /** Whoever knows it uses the browser. */
  address: string;
  tell: (told: Told) => void;
  /** The next time that the person ends something. */
  ended: () => Promise<'done' | 'stop'>;
  /** Of a menu, which a picture cannot open; undefined where none of it. */
  choose: (options: readonly string[]) => Promise<string | undefined>;
}

const point = { x: z.number().min(0).max(10_000), y: z.number().min(0).max(10_000) };
const KEYS = [
  'Enter',
  'Backspace',
  'Delete',
  'Escape',
  'Home',
  'End',
  'PageUp',
  'PageDown',
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
] as const;
const Deed = z.discriminatedUnion('do', [
  z.object({ do: z.literal('click'), ...point, nth: z.number().int().min(1).max(3) }),
  z.object({ do: z.literal('move'), ...point }),
  z.object({ do: z.literal('scroll'), ...point, by: z.number() }),
  z.object({ do: z.literal('type'), text: z.string().max(500) }),
  z.object({ do: z.literal('key'), key: z.enum(KEYS) }),
  z.object({ do: z.literal('choose'), option: z.string().optional() }),
  z.object({ do: z.literal('end'), how: z.enum(['done', 'stop']) }),
]);
type Deed = z.infer<typeof Deed>;

const PAGE = join(import.meta.dirname, 'page');
const LOOK = join(import.meta.dirname, '../../../web/assets');
const ICON = 'icon.svg';
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
const COOKIE = 'viewer';

const secret = (): string => randomBytes(24).toString('base64url');

/** Shows the window of `windowNow` until it is disposed of. */
export const showPicture = async (
  context: BrowserContext,
  windowNow: () => Page,
): Promise<Picture> => {
  const [token, viewer] = [secret(), secret()];
  let isTaken = false;
  let told: Told = { asks: 'One moment.', steps: [], busy: true };
  let menu:
    | { options: readonly string[]; answer: (option: string | undefined) => void }
    | undefined;
  let end = Promise.withResolvers<'done' | 'stop'>();
  let line: Response | undefined;
  let newest: string | undefined;

  const send = (event: string, data: unknown): void =>
    void line?.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const tellNow = (): void => send('told', { ...told, menu: menu?.options });

  let shown: Page | undefined;
  const follow = async (): Promise<void> => {
    const window = windowNow();
    if (shown === window) return;
    const before = shown;
    shown = window;
    try {
      await before?.screencast.stop().catch(() => {});
      await window.screencast.start({
        quality: 75,
        size: { width: 1280, height: 960 },
        onFrame: ({ data, viewportWidth, viewportHeight }) => {
          if (shown !== window) return;
          newest = JSON.stringify({
            picture: data.toString('base64'),
            width: viewportWidth,
            height: viewportHeight,
          });
          // A browser that cannot follow gets the newest one later.
          if (line && !line.writableNeedDrain) line.write(`event: picture\ndata: ${newest}\n\n`);
        },
      });
    } catch {
      // The window has closed meanwhile: the next look finds another.
      if (shown === window) shown = undefined;
    }
  };
  const onPage = (page: Page): void => {
    page.once('close', () => void follow());
    void follow();
  };
  context.pages().forEach(onPage);
  context.on('page', onPage);

  const use = async (deed: Deed): Promise<void> => {
    if (deed.do === 'end') return end.resolve(deed.how);
    if (deed.do === 'choose') return menu?.answer(deed.option);
    const { mouse, keyboard } = windowNow();
    switch (deed.do) {
      case 'scroll':
        await mouse.move(deed.x, deed.y);
        return mouse.wheel(0, deed.by);
      case 'move':
        return mouse.move(deed.x, deed.y);
      case 'click':
        if (told.busy) return;
        await mouse.move(deed.x, deed.y);
        await mouse.down({ clickCount: deed.nth });
        return mouse.up({ clickCount: deed.nth });
      case 'type':
        return told.busy ? undefined : keyboard.type(deed.text);
      case 'key':
        return told.busy ? undefined : keyboard.press(deed.key);
    }
  };
  /** One after the other, as they came. */
  let last: Promise<unknown> = Promise.resolve();

  const isViewer = (request: Request): boolean =>
    (request.headers.cookie ?? '').split('; ').includes(`${COOKIE}=${viewer}`);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_request, response, next) => {
    response.set(HEADERS);
    next();
  });
  const own = express.Router();
  own.use((request, response, next) => {
    if (isViewer(request)) return next();
    if (isTaken || request.path !== '/') {
      response.status(403).type('text').send('Somebody has opened this page already.');
      return;
    }
    isTaken = true;
    response.cookie(COOKIE, viewer, { httpOnly: true, sameSite: 'strict', path: `/${token}` });
    next();
  });
  own.get('/events', (request, response) => {
    line?.end();
    line = response;
    response.set('content-type', 'text/event-stream').flushHeaders();
    tellNow();
    if (newest !== undefined) response.write(`event: picture\ndata: ${newest}\n\n`);
    request.on('close', () => {
      if (line === response) line = undefined;
    });
  });
  own.post('/do', express.json({ limit: '4kb' }), async (request, response) => {
    const deed = Deed.safeParse(request.body);
    if (!deed.success) {
      response.sendStatus(400);
      return;
    }
    // A window that goes away meanwhile takes nothing any more.
    last = last.then(() => use(deed.data)).catch(() => {});
    await last;
    response.sendStatus(204);
  });
  own.use(express.static(PAGE, { etag: false, lastModified: false, cacheControl: false }));
  for (const name of ['look.css', ICON])
    own.get(`/${name}`, (_request, response) => response.sendFile(name, { root: LOOK }));
  app.use(`/${token}`, own);
  app.use((_request, response) => response.sendStatus(404));
  const server = app.listen(0, '127.0.0.1');
  await new Promise<void>((resolve, reject) =>
    server.once('listening', resolve).once('error', reject),
  );
  const { port } = server.address() as AddressInfo;

  return {
    address: `http://127.0.0.1:${port}/${token}/`,
    tell: (now) => {
      told = now;
      menu = undefined;
      tellNow();
      void follow();
    },
    ended: () => {
      end = Promise.withResolvers();
      return end.promise;
    },
    choose: async (options) => {
      const { promise, resolve } = Promise.withResolvers<string | undefined>();
      menu = { options, answer: resolve };
      tellNow();
      const option = await promise;
      menu = undefined;
      tellNow();
      return option !== undefined && options.includes(option) ? option : undefined;
    },
    [Symbol.asyncDispose]: async () => {
      context.off('page', onPage);
      send('over', {});
      line?.end();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
};
