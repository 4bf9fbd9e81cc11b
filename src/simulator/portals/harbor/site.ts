import express, { type Request, type Response, type Router } from 'express';
import { OfficeFault } from '../policy-data.ts';
import type { CodeWay } from '../handle.ts';
import type { Office } from '../office.ts';
import { allAccountsPage, SCREEN } from './all-accounts.ts';
import * as pages from './pages.ts';

const SESSION = 'harbor_session';
const STEP = 'harbor_step';
const DEVICE = 'harbor_device';
const TRUST_DAYS = 30;
const DAY = 86_400_000;
const HIDDEN = { httpOnly: true, sameSite: 'lax' } as const;

const cookieOf = (request: Request, name: string): string | undefined =>
  new RegExp(`(?:^|; )${name}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];

const fieldOf = (request: Request, name: string): string => {
  const value = (request.body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : '';
};

const send = (response: Response, page: string, status = 200): void => {
  response.status(status).set('cache-control', 'no-store').type('html').send(page);
};

/** Harbor Trust: a sign-on on several screens, a choice of how the code comes, remembered devices. */
export const harborSite = (office: Office): Router => {
  const site = express.Router();
  site.use(express.urlencoded({ extended: false }));
  site.use((_request, response, next) => {
    const weather = office.weather();
    if (weather === 'fine') next();
    else send(response, pages.REFUSALS[weather], weather === 'maintenance' ? 503 : 403);
  });
  site.get('/', (_request, response) => response.redirect('/accounts'));
  signOn(site, office);
  accounts(site, office);
  return site;
};

const signOn = (site: Router, office: Office): void => {
  const startAgain = (response: Response): void =>
    send(response, pages.userPage('Your security code has expired. Please start again.'));

  site.get('/sign-on', (_request, response) => send(response, pages.userPage()));

  // Who is unknown is asked for a password as well: the first screen gives nobody away.
  site.post('/sign-on', (request, response) =>
    send(response, pages.passwordPage(fieldOf(request, 'user'))),
  );

  const enter = (response: Response, token: string): void => {
    response.cookie(SESSION, token, HIDDEN).clearCookie(STEP).redirect(303, '/accounts');
  };

  site.post('/sign-on/password', async (request, response) => {
    const user = fieldOf(request, 'user');
    const answer = await office.checkPassword(user, fieldOf(request, 'password'));
    if (answer === 'dropped') request.socket.resetAndDestroy();
    else if (answer === 'redirects') response.redirect(303, '/around/1');
    else if (answer === 'bad-password')
      send(response, pages.passwordPage(user, 'The password you entered is incorrect.'));
    else if (answer !== 'accepted') send(response, pages.REFUSALS[answer]);
    else if (office.knowsDevice(user, cookieOf(request, DEVICE)))
      enter(response, office.openSession(user));
    else {
      const ways = office.waysOf(user);
      const [only] = ways;
      const id = office.expectCode(user);
      if (ways.length === 1 && only) office.sendCodeBy(id, only);
      response.cookie(STEP, id, HIDDEN);
      response.redirect(303, ways.length === 1 ? '/sign-on/code' : '/sign-on/way');
    }
  });

  /** The sign-on under way in this browser, and where its codes may go. */
  const underWay = (request: Request) => {
    const id = cookieOf(request, STEP) ?? '';
    const waiting = office.codeOf(id);
    return waiting && { ...waiting, id, ways: office.waysOf(waiting.user) };
  };

  site.get('/sign-on/way', (request, response) => {
    const now = underWay(request);
    if (now) send(response, pages.waysPage(now.ways));
    else startAgain(response);
  });

  site.post('/sign-on/way', (request, response) => {
    const now = underWay(request);
    const way = now?.ways.find((each): each is CodeWay => each === fieldOf(request, 'way'));
    if (!now) startAgain(response);
    else if (!way) send(response, pages.waysPage(now.ways));
    else {
      office.sendCodeBy(now.id, way);
      response.redirect(303, '/sign-on/code');
    }
  });

  const askForCode = (request: Request, response: Response, alert?: string): void => {
    const now = underWay(request);
    if (!now?.way) startAgain(response);
    else send(response, pages.codePage(now.way, now.ways.length > 1, alert));
  };

  site.get('/sign-on/code', (request, response) => askForCode(request, response));

  site.post('/sign-on/again', (request, response) => {
    office.resendCode(cookieOf(request, STEP) ?? '');
    response.redirect(303, '/sign-on/code');
  });

  site.post('/sign-on/code', (request, response) => {
    const user = underWay(request)?.user ?? '';
    const answer = office.checkCode(cookieOf(request, STEP) ?? '', fieldOf(request, 'code'));
    if (answer === 'expired') startAgain(response);
    else if (answer === 'wrong')
      askForCode(request, response, 'The security code you entered is incorrect.');
    else {
      if (fieldOf(request, 'remember') === 'yes') {
        const device = office.rememberDevice(user, TRUST_DAYS);
        response.cookie(DEVICE, device, { ...HIDDEN, maxAge: TRUST_DAYS * DAY });
      }
      enter(response, answer.token);
    }
  });

  site.get('/sign-off', (request, response) => {
    office.endSession(cookieOf(request, SESSION));
    response.clearCookie(SESSION).redirect('/sign-on');
  });
};

const accounts = (site: Router, office: Office): void => {
  const signedIn =
    (serve: (user: string, request: Request, response: Response) => Promise<void>) =>
    async (request: Request, response: Response): Promise<void> => {
      const session = office.session(cookieOf(request, SESSION));
      if ('user' in session) return serve(session.user, request, response);
      const said = {
        none: undefined,
        time: 'Your session has timed out. Please sign on again.',
        office: 'Your session has ended. Please sign on again.',
        elsewhere: 'You were signed off because this User ID signed on from another browser.',
      }[session.ended];
      send(response, pages.userPage(said));
    };

  const account = async (user: string, number: string, response: Response): Promise<void> => {
    try {
      const policy = await office.read(user, number);
      if (!policy) send(response, pages.errorPage(), 404);
      else send(response, (policy.changedPage ? pages.redesignedPage : pages.accountPage)(policy));
    } catch (error) {
      if (!(error instanceof OfficeFault)) throw error;
      send(response, pages.errorPage(), error.status);
    }
  };

  site.post(
    '/news',
    signedIn(async (user, _request, response) => {
      office.newsRead(user);
      response.redirect(303, '/accounts');
    }),
  );

  // One account that fits is shown at once; there is no list in between.
  site.get(
    '/accounts',
    signedIn(async (user, request, response) => {
      if (office.hasNews(user)) {
        send(response, pages.newsPage());
        return;
      }
      const { number } = request.query;
      if (typeof number !== 'string' || number.trim() === '') {
        send(response, pages.homePage(office.passwordEndsOf(user)));
        return;
      }
      const { hits, similar } = await office.search(user, number);
      const [hit] = hits;
      if (hit) response.redirect(303, `/accounts/${encodeURIComponent(hit.number)}`);
      else send(response, pages.noAccountPage(number, similar));
    }),
  );

  site.get(
    '/accounts/all',
    signedIn(async (user, request, response) => {
      const closed = request.query['closed'] === 'yes';
      const from = Math.max(0, Math.trunc(Number(request.query['from'])) || 0);
      try {
        const shown = { openOnly: !closed };
        const { rows, total } = await office.list(user, from, from + SCREEN, shown);
        const changed = rows.find((policy) => policy.changedPage);
        if (changed) send(response, pages.redesignedPage(changed));
        else send(response, allAccountsPage({ closed, from }, rows, total));
      } catch (error) {
        if (!(error instanceof OfficeFault)) throw error;
        send(response, pages.errorPage(), error.status);
      }
    }),
  );

  site.get(
    '/accounts/:number',
    signedIn((user, request, response) =>
      account(user, String(request.params['number']), response),
    ),
  );
};
