import express, { type Request, type Response, type Router } from 'express';
import { OfficeFault } from '../policy-data.ts';
import type { Office } from '../office.ts';
import { bookPage, ROWS } from './book-page.ts';
import * as pages from './pages.ts';

const COOKIE = 'northbridge_session';

const tokenOf = (request: Request): string | undefined =>
  new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];

const send = (response: Response, page: string, status = 200): void => {
  response.status(status).set('cache-control', 'no-store').type('html').send(page);
};

/** Northbridge Life: forms and pages drawn on the server, a session cookie. */
export const northbridgeSite = (office: Office): Router => {
  const site = express.Router();
  site.use((_request, response, next) => {
    const weather = office.weather();
    if (weather === 'maintenance') send(response, pages.maintenancePage(), 503);
    else if (weather === 'robot-check') send(response, pages.robotPage(), 403);
    else next();
  });

  site.get('/', (_request, response) => response.redirect('/policies'));

  site.get('/login', (request, response) => {
    const ended = 'ended' in request.query;
    send(
      response,
      pages.signInPage(ended ? 'Your session has ended. Please sign in again.' : undefined),
    );
  });

  site.post('/login', express.urlencoded({ extended: false }), async (request, response) => {
    const { userId = '', password = '' } = request.body as { userId?: string; password?: string };
    switch (await office.checkPassword(userId, password)) {
      case 'bad-password':
        send(response, pages.signInPage('The User ID or password you entered is not correct.'));
        return;
      case 'locked':
        send(response, pages.lockedPage());
        return;
      case 'password-expired':
        send(response, pages.expiredPage());
        return;
      case 'terms':
        send(response, pages.termsPage());
        return;
      case 'in-use':
        send(response, pages.inUsePage());
        return;
      case 'dropped':
        request.socket.resetAndDestroy();
        return;
      case 'maintenance':
        send(response, pages.maintenancePage(), 503);
        return;
      case 'robot-check':
        send(response, pages.robotPage(), 403);
        return;
      case 'redirects':
        response.redirect(303, '/around/1');
        return;
      case 'accepted':
        response.cookie(COOKIE, office.openSession(userId), { httpOnly: true, sameSite: 'lax' });
        response.redirect(303, '/policies');
    }
  });

  site.get('/sign-out', (request, response) => {
    office.endSession(tokenOf(request));
    response.clearCookie(COOKIE).redirect('/login');
  });

  const signedIn =
    (serve: (user: string, request: Request, response: Response) => Promise<void>) =>
    async (request: Request, response: Response): Promise<void> => {
      const session = office.session(tokenOf(request));
      if ('user' in session) return serve(session.user, request, response);
      if (session.ended === 'none') response.redirect('/login');
      else if (session.ended === 'elsewhere')
        send(response, pages.signInPage('You were signed out: this login signed in elsewhere.'));
      else response.redirect('/login?ended');
    };

  site.get(
    '/policies',
    signedIn(async (user, request, response) => {
      const { number } = request.query;
      if (typeof number !== 'string' || number.trim() === '') {
        send(response, pages.searchPage());
        return;
      }
      const { hits, similar } = await office.search(user, number);
      send(response, pages.resultsPage(number, hits, similar));
    }),
  );

  site.get(
    '/book',
    signedIn(async (user, request, response) => {
      const query = {
        closed: request.query['show'] === 'all',
        rows: ROWS.find((rows) => String(rows) === request.query['rows']) ?? ROWS[0],
        page: Math.max(1, Math.trunc(Number(request.query['page'])) || 1),
      };
      try {
        const from = (query.page - 1) * query.rows;
        const { rows, total } = await office.list(user, from, from + query.rows, {
          openOnly: !query.closed,
        });
        const changed = rows.find((policy) => policy.changedPage);
        send(response, changed ? pages.redesignedPage(changed) : bookPage(query, rows, total));
      } catch (error) {
        if (!(error instanceof OfficeFault)) throw error;
        send(response, pages.errorPage(), error.status);
      }
    }),
  );

  site.get(
    '/policies/:number',
    signedIn(async (user, request, response) => {
      try {
        const policy = await office.read(user, String(request.params['number']));
        if (!policy) send(response, pages.errorPage(), 404);
        else send(response, (policy.changedPage ? pages.redesignedPage : pages.policyPage)(policy));
      } catch (error) {
        if (!(error instanceof OfficeFault)) throw error;
        send(response, pages.errorPage(), error.status);
      }
    }),
  );
  return site;
};
