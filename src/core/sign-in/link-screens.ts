import { latestSignIn, hasKeptPassword, setupKeyOf } from './store/sign-ins.ts';
import { linkStateOf } from '#core/logins/store/login-sources.ts';
import { standingOfSource, type LinkState } from '#core/logins/standing.ts';
import type { Store } from '#database/store.ts';
import type { LinkStanding } from './rules.ts';
import type { Clock } from '#shared/clock.ts';
import { findLink } from './link.ts';
import type { CarrierFacts, CodeChannel, CredentialField } from '#portal/portal.ts';
import { lockoutWarning, signInProgress, type SignInProgress } from './sign-in.ts';
import { failureWords, type FailureWords } from './failure-words.ts';
import type { Link } from './store/links.ts';
import { type Message, MESSAGES } from '#web/messages.ts';

/** What the page shows now; each has a template of its name under pages/. */
export type Screen =
  | Message
  | { name: 'continue'; about: About }
  | { name: 'pairing'; about: About; number: string }
  | Fields
  | { name: 'working'; about: About; step: Step }
  | Code
  | Ways
  | Linked
  | { name: 'failed'; about: About; failure: FailureWords; mayRetry: boolean };

/** `ends`: soon, and by a person alone it goes on; `keptGoesOn`: a kept password would do that. */
export interface Linked {
  name: 'linked';
  about: About;
  waitingSyncs: number;
  ends: { at: string; minutesLeft: number; keptGoesOn: boolean } | undefined;
}

export type Step =
  | 'waiting'
  | 'signing-in'
  | 'channel-chosen'
  | 'code-checking'
  | 'code-again'
  | 'code-another';

export interface Fields {
  name: 'fields';
  about: About;
  fields: readonly CredentialField[];
  /** The sign-in this form follows, so that the same form sent twice is one sign-in. */
  after: string;
  failure: FailureWords | undefined;
  /** Wrong passwords since the last right one, when one more may lock the login. */
  rejections: number | undefined;
  kept: boolean;
  mayKeep: MayKeep;
  /** The set-up key of an authenticator; undefined where the carrier has none. */
  setupKey: 'none' | 'kept' | 'refused' | undefined;
  signInsPerDay: number;
  minutesLeft: number;
  problems: Problem[];
  /** What was typed into fields that are not secret. */
  typed: Record<string, string>;
  keep: boolean;
}

export interface Code {
  name: 'code';
  about: About;
  signInId: string;
  hint: string | undefined;
  again: boolean;
  sentAgain: boolean;
  until: number;
  minutesLeft: number;
  digitsOnly: boolean;
  sendsAgain: boolean;
  anotherWay: boolean;
  problems: Problem[];
}

/** The carrier lets the person choose which way its code goes. */
export interface Ways {
  name: 'ways';
  about: About;
  signInId: string;
  ways: readonly CodeChannel[];
  until: number;
  minutesLeft: number;
  problems: Problem[];
}

/** What a kept password does later: `days` for which the carrier remembers our browser, 0: it does not. */
export type MayKeep =
  | { kind: 'signs-in-by-itself' }
  | { kind: 'asks-for-code-only' }
  | { kind: 'while-no-code'; days: number; withKey: boolean };

/** A mistake in a form: named beside its field and in the summary above. */
export interface Problem {
  field: string;
  text: string;
}

/** Who, what and where, on every screen of a link. */
export interface About {
  linkId: string;
  personId: string;
  carrier: string;
  portalUrl: string;
  portalHost: string;
  source: string;
  askedBy: string;
  /** Named only when the login is somebody else's. */
  holder: string | undefined;
  policyNumber: string | undefined;
  mayAskCode: boolean;
  sandbox: Sandbox | undefined;
}

/** Addresses of what people have elsewhere, where the carriers are local ones: their logins, and where codes arrive. */
export interface Sandbox {
  logins: string;
  phone: string;
}

export interface ScreenSources {
  sandbox?: Sandbox | undefined;
  store: Store;
  clock: Clock;
  carrier: (id: string) => CarrierFacts | undefined;
}

/** What is to be seen, and what a form may act on: the link, when it is open in this browser. */
export interface Seen {
  screen: Screen;
  link?: Link;
  facts?: CarrierFacts;
}

/** Reads only. `again` asks for the fields where a failure would be explained first. */
export const look = async (
  sources: ScreenSources,
  token: string,
  browser: string | undefined,
  again = false,
): Promise<Seen> => {
  const found = await findLink(sources, token, browser);
  if (found === undefined) return { screen: MESSAGES.unknown };
  const { link, standing } = found;
  const facts = sources.carrier(link.source.carrierId);
  if (facts === undefined) return { screen: MESSAGES['no-carrier'] };
  const about = aboutOf(link, facts, sources.sandbox);
  switch (standing.kind) {
    case 'new':
      return { screen: { name: 'continue', about } };
    case 'pairing':
      return { screen: { name: 'pairing', about, number: standing.number } };
    case 'ready':
    case 'ready-expired':
      return {
        screen: await signInScreen(sources, { link, standing, facts, about, again }),
        link,
        facts,
      };
    case 'expired':
    case 'used':
    case 'wrong-number':
    case 'stopped':
    case 'replaced':
    case 'other-browser':
      return { screen: MESSAGES[standing.kind] };
  }
};

