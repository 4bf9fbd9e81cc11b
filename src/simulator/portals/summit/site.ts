import express, { type Request, type Response, type Router } from 'express';
import { OfficeFault } from '../policy-data.ts';
import type { Office } from '../office.ts';
import * as pages from './pages.ts';
import { bookStatementOf, statementOf } from './statement.ts';

const COOKIE = 'sf.session';

const ENDED = {
  none: undefined,
  time: 'Your session has timed out.',
  office: 'Your session has ended.',
  elsewhere: 'You were logged out: your username was used to log in on another device.',
} as const;

const tokenOf = (request: Request): string | undefined =>
  new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];

const send = (response: Response, page: string, status = 200): void => {
  response.status(status).set('cache-control', 'no-store').type('html').send(page);
};

/** Summit Fidelity: pages find an account, and its values are in a statement to download, a PDF. */
export const summitSite = (office: Office): Router => {
  const site = express.Router();
  site.use((_request, response, next) => {
    const weather = office.weather();
    if (weather === 'fine') next();
    else send(response, pages.NOTICES[weather][1], pages.NOTICES[weather][0]);
  });

  site.get('/', (_request, response) => response.redirect('/statements'));
  site.get('/login', (_request, response) => send(response, pages.logInPage()));

  site.post('/login', express.urlencoded({ extended: false }), async (request, response) => {
    const { username = '', passphrase = '' } = request.body as Record<string, string | undefined>;
    const answer = await office.checkPassword(username, passphrase);
    if (answer === 'dropped') request.socket.resetAndDestroy();
    else if (answer === 'redirects') response.redirect(303, '/around/1');
    else if (answer === 'bad-password')
      send(response, pages.logInPage('We do not recognize this username with this passphrase.'));
    else if (answer !== 'accepted') {
      const [status, page] = pages.NOTICES[answer];
      send(response, page, status);
    } else {
      response.cookie(COOKIE, office.openSession(username), { httpOnly: true, sameSite: 'lax' });
      response.redirect(303, '/statements');
    }
  });

  site.get('/logout', (request, response) => {
    office.endSession(tokenOf(request));
    response.clearCookie(COOKIE).redirect('/login');
  });

  const signedIn =
    (serve: (user: string, request: Request, response: Response) => Promise<void>) =>
    async (request: Request, response: Response): Promise<void> => {
      const session = office.session(tokenOf(request));
      if (!('user' in session)) {
        send(response, pages.logInPage(ENDED[session.ended]));
        return;
      }
      try {
        await serve(session.user, request, response);
      } catch (error) {
        if (!(error instanceof OfficeFault)) throw error;
        send(response, pages.errorPage(), error.status);
      }
    };

  site.get(
    '/statements',
    signedIn(async (user, request, response) => {
      const { account } = request.query;
      if (typeof account !== 'string' || account.trim() === '') {
        send(response, pages.searchPage());
        return;
      }
      const { hits, similar } = await office.search(user, account);
      send(response, pages.resultPage(account, hits, similar));
    }),
  );

  const sendPdf = (response: Response, bytes: Buffer): void => {
    response.set('cache-control', 'no-store').attachment('statement.pdf');
    response.send(bytes);
  };

  site.get(
    '/statements/all/today.pdf',
    signedIn(async (user, _request, response) => {
      sendPdf(response, await bookStatementOf((await office.list(user)).rows));
    }),
  );

  site.get(
    '/statements/:account/today.pdf',
    signedIn(async (user, request, response) => {
      const policy = await office.read(user, String(request.params['account']));
      if (!policy) {
        send(response, pages.errorPage(), 404);
        return;
      }
      sendPdf(response, await statementOf(policy));
    }),
  );
  return site;
};
