import express, { type Request, type Response, type Router } from 'express';
import { OfficeFault } from '../policy-data.ts';
import type { Office } from '../office.ts';
import { rpcPage } from './page.ts';

const COOKIE = 'ridgeline';

const tokenOf = (request: Request): string | undefined =>
  new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];

interface Call {
  id?: number;
  method?: string;
  params?: Record<string, string>;
}

/** What the page is told of a sign-in that did not succeed; of a wrong password, nothing. */
const SAID: Record<string, string> = {
  locked: 'Your login has been locked.',
  'password-expired': 'Your password has expired. Choose another at the service desk.',
  terms: 'Please read and accept the new terms first.',
  'in-use': 'Another session is active for this login.',
  maintenance: 'The system is currently unavailable.',
  'robot-check': 'Please verify you are human.',
};

/**
 * Ridgeline Life: one page over JSON-RPC, where each call goes to the same address. The box for the
 * password lies over the page, and after a wrong one it opens again without a word. A login with an
 * authenticator is asked for its code, and for none other. No date stands beside a value.
 */
export const ridgelineSite = (office: Office): Router => {
  const site = express.Router();
  site.get('/', (_request, response) => void response.type('html').send(rpcPage));

  const answers: Record<
    string,
    (params: Record<string, string>, user: string) => Promise<unknown>
  > = {
    'policy.find': async ({ number = '' }, user) => {
      const { hits, similar } = await office.search(user, number);
      return { found: hits.map((hit) => hit.number), similar };
    },
    'policy.show': async ({ number = '' }, user) => (await office.read(user, number)) ?? null,
  };

  const open = (response: Response, token: string) => {
    response.cookie(COOKIE, token, { httpOnly: true, sameSite: 'lax' });
    return { open: true };
  };

  const signIn = async (
    method: string,
    params: Record<string, string>,
    response: Response,
  ): Promise<unknown> => {
    const text = (name: string): string => params[name] ?? '';
    if (method === 'session.code') {
      const checked = office.checkCode(text('challenge'), text('code'));
      return typeof checked === 'object'
        ? open(response, checked.token)
        : { open: false, said: `That code is ${checked}.`, challenge: text('challenge') };
    }
    const answer = await office.checkPassword(text('user'), text('secret'));
    if (answer !== 'accepted') return { open: false, said: SAID[answer] };
    if (!office.hasAuthenticator(text('user')))
      return open(response, office.openSession(text('user')));
    const challenge = office.expectCode(text('user'));
    office.sendCodeBy(challenge, 'app');
    return { open: false, challenge };
  };

  site.post('/rpc', express.json(), async (request, response) => {
    const { id = 0, method = '', params = {} } = request.body as Call;
    const reply = (answer: object) => response.json({ jsonrpc: '2.0', id, ...answer });
    const refuse = (code: number, message: string) => reply({ error: { code, message } });
    if (method.startsWith('session.')) {
      reply({ result: await signIn(method, params, response) });
      return;
    }
    const session = office.session(tokenOf(request));
    const answer = answers[method];
    if (!('user' in session)) refuse(-32001, 'No session');
    else if (answer === undefined) refuse(-32601, 'Method not found');
    else
      try {
        reply({ result: await answer(params, session.user) });
      } catch (error) {
        if (!(error instanceof OfficeFault)) throw error;
        refuse(-32000, 'Fault');
      }
  });
  return site;
};
