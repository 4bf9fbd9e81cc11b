import express, { type Request, type Response, type Router } from 'express';
import { standingOf } from '#shared/status.ts';
import { OfficeFault } from '../policy-data.ts';
import type { Office } from '../office.ts';
import * as pages from './pages.ts';
import { registerForm, registerFrame, SCREEN } from './register.ts';

const COOKIE = 'GMSESSION';

const tokenOf = (request: Request): string | undefined =>
  new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];

const send = (response: Response, page: string, status = 200): void => {
  response.status(status).set('cache-control', 'no-store').type('html').send(page);
};

const textOf = (asked: unknown): string => (typeof asked === 'string' ? asked : '');

const ENDED = {
  none: 'Please sign on.',
  time: 'Your session has expired because it was not used.',
  office: 'Your session was ended by the system.',
  elsewhere: 'You have been signed off: this User ID signed on at another workstation.',
} as const;

/** Granite Mutual: frames, a window for each policy, and sessions that end when nobody uses them. */
export const graniteSite = (office: Office): Router => {
  const site = express.Router();
  site.use((_request, response, next) => {
    const weather = office.weather();
    if (weather === 'fine') next();
    else send(response, pages.REFUSALS[weather], weather === 'maintenance' ? 503 : 403);
  });

  site.get('/', (_request, response) => response.redirect('/office'));
  site.get('/signon', (_request, response) => send(response, pages.signOnPage()));

  site.post('/signon', express.urlencoded({ extended: false }), async (request, response) => {
    const { uid = '', pwd = '' } = request.body as { uid?: string; pwd?: string };
    const answer = await office.checkPassword(uid, pwd);
    if (answer === 'dropped') request.socket.resetAndDestroy();
    else if (answer === 'redirects') response.redirect(303, '/around/1');
    else if (answer === 'bad-password')
      send(response, pages.signOnPage('Invalid User ID or password. Please try again.'));
    else if (answer !== 'accepted') send(response, pages.REFUSALS[answer]);
    else {
      response.cookie(COOKIE, office.openSession(uid), { httpOnly: true, sameSite: 'lax' });
      response.redirect(303, '/office');
    }
  });

  site.get('/signoff', (request, response) => {
    office.endSession(tokenOf(request));
    response.clearCookie(COOKIE).redirect('/signon');
  });

  // Looking how long a session lives does not use it; the frames around the work do not either.
  site.get('/office/idle', (request, response) => {
    response.set('cache-control', 'no-store').type('text');
    response.send(String(office.idleLeft(tokenOf(request))));
  });
  site.get('/office', (request, response) => {
    if (tokenOf(request) === undefined) response.redirect('/signon');
    else send(response, pages.framesetPage());
  });

  const signedIn =
    (serve: (user: string, request: Request, response: Response) => Promise<void> | void) =>
    async (request: Request, response: Response): Promise<void> => {
      const session = office.session(tokenOf(request));
      if ('user' in session) await serve(session.user, request, response);
      else send(response, pages.overPage(ENDED[session.ended]));
    };

  site.get(
    '/office/menu',
    signedIn((user, _request, response) => send(response, pages.menuFrame(user))),
  );

  site.post(
    '/office/stay',
    signedIn((_user, _request, response) => void response.status(204).end()),
  );

  site.get(
    '/office/policies',
    signedIn(async (user, request, response) => {
      const number = textOf(request.query['polno']);
      const all = request.query['show'] === 'all';
      if (number.trim() === '') {
        send(response, pages.inquiryFrame());
        return;
      }
      const { hits, similar } = await office.search(user, number);
      const shown = hits.filter(
        (hit) => all || !['closed', 'expired'].includes(standingOf(hit.status)),
      );
      send(response, pages.resultsFrame({ number, all }, shown, similar));
    }),
  );

  site.get(
    '/office/register',
    signedIn(async (user, request, response) => {
      const { show } = request.query;
      if (show === undefined) {
        send(response, registerForm());
        return;
      }
      const asked = {
        all: show === 'all',
        from: Math.max(0, Math.trunc(Number(request.query['from'])) || 0),
      };
      try {
        const shown = { openOnly: !asked.all };
        const { rows, total } = await office.list(user, asked.from, asked.from + SCREEN, shown);
        const changed = rows.find((policy) => policy.changedPage);
        send(
          response,
          changed ? pages.redesignedWindow(changed) : registerFrame(asked, rows, total),
        );
      } catch (error) {
        if (!(error instanceof OfficeFault)) throw error;
        send(response, pages.errorPage(), error.status);
      }
    }),
  );

  site.get(
    '/office/detail',
    signedIn(async (user, request, response) => {
      try {
        const policy = await office.read(user, textOf(request.query['polno']));
        if (!policy) send(response, pages.errorPage(), 404);
        else
          send(
            response,
            (policy.changedPage ? pages.redesignedWindow : pages.detailWindow)(policy),
          );
      } catch (error) {
        if (!(error instanceof OfficeFault)) throw error;
        send(response, pages.errorPage(), error.status);
      }
    }),
  );
  return site;
};
