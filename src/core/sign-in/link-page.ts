import { forgetSetupKey } from './store/sign-ins.ts';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { Secret, type Random } from '#shared/secret.ts';
import { parseSetupKey } from './time-code.ts';
import { continueLink, stopLink, type Pairing } from './link.ts';
import type { CarrierFacts, Credentials } from '#portal/portal.ts';
import type { Sealer } from '#database/sealed.ts';
import { askForNewCode, beginSignIn, chooseChannel, submitCode } from './sign-in.ts';
import type { Surface } from '#web/pages.ts';
import {
  keyOf,
  look,
  type Code,
  type Fields,
  type Problem,
  type Screen,
  type ScreenSources,
  type Ways,
} from './link-screens.ts';
import type { Link } from './store/links.ts';
import { MESSAGES } from '#web/messages.ts';
import { NOT_A_CODE } from './failure-words.ts';

export interface LinkPageDependencies extends ScreenSources {
  sealer: Sealer;
  random: Random;
  pairingWanted: (pairing: Pairing) => Promise<void>;
  wake: (sourceId: string, urgency: 'force') => Promise<void>;
  changed: (sourceId: string) => Promise<void>;
}

/** Screens that change by themselves, so the page keeps looking; `refreshed` also without script. */
const WATCHED = new Set<Screen['name']>(['pairing', 'working', 'code', 'ways']);
const REFRESHED = new Set<Screen['name']>(['pairing', 'working']);

const changes = (screen: Screen) => ({
  key: keyOf(screen),
  watched: WATCHED.has(screen.name),
  refreshed: REFRESHED.has(screen.name),
});

/** Longest accepted text of one field. */
const LONGEST = 512;

/** One-time link, seen from a browser. A GET only looks; every POST ends in a GET, or in a form. */
export const linkPage = (
  deps: LinkPageDependencies,
  { base, draw, cookies, log }: Surface,
): Router => {
  const show = (request: Request, response: Response, screen: Screen, status?: number): void => {
    const token = tokenOf(request);
    const proof = cookies.formProof(request, response, token);
    response
      .status(status ?? (screen.name === 'message' ? screen.status : 200))
      .type('html')
      .send(draw(screen, { base, token, proof, ...changes(screen) }));
  };
  const back = (request: Request, response: Response): void =>
    response.redirect(303, `${base}/link/${encodeURIComponent(tokenOf(request))}`);
  const seen = (request: Request, again = false) =>
    look(deps, tokenOf(request), cookies.browser(request), again);
  const refuse = (request: Request, response: Response): void => {
    log.info({ site: request.get('sec-fetch-site') }, 'A form that is not our own was refused');
    show(request, response, MESSAGES['stale-form']);
  };
  const ownForm: RequestHandler<{ token: string }> = (request, response, next) => {
    const site = request.get('sec-fetch-site');
    const crossSite = site !== undefined && site !== 'same-origin';
    if (crossSite || !cookies.isOwnForm(request, tokenOf(request), field(request, 'proof')))
      refuse(request, response);
    else next();
  };

  const router = Router();

  router.get('/:token', async (request, response) => {
    show(request, response, (await seen(request, 'again' in request.query)).screen);
  });

  router.get('/:token/state', async (request, response) => {
    response.json({ key: keyOf((await seen(request)).screen) });
  });

  router.post('/:token/continue', ownForm, async (request, response) => {
    const browser = cookies.ensureBrowser(request, response);
    await continueLink(deps, tokenOf(request), browser);
    back(request, response);
  });

  router.post('/:token/sign-in', ownForm, async (request, response) => {
    const { screen, link, facts } = await seen(request, true);
    if (link === undefined || facts === undefined || screen.name !== 'fields')
      return back(request, response);
    // The same form sent a second time: its sign-in is under way, or has ended.
    if (field(request, 'after') !== screen.after) return back(request, response);
    const typed = readFields(request, facts);
    if (field(request, 'kept') === undefined && typed.problems.length > 0)
      return show(request, response, { ...screen, ...retyped(typed) }, 422);
    const begun = await begin(deps, request, link, typed);
    if (begun === 'busy') {
      const problems = [{ field: 'sign-in', text: BUSY }];
      return show(request, response, { ...screen, ...retyped({ ...typed, problems }) }, 409);
    }
    return back(request, response);
  });

  router.post('/:token/code', ownForm, async (request, response) => {
    const { screen } = await seen(request);
    if (screen.name !== 'code') return back(request, response);
    const code = new Secret(field(request, 'code') ?? '');
    const { signInId, about } = screen;
    const store = deps.store;
    const again = field(request, 'again');
    if (again !== undefined) {
      const to = again === 'another-way' ? 'code-another' : 'code-again';
      await askForNewCode({ ...deps, store }, signInId, about.personId, to);
      return back(request, response);
    }
    const submitted = await submitCode({ ...deps, store }, signInId, about.personId, code);
    if (submitted.kind !== 'not-a-code') return back(request, response);
    const problems = [{ field: 'code', text: NOT_A_CODE }];
    return show(request, response, { ...screen, problems } satisfies Code, 422);
  });

  router.post('/:token/way', ownForm, async (request, response) => {
    const { screen } = await seen(request);
    if (screen.name !== 'ways') return back(request, response);
    const { signInId, about, ways } = screen;
    const way = ways.find(({ id }) => id === field(request, 'way'));
    if (way === undefined) {
      const problems = [{ field: 'way-0', text: 'Choose where the code should go.' }];
      return show(request, response, { ...screen, problems } satisfies Ways, 422);
    }
    await chooseChannel(deps, signInId, about.personId, way.id);
    return back(request, response);
  });

  router.post('/:token/forget-key', ownForm, async (request, response) => {
    const { screen, link } = await seen(request, true);
    if (link !== undefined && screen.name === 'fields')
      await forgetSetupKey(deps.store, link.source.id, link.person.id);
    back(request, response);
  });

  router.post('/:token/stop', ownForm, async (request, response) => {
    const { screen, link } = await seen(request, true);
    if (link !== undefined && screen.name === 'fields') await stopLink(deps, link.id);
    back(request, response);
  });

  return router;
};