const signInScreen = async (
  sources: ScreenSources,
  opened: { link: Link; standing: LinkStanding; facts: CarrierFacts; about: About; again: boolean },
): Promise<Screen> => {
  const { link, standing, facts, about, again } = opened;
  const now = sources.clock();
  const latest = await latestSignIn(sources.store, link.id);
  const progress = latest && signInProgress(latest, now);
  if (progress !== undefined && progress.kind !== 'failed')
    return progress.kind === 'linked'
      ? {
          name: 'linked',
          about,
          waitingSyncs: progress.waitingSyncs,
          ends: endsSoon(await linkStateOf(sources.store, link.source.id), facts, now),
        }
      : progressScreen(progress, { about, facts, signInId: latest?.id ?? '', now });
  const failure = progress && failureWords(progress.reason, facts, latest?.submitted ?? false);
  if (standing.kind === 'ready-expired')
    return failure === undefined
      ? MESSAGES.expired
      : { name: 'failed', about, failure, mayRetry: false };
  if (failure?.again === 'later' && !again)
    return { name: 'failed', about, failure, mayRetry: true };
  const store = sources.store;
  const warning = await lockoutWarning({ store, clock: sources.clock }, link.source.id);
  return {
    name: 'fields',
    about,
    fields: facts.fields,
    after: latest?.id ?? '',
    failure,
    rejections: warning.near ? warning.rejections : undefined,
    kept: await hasKeptPassword(store, link.source.id, link.person.id),
    mayKeep: mayKeepOf(facts),
    setupKey:
      facts.authenticatorChannel === undefined
        ? undefined
        : await setupKeyOf(store, link.source.id, link.person.id),
    signInsPerDay: facts.automaticSignInsPerDay,
    minutesLeft: minutes(link.expiresAt - now),
    problems: [],
    typed: {},
    keep: false,
  };
};

const endsSoon = (state: LinkState, facts: CarrierFacts, now: number): Linked['ends'] => {
  const { linkEndsAt } = state;
  if (standingOfSource(state, now) !== 'ends-soon' || linkEndsAt === null || linkEndsAt <= now)
    return undefined;
  const kept = mayKeepOf(facts);
  return {
    at: new Date(linkEndsAt).toISOString(),
    minutesLeft: minutes(linkEndsAt - now),
    keptGoesOn:
      kept.kind === 'signs-in-by-itself' || (kept.kind === 'while-no-code' && kept.days > 0),
  };
};

const mayKeepOf = (facts: CarrierFacts): MayKeep => {
  if (facts.codes === 'never') return { kind: 'signs-in-by-itself' };
  const days = facts.trustDays ?? 0;
  const withKey = facts.authenticatorChannel !== undefined;
  return facts.automaticSignInsPerDay > 0 && (days > 0 || withKey)
    ? { kind: 'while-no-code', days, withKey }
    : { kind: 'asks-for-code-only' };
};

const progressScreen = (
  progress: Exclude<SignInProgress, { kind: 'failed' | 'linked' }>,
  {
    about,
    facts,
    signInId,
    now,
  }: { about: About; facts: CarrierFacts; signInId: string; now: number },
): Screen => {
  switch (progress.kind) {
    case 'channel-wanted':
      return {
        name: 'ways',
        about,
        signInId,
        ways: progress.channels,
        until: progress.until,
        minutesLeft: minutes(progress.until - now),
        problems: [],
      };
    case 'code-wanted':
      return {
        name: 'code',
        about,
        signInId,
        hint: progress.hint,
        again: progress.again,
        sentAgain: progress.sentAgain,
        until: progress.until,
        minutesLeft: minutes(progress.until - now),
        digitsOnly: /^[\^$\\d{},[\]0-9()?:-]*$/.test(facts.codePattern?.source ?? 'letters'),
        sendsAgain: facts.sendsCodeAgain === true,
        anotherWay: progress.anotherWay === true,
        problems: [],
      };
    case 'waiting':
    case 'signing-in':
    case 'code-checking':
    case 'code-again':
    case 'code-another':
    case 'channel-chosen':
      return { name: 'working', about, step: progress.kind };
  }
};

const minutes = (milliseconds: number): number => Math.max(1, Math.round(milliseconds / 60_000));

const aboutOf = (link: Link, facts: CarrierFacts, sandbox: Sandbox | undefined): About => ({
  linkId: link.id,
  personId: link.person.id,
  carrier: facts.name,
  portalUrl: facts.portalUrl,
  portalHost: new URL(facts.portalUrl).host,
  source: link.source.name,
  askedBy: link.person.name,
  holder: link.source.holderId === link.person.id ? undefined : link.source.holderName,
  policyNumber: link.policyNumber,
  mayAskCode: facts.codes !== 'never',
  sandbox,
});

/** Names a screen and its state: when it changes, the page in the browser is out of date. */
export const keyOf = (screen: Screen): string => {
  if (screen.name === 'working') return `working-${screen.step}`;
  if (screen.name === 'code' || screen.name === 'ways') return `${screen.name}-${screen.until}`;
  if (screen.name === 'fields') return `fields-${screen.after}`;
  return screen.name;
};
