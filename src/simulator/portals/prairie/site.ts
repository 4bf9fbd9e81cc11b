import express, { type Request, type Response, type Router } from 'express';
import type { Office } from '../office.ts';
import * as pages from './pages.ts';
import { createReports, TYPES } from './reports.ts';

const COOKIE = 'PSLAGENT';

const ENDED = {
  none: undefined,
  time: 'You have been logged out because of inactivity.',
  office: 'You have been logged out because of inactivity.',
  elsewhere: 'You were logged out: this Agent ID logged in elsewhere.',
} as const;

const tokenOf = (request: Request): string | undefined =>
  new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];

const send = (response: Response, page: string, status = 200): void => {
  response.status(status).set('cache-control', 'no-store').type('html').send(page);
};

/** Prairie States Life: no page shows a value; they are in a file, after a report is ordered. */
export const prairieSite = (office: Office): Router => {
  const reports = createReports(office);
  const site = express.Router();
  site.use((_request, response, next) => {
    const weather = office.weather();
    if (weather === 'fine') next();
    else send(response, pages.NOTICES[weather][1], pages.NOTICES[weather][0]);
  });

  site.get('/', (_request, response) => response.redirect('/reports'));
  site.get('/log-on', (_request, response) => send(response, pages.logOnPage()));

  site.post('/log-on', express.urlencoded({ extended: false }), async (request, response) => {
    const { agent = '', password = '' } = request.body as { agent?: string; password?: string };
    const answer = await office.checkPassword(agent, password);
    if (answer === 'dropped') request.socket.resetAndDestroy();
    else if (answer === 'redirects') response.redirect(303, '/around/1');
    else if (answer === 'bad-password')
      send(response, pages.logOnPage('The Agent ID and password do not match our records.'));
    else if (answer !== 'accepted') {
      const [status, page] = pages.NOTICES[answer];
      send(response, page, status);
    } else {
      response.cookie(COOKIE, office.openSession(agent), { httpOnly: true, sameSite: 'lax' });
      response.redirect(303, '/reports');
    }
  });

  site.get('/log-off', (request, response) => {
    office.endSession(tokenOf(request));
    response.clearCookie(COOKIE).redirect('/log-on');
  });

  const signedIn =
    (serve: (user: string, request: Request, response: Response) => void) =>
    (request: Request, response: Response): void => {
      const session = office.session(tokenOf(request));
      if ('user' in session) serve(session.user, request, response);
      else send(response, pages.logOnPage(ENDED[session.ended]));
    };

  site.get(
    '/reports',
    signedIn((user, _request, response) =>
      send(response, pages.reportsPage(reports.of(user), TYPES)),
    ),
  );

  site.post(
    '/reports',
    express.urlencoded({ extended: false }),
    signedIn((user, request, response) => {
      const { type } = request.body as { type?: string };
      const known = TYPES.find((each) => each === type);
      if (known === undefined) send(response, pages.errorPage(), 400);
      else response.redirect(303, `/reports/${reports.order(user, known)}`);
    }),
  );

  site.get(
    '/reports/:id',
    signedIn((user, request, response) => {
      const report = reports.look(user, String(request.params['id']));
      if (!report) send(response, pages.errorPage(), 404);
      else if (report.state === 'failed') send(response, pages.errorPage(), report.status);
      else send(response, pages.reportPage(report));
    }),
  );

  site.get(
    '/reports/:id/file',
    signedIn((user, request, response) => {
      const report = reports.look(user, String(request.params['id']));
      if (report?.file === undefined) {
        send(response, pages.errorPage(), 404);
        return;
      }
      response.set('cache-control', 'no-store').attachment(`report-${report.id}.csv`);
      response.type('text/csv').send(report.file);
    }),
  );
  return site;
};