const BUSY = 'Someone is signing in with this login right now. Wait a moment, then try again.';

const begin = async (
  deps: LinkPageDependencies,
  request: Request,
  link: Link,
  typed: Typed,
): Promise<'begun' | 'busy' | 'refused'> => {
  const kept = field(request, 'kept') !== undefined;
  const store = deps.store;
  const credentials = kept ? 'kept' : typed.credentials;
  const begun = await beginSignIn({ ...deps, store }, link, credentials, typed.keep, typed.key);
  return begun.kind === 'begun' || begun.kind === 'busy' ? begun.kind : 'refused';
};

interface Typed {
  credentials: Credentials;
  plain: Record<string, string>;
  keep: boolean;
  /** The set-up key of an authenticator, as it is sealed. */
  key?: Secret;
  problems: Problem[];
}

/** "User name" -> "user name"; a name of capitals, such as NPN, stays. */
const inSentence = (label: string): string =>
  label.replace(/^\p{Lu}(?=\p{Ll})/u, (first) => first.toLowerCase());

/** What was typed, sealed in its type at once; only fields that are no secret can be shown again. */
const readFields = (request: Request, facts: CarrierFacts): Typed => {
  const keep = field(request, 'keep') !== undefined;
  const typed: Typed = { credentials: {}, plain: {}, keep, problems: [] };
  for (const { name, label, secret } of facts.fields) {
    const raw = field(request, `field-${name}`) ?? '';
    const value = secret ? raw : raw.trim();
    if (!secret) typed.plain[name] = value.slice(0, LONGEST);
    if (value === '')
      typed.problems.push({ field: `field-${name}`, text: `Enter your ${inSentence(label)}.` });
    if (value.length > LONGEST)
      typed.problems.push({ field: `field-${name}`, text: `${label} is longer than any we know.` });
    typed.credentials[name] = new Secret(value);
  }
  if (facts.authenticatorChannel !== undefined) readSetupKey(request, typed);
  return typed;
};

const KEY_PROBLEMS = {
  'not-a-key':
    'This is no setup key. Copy the letters and digits the carrier shows beside its QR code, or the whole address that begins with otpauth://',
  'counts-up':
    'This key counts up instead of following the time, and would get out of step. Choose a time-based one at the carrier, or leave this empty.',
  short: 'This setup key is too short: it may be cut off, or be a code of the moment.',
};

const readSetupKey = (request: Request, typed: Typed): void => {
  const raw = (field(request, 'setup-key') ?? '').trim();
  if (raw === '') return;
  const parsed = raw.length > LONGEST ? undefined : parseSetupKey(new Secret(raw));
  if (parsed?.kind === 'key') typed.key = parsed.key;
  else typed.problems.push({ field: 'setup-key', text: KEY_PROBLEMS[parsed?.kind ?? 'not-a-key'] });
  if (!typed.keep)
    typed.problems.push({
      field: 'keep',
      text: 'Tick "Keep my password" too: the setup key is kept with it, or not at all.',
    });
};

const retyped = ({ plain, keep, problems }: Omit<Typed, 'credentials' | 'key'>) =>
  ({ problems, typed: plain, keep, failure: undefined }) satisfies Partial<Fields>;

const tokenOf = (request: Request): string => String(request.params['token']);

const field = (request: Request, name: string): string | undefined => {
  const value = (request.body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : undefined;
};
