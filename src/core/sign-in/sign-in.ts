import {
  openSignIn,
  signInById,
  putCode,
  askCodeAgain,
  putChannel,
  readTries,
  type SignIn,
  type OtherCode,
} from './store/sign-ins.ts';
import type { Store } from '#database/store.ts';
import { ulid } from 'ulid';
import {
  CODE_LIFE,
  CREDENTIALS_LIFE,
  deadAt,
  mayLink,
  nearLockout,
  recentRejections,
  SIGN_IN_LIFE,
} from './rules.ts';
import { Secret } from '#shared/secret.ts';
import type { Clock } from '#shared/clock.ts';
import type { CarrierFacts, CodeChannel, Credentials } from '#portal/portal.ts';
import type { Sealer } from '#database/sealed.ts';
import type { Link } from './store/links.ts';
import type { SignInFailure } from '#core/logins/standing.ts';

export type Begun =
  | { kind: 'begun'; signInId: string }
  /** Somebody signs in to this login source right now. */
  | { kind: 'busy' }
  | { kind: 'no-kept-password' }
  | { kind: 'not-allowed' };

/**
 * Seals what the person typed and puts it before the worker. The caller has seen that the link is
 * ready in this browser. Each call is the person's own explicit act: nothing here repeats itself.
 */
export const beginSignIn = async (
  deps: {
    store: Store;
    sealer: Sealer;
    clock: Clock;
    /** Wakes a session of the source. It may fail: the row waits and is found by the sweeper. */
    wake: (sourceId: string, urgency: 'force') => Promise<void>;
    /** Whoever shows this source or what waits for it should look again. */
    changed: (sourceId: string) => Promise<void>;
  },
  link: Link,
  credentials: Credentials | 'kept',
  storePassword: boolean,
  setupKey?: Secret,
): Promise<Begun> => {
  const { store, sealer, clock, wake, changed } = deps;
  if (!mayLink(link.person, link.source)) return { kind: 'not-allowed' };
  const sourceId = link.source.id;
  const sealed =
    credentials === 'kept' ? 'kept' : await sealer.seal(packCredentials(credentials), sourceId);
  const signIn = {
    id: ulid(clock()),
    sourceId,
    linkId: link.id,
    personId: link.person.id,
    storePassword: storePassword || credentials === 'kept',
    credentialsExpireAt: clock() + CREDENTIALS_LIFE,
  };
  const key = setupKey && (await sealer.seal(setupKey, sourceId));
  const opened = await openSignIn(store, signIn, sealed, deadAt(clock()), key);
  if (opened === undefined) return { kind: 'no-kept-password' };
  if (!opened) return { kind: 'busy' };
  await changed(sourceId);
  await wake(sourceId, 'force');
  return { kind: 'begun', signInId: signIn.id };
};

export type CodeSubmitted =
  | { kind: 'submitted' }
  | { kind: 'not-a-code' }
  | { kind: 'not-wanted' }
  | { kind: 'not-yours' };

/**
 * The code of one sign-in, from its page or from Slack: sealed, addressed to that sign-in alone.
 * `personId` is who signs in, or the holder, to whom the carrier sends it.
 */
export const submitCode = async (
  deps: {
    store: Store;
    sealer: Sealer;
    clock: Clock;
    carrier: (id: string) => CarrierFacts | undefined;
    changed: (sourceId: string) => Promise<void>;
  },
  signInId: string,
  personId: string,
  code: Secret,
): Promise<CodeSubmitted> => {
  const { store, sealer, clock, carrier, changed } = deps;
  const signIn = await signInById(store, signInId);
  if (signIn === undefined || !mayGiveCode(signIn, personId)) return { kind: 'not-yours' };
  const typed = new Secret(code.reveal().replaceAll(/\s/g, ''));
  const pattern = carrier(signIn.carrierId)?.codePattern ?? /^[A-Za-z0-9]{4,10}$/;
  if (!new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace('g', '')).test(typed.reveal()))
    return { kind: 'not-a-code' };
  const sealed = await sealer.seal(typed, signIn.sourceId);
  if (!(await putCode(store, signInId, sealed, clock() - CODE_LIFE))) return { kind: 'not-wanted' };
  await changed(signIn.sourceId);
  return { kind: 'submitted' };
};

export type CodeAskedAgain = { kind: 'asked' } | { kind: 'not-wanted' } | { kind: 'not-yours' };

type CodeDeps = Pick<Parameters<typeof submitCode>[0], 'store' | 'clock' | 'changed'>;

/** The person has no code: the portal is to send another one, or to let another way be chosen. */
export const askForNewCode = async (
  { store, clock, changed }: CodeDeps,
  signInId: string,
  personId: string,
  to: OtherCode = 'code-again',
): Promise<CodeAskedAgain> => {
  const signIn = await signInById(store, signInId);
  if (signIn === undefined || !mayGiveCode(signIn, personId)) return { kind: 'not-yours' };
  if (to === 'code-another' && signIn.channels.length < 2) return { kind: 'not-wanted' };
  if (!(await askCodeAgain(store, signInId, to, clock() - CODE_LIFE)))
    return { kind: 'not-wanted' };
  await changed(signIn.sourceId);
  return { kind: 'asked' };
};

