import express, { type Request, type Response, type Router } from 'express';
import { OfficeFault } from '../policy-data.ts';
import type { Office } from '../office.ts';
import * as pages from './pages.ts';

const COOKIE = 'lakeside';

const tokenOf = (request: Request): string | undefined =>
  new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];

const send = (response: Response, page: string, status = 200): void => {
  response.status(status).set('cache-control', 'no-store').type('html').send(page);
};

/**
 * Lakeside Benefit: an ordinary portal of forms and pages that no carrier is written for yet, to
 * practise on.
 */
export const lakesideSite = (office: Office): Router => {
  const site = express.Router();
  site.use((_request, response, next) => {
    const weather = office.weather();
    if (weather === 'maintenance') send(response, pages.maintenancePage(), 503);
    else if (weather === 'robot-check') send(response, pages.robotPage(), 403);
    else next();
  });

  site.get('/', (_request, response) => response.redirect('/contracts'));
  site.get('/log-on', (request, response) => {
    const said = 'ended' in request.query ? 'Your session has ended. Log on again.' : undefined;
    send(response, pages.signInPage(said));
  });

  site.post('/log-on', express.urlencoded({ extended: false }), async (request, response) => {
    const { producer = '', secret = '' } = request.body as { producer?: string; secret?: string };
    switch (await office.checkPassword(producer, secret)) {
      case 'bad-password':
        return send(response, pages.signInPage('Producer ID or password is not correct.'));
      case 'locked':
        return send(response, pages.lockedPage());
      case 'password-expired':
        return send(response, pages.expiredPage());
      case 'terms':
        return send(response, pages.termsPage());
      case 'in-use':
        return send(response, pages.inUsePage());
      case 'dropped':
        request.socket.resetAndDestroy();
        return;
      case 'maintenance':
        return send(response, pages.maintenancePage(), 503);
      case 'robot-check':
        return send(response, pages.robotPage(), 403);
      case 'redirects':
        return response.redirect(303, '/around/1');
      case 'accepted':
        response.cookie(COOKIE, office.openSession(producer), { httpOnly: true, sameSite: 'lax' });
        response.redirect(303, '/contracts');
    }
  });

  site.get('/around/:turn', (request, response) =>
    response.redirect(`/around/${Number(request.params.turn) + 1}`),
  );

  site.get('/log-off', (request, response) => {
    office.endSession(tokenOf(request));
    response.clearCookie(COOKIE).redirect('/log-on');
  });

  const signedIn =
    (serve: (user: string, request: Request, response: Response) => Promise<void>) =>
    async (request: Request, response: Response): Promise<void> => {
      const session = office.session(tokenOf(request));
      if ('user' in session) return serve(session.user, request, response);
      if (session.ended === 'none') response.redirect('/log-on');
      else if (session.ended === 'elsewhere')
        send(response, pages.signInPage('You were logged off: this ID logged on elsewhere.'));
      else response.redirect('/log-on?ended');
    };

  site.get(
    '/contracts',
    signedIn(async (user, request, response) => {
      const { q } = request.query;
      if (typeof q !== 'string' || q.trim() === '') return send(response, pages.searchPage());
      const { hits } = await office.search(user, q);
      send(response, pages.resultsPage(q, hits));
    }),
  );

  site.get(
    '/contracts/all',
    signedIn(async (user, request, response) => {
      const from = Math.max(0, Math.trunc(Number(request.query['from'])) || 0);
      try {
        const { rows, total } = await office.list(user, from, from + pages.SCREEN);
        send(response, pages.listPage(from, rows, total));
      } catch (error) {
        if (!(error instanceof OfficeFault)) throw error;
        send(response, pages.errorPage(), error.status);
      }
    }),
  );

  site.get(
    '/contracts/:number',
    signedIn(async (user, request, response) => {
      try {
        const policy = await office.read(user, String(request.params['number']));
        if (!policy) return send(response, pages.errorPage(), 404);
        send(response, (policy.changedPage ? pages.redesignedPage : pages.contractPage)(policy));
      } catch (error) {
        if (!(error instanceof OfficeFault)) throw error;
        send(response, pages.errorPage(), error.status);
      }
    }),
  );
  return site;
};
