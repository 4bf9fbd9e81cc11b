import { untilWritten } from '#database/patience.ts';
import { openedIfHere } from '#database/sealing.ts';
import { codeHelp } from './store/codes.ts';
import { insertAutomaticTry, finishAutomaticSignIn } from './store/tries.ts';
import { keptPassword, readTries } from './store/sign-ins.ts';
import { ulid } from 'ulid';
import { mayAutomaticallySignIn, type CodeHelp, type SignInTry } from './rules.ts';
import type { CarrierFacts, SignInResult } from '#portal/portal.ts';
import { unpackCredentials } from './sign-in.ts';
import {
  answerOf,
  endOf,
  NotSubmitted,
  seedOf,
  type SignInRunner,
  type SignInSession,
} from './sign-in-run.ts';

/** Nothing was submitted; `lockoutRisk`: an earlier submission is not known to have been accepted. */
export interface NotAllowed {
  kind: 'not-allowed';
  lockoutRisk: boolean;
}

const automaticRule = async (
  { store, clock }: Pick<SignInRunner, 'store' | 'clock'>,
  sourceId: string,
  facts: CarrierFacts,
  knownDevice: boolean,
) => {
  const { trustedUntil, hasSeed } = await codeHelp(store, sourceId);
  const help: CodeHelp = {
    hasSeed,
    ...(knownDevice && trustedUntil !== undefined ? { trustedUntil } : {}),
  };
  return (tries: SignInTry[]) => mayAutomaticallySignIn(tries, facts, clock(), help);
};

/** Whether the next session could sign in without a person, as things are now. */
export const maySignInByItself = async (
  runner: Pick<SignInRunner, 'store' | 'clock'>,
  sourceId: string,
  facts: CarrierFacts,
  knownDevice: boolean,
): Promise<boolean> => {
  if ((await keptPassword(runner.store.db, sourceId)) === undefined) return false;
  const rule = await automaticRule(runner, sourceId, facts, knownDevice);
  return rule(await readTries(runner.store.db, sourceId)).kind === 'yes';
};

/**
 * Signs in with the password that is kept, no person present, if the rule against lock-outs allows
 * it: `not-allowed` has submitted nothing.
 */
export const signInByItself = async (
  runner: SignInRunner,
  sourceId: string,
  session: SignInSession,
): Promise<SignInResult | NotAllowed> => {
  const { store, opener, clock, changed } = runner;
  const { portal, facts, fence, knownDevice = false } = session;
  const rule = await automaticRule(runner, sourceId, facts, knownDevice);
  const allowed = (tries: SignInTry[]): boolean => rule(tries).kind === 'yes';
  const notAllowed = async (): Promise<NotAllowed> => {
    const said = rule(await readTries(store.db, sourceId));
    return {
      kind: 'not-allowed',
      lockoutRisk: said.kind === 'no' && said.why === 'not-accepted',
    };
  };
  const sealed = await keptPassword(store.db, sourceId);
  if (sealed === undefined || !allowed(await readTries(store.db, sourceId))) return notAllowed();
  const password = await openedIfHere(opener, sealed, sourceId);
  if (password === undefined) return notAllowed();
  const tried = ulid(clock());
  const seed = await seedOf(runner, sourceId, session);
  let submitted = false;
  let answered: (() => void) | undefined;
  try {
    const said = await portal.signIn(unpackCredentials(password), {
      beforeSubmit: async () => {
        const write = () => insertAutomaticTry(store, tried, sourceId, fence, allowed);
        if (!(await untilWritten(write)))
          throw new NotSubmitted('Signing in by itself is not allowed now.');
        submitted = true;
        answered = runner.submitted?.();
      },
      // Nobody is there to be asked, and nothing is guessed.
      code: () => Promise.resolve(undefined),
      channel: () => Promise.resolve(undefined),
      ...seed.hook,
    });
    const outcome: SignInResult =
      said.kind === 'failure' && said.reason === 'code-timed-out'
        ? { ...said, reason: 'code-asked' }
        : said;
    const end = endOf(outcome, facts, clock(), knownDevice);
    const answer = submitted ? { tried, outcome: answerOf(outcome) } : undefined;
    await untilWritten(() => finishAutomaticSignIn(store, sourceId, fence, answer, end));
    await seed.answered(outcome);
    await untilWritten(() => changed(sourceId));
    return outcome;
  } catch (error) {
    if (error instanceof NotSubmitted) return notAllowed();
    throw error;
  } finally {
    answered?.();
  }
};