export type ChannelChosen = { kind: 'chosen' } | { kind: 'not-wanted' } | { kind: 'not-yours' };

/** Which of the ways the code goes; one that the portal does not offer is not wanted. */
export const chooseChannel = async (
  { store, clock, changed }: CodeDeps,
  signInId: string,
  personId: string,
  channel: string,
): Promise<ChannelChosen> => {
  const signIn = await signInById(store, signInId);
  if (signIn === undefined || !mayGiveCode(signIn, personId)) return { kind: 'not-yours' };
  if (!signIn.channels.some(({ id }) => id === channel)) return { kind: 'not-wanted' };
  if (!(await putChannel(store, signInId, channel, clock() - CODE_LIFE)))
    return { kind: 'not-wanted' };
  await changed(signIn.sourceId);
  return { kind: 'chosen' };
};

export type CodeStanding =
  | { kind: 'wanted' }
  | { kind: 'channel-wanted'; channels: readonly CodeChannel[] }
  | { kind: 'not-wanted' }
  | { kind: 'not-yours' };

/** What this person may give this sign-in now, before anything is typed: a code, or its way. */
export const codeStanding = async (
  { store, clock }: { store: Store; clock: Clock },
  signInId: string,
  personId: string,
): Promise<CodeStanding> => {
  const signIn = await signInById(store, signInId);
  if (signIn === undefined || !mayGiveCode(signIn, personId)) return { kind: 'not-yours' };
  const progress = signInProgress(signIn, clock());
  if (signIn.finishedAt !== undefined) return { kind: 'not-wanted' };
  if (progress.kind === 'code-wanted') return { kind: 'wanted' };
  return progress.kind === 'channel-wanted'
    ? { kind: 'channel-wanted', channels: progress.channels }
    : { kind: 'not-wanted' };
};

const mayGiveCode = (signIn: SignIn, personId: string): boolean =>
  personId === signIn.personId || personId === signIn.holderId;

interface CodeWanted {
  kind: 'code-wanted';
  hint?: string;
  /** The code before was not accepted. */
  again: boolean;
  /** The person had another one sent. */
  sentAgain: boolean;
  until: number;
  anotherWay?: true;
}

export type SignInProgress =
  | { kind: 'waiting' }
  | { kind: 'signing-in' }
  | { kind: 'channel-wanted'; channels: readonly CodeChannel[]; until: number }
  | { kind: 'channel-chosen' }
  | CodeWanted
  | { kind: 'code-checking' }
  | { kind: 'code-again' }
  | { kind: 'code-another' }
  | { kind: 'linked'; waitingSyncs: number }
  | { kind: 'failed'; reason: SignInFailure };

/** How far it is, judged at `now`: what nobody works on any more counts as failed. */
export const signInProgress = (signIn: SignIn, now: number): SignInProgress => {
  const { state } = signIn;
  if (state === 'linked') return { kind: 'linked', waitingSyncs: signIn.waitingSyncs };
  if (state === 'failed') return { kind: 'failed', reason: signIn.reason ?? 'interrupted' };
  if (state === 'waiting')
    return now >= signIn.createdAt + CREDENTIALS_LIFE
      ? { kind: 'failed', reason: 'not-started' }
      : { kind: 'waiting' };
  if (now >= signIn.createdAt + SIGN_IN_LIFE) return { kind: 'failed', reason: 'interrupted' };
  if (state !== 'code-wanted' && state !== 'channel-wanted') return { kind: state };
  const until = (signIn.codeWantedAt ?? signIn.createdAt) + CODE_LIFE;
  if (now >= until) return { kind: 'failed', reason: 'code-timed-out' };
  if (state === 'channel-wanted') return { kind: state, channels: signIn.channels, until };
  return {
    kind: 'code-wanted',
    ...(signIn.codeHint === undefined ? {} : { hint: signIn.codeHint }),
    again: signIn.codeAgain,
    sentAgain: signIn.codeSentAgain,
    until,
    ...(signIn.channels.length > 1 ? { anotherWay: true } : {}),
  };
};

/** How close this login is to being locked by the carrier, for a plain warning before the fields. */
export const lockoutWarning = async (
  { store, clock }: { store: Store; clock: Clock },
  sourceId: string,
): Promise<{ rejections: number; near: boolean }> => {
  const rejections = recentRejections(await readTries(store.db, sourceId), clock());
  return { rejections, near: nearLockout(rejections) };
};

export const packCredentials = (credentials: Credentials): Secret =>
  new Secret(
    JSON.stringify(
      Object.fromEntries(
        Object.entries(credentials).map(([name, value]) => [name, value.reveal()]),
      ),
    ),
  );

export const unpackCredentials = (packed: Secret): Credentials =>
  Object.fromEntries(
    Object.entries(JSON.parse(packed.reveal()) as Record<string, string>).map(([name, value]) => [
      name,
      new Secret(value),
    ]),
  );
