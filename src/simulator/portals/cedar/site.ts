import { createHash } from 'node:crypto';
import express, { type Request, type Response, type Router } from 'express';
import { OfficeFault } from '../policy-data.ts';
import type { Office } from '../office.ts';
import * as pages from './pages.ts';

const COOKIE = 'cedar';

const tokenOf = (request: Request): string | undefined =>
  new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];

const send = (response: Response, page: string, status = 200): void => {
  response.status(status).set('cache-control', 'no-store').type('html').send(page);
};

/** What stands for a login in each address. */
const deskOf = (user: string): string =>
  createHash('sha256').update(user.toLowerCase()).digest('hex').slice(0, 6);

/**
 * Cedar Assurance: frames with the login's own id in each address. A second sign-in ends the first,
 * which is told the words of a session that ran out. A policy stands on two screens, each with the
 * edition it shows: edited between the two, it is another on the second.
 */
export const cedarSite = (office: Office): Router => {
  const site = express.Router();
  site.get('/', (_request, response) => response.redirect('/enter'));
  site.get('/enter', (_request, response) => send(response, pages.enterPage()));
  site.post('/enter', express.urlencoded({ extended: false }), async (request, response) => {
    const { user = '', secret = '' } = request.body as { user?: string; secret?: string };
    const answer = await office.checkPassword(user, secret);
    if (answer !== 'accepted') {
      send(response, pages.enterPage(pages.REFUSALS[answer] ?? 'These do not belong together.'));
      return;
    }
    response.cookie(COOKIE, office.openSession(user), { httpOnly: true, sameSite: 'lax' });
    response.redirect(303, `/desk/${deskOf(user)}`);
  });

  const signedIn =
    (serve: (user: string, request: Request, response: Response) => Promise<void> | void) =>
    async (request: Request, response: Response): Promise<void> => {
      const session = office.session(tokenOf(request));
      if (!('user' in session)) send(response, pages.overPage());
      else if (request.params['desk'] !== deskOf(session.user))
        send(response, pages.strangerPage(), 404);
      else
        try {
          await serve(session.user, request, response);
        } catch (error) {
          if (!(error instanceof OfficeFault)) throw error;
          send(response, pages.strangerPage(), error.status);
        }
    };

  site.get(
    '/desk/:desk',
    signedIn((user, _request, response) => send(response, pages.desk(deskOf(user)))),
  );
  site.get(
    '/desk/:desk/bar',
    signedIn((user, _request, response) => send(response, pages.barFrame(deskOf(user)))),
  );
  site.get(
    '/desk/:desk/find',
    signedIn(async (user, request, response) => {
      const { number: asked } = request.query;
      const number = typeof asked === 'string' ? asked : '';
      const { hits } = number === '' ? { hits: [] } : await office.search(user, number);
      send(response, pages.findFrame(deskOf(user), number, hits[0]?.number));
    }),
  );
  const screens = { facts: pages.factsFrame, values: pages.valuesFrame };
  for (const [screen, draw] of Object.entries(screens))
    site.get(
      `/desk/:desk/policy/:number/${screen}`,
      signedIn(async (user, request, response) => {
        const policy = await office.read(user, String(request.params['number']));
        if (policy === undefined) send(response, pages.strangerPage(), 404);
        else send(response, draw(deskOf(user), policy));
      }),
    );
  return site;
};
