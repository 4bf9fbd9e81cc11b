import type { Page } from 'playwright';
import type {
  Credentials,
  PortalResult,
  PortalFailure,
  SignInHooks,
  SignInResult,
} from './portal.ts';
import { enterCode } from './code-entry.ts';
import type { Carrier, Finds } from './contract.ts';
import { find, isShown } from './kit/find.ts';
import { closeInterruptions } from './interruptions.ts';
import { createKit } from './kit/kit.ts';
import { rulesThatHold } from './outcomes.ts';
import { asksToSignIn, isAnswer, rulesOf, saidBy } from './rules.ts';
import { LOOK_EVERY_MS, outcomeOf, pause, type SignInDeps } from './submission.ts';
import { PortalChanged, failure } from './failure.ts';

const DAY = 86_400_000;

type Deps = SignInDeps & { now: () => number; trustedUntil?: number };

/**
 * Drives the sign-in that the carrier declares. The credentials are submitted at most once, after
 * `hooks.beforeSubmit` resolved; what it throws is passed on, and nothing secret was submitted then.
 * `trustedUntil` (epoch ms) is what an earlier session left: it holds on while no code is asked for.
 * Throws PortalChanged and Playwright's errors.
 */
export const signIn = async (
  deps: Deps,
  credentials: Credentials,
  hooks: SignInHooks,
): Promise<SignInResult> => {
  const closing = closeInterruptions(deps.page, deps.carrier);
  try {
    return await drive(deps, credentials, hooks);
  } finally {
    closing.stop();
  }
};

const drive = async (
  deps: Deps,
  credentials: Credentials,
  hooks: SignInHooks,
): Promise<SignInResult> => {
  const { page, carrier, once, limitMs, now } = deps;
  const { fields, submit, url, code } = carrier.signIn;
  const lacking = fields.find((field) => credentials[field.name] === undefined);
  if (lacking) return failure('bad-credentials', `"${lacking.label}" was not given`);

  const remembered = (deps.trustedUntil ?? 0) > now() ? deps.trustedUntil : undefined;
  const done = async (trustedUntil: number | undefined): Promise<SignInResult> => {
    const passwordEnds = await passwordEndsOn(page, carrier);
    return {
      kind: 'signed-in',
      ...(trustedUntil === undefined ? {} : { trustedUntil }),
      ...(passwordEnds === undefined ? {} : { passwordEnds }),
    };
  };

  await page.goto(url);
  const already = await beforeTheForm(page, carrier, limitMs);
  if (already) return already.kind === 'signed-in' ? done(remembered) : already;
  for (const [at, field] of fields.entries()) {
    await (await find(page, field.find)).fill(credentials[field.name]?.reveal() ?? '');
    const following = fields[at + 1];
    const stopped = field.next && following && (await goOn(deps, field.next, following.find));
    if (stopped) return stopped;
  }
  const button = await find(page, submit);
  // All that a click waits for comes before the record: what is recorded is then really submitted.
  await button.click({ trial: true });

  const secrets = fields.flatMap((field) => (field.secret && credentials[field.name]) || []);
  const submission = () =>
    outcomeOf(deps, 'after', async () => {
      await hooks.beforeSubmit();
      await button.click({ noWaitAfter: true });
    });
  const outcome = await once(secrets, submission, carrier.signIn.submissions);
  if (outcome === 'none') throw new PortalChanged('Nothing known came of the sign-in');
  if (outcome === 'signed-in') return done(remembered);
  if (typeof outcome !== 'string') return outcome;
  const entered = await enterCode(deps, outcome, hooks);
  if (entered.kind !== 'signed-in') return entered;
  return done(entered.trusted && code?.trust ? now() + code.trust.days * DAY : undefined);
};

/** Waits for the form; the end of the sign-in when something else is there. */
const beforeTheForm = async (
  page: Page,
  carrier: Carrier,
  limitMs: number,
): Promise<PortalResult<'signed-in'> | undefined> => {
  const end = performance.now() + limitMs;
  while (performance.now() < end) {
    if (await asksToSignIn(page, carrier)) return undefined;
    const held = await rulesThatHold(page, rulesOf(carrier, 'before'));
    if (held.some((rule) => rule.is === 'signed-in')) return { kind: 'signed-in' };
    const [found] = held
      .filter((rule) => rule.is !== 'session-ended' && !isAnswer(rule))
      .flatMap((rule) => saidBy(rule, 'before') ?? []);
    if (found) return found;
    await pause(LOOK_EVERY_MS);
  }
  throw new PortalChanged('The sign-in form is not there');
};

/** To the next screen of the form; trouble when the portal says no already. */
const goOn = async (
  deps: SignInDeps,
  next: Finds,
  following: Finds,
): Promise<PortalFailure | undefined> => {
  const button = await find(deps.page, next);
  const outcome = await outcomeOf(
    deps,
    'before',
    () => button.click({ noWaitAfter: true }),
    async () => ((await isShown(deps.page, following)) ? 'next' : undefined),
  );
  if (outcome === 'next') return undefined;
  if (typeof outcome !== 'string') return outcome;
  throw new PortalChanged('The next screen of the sign-in did not come');
};

/** A notice that cannot be read is no reason to give up a session that is signed in. */
const passwordEndsOn = async (page: Page, carrier: Carrier): Promise<string | undefined> => {
  const { passwordEnds } = carrier.signIn;
  if (!passwordEnds) return undefined;
  await page.waitForLoadState('domcontentloaded');
  if (!(await isShown(page, passwordEnds.find))) return undefined;
  const notice = await (await find(page, passwordEnds.find)).innerText();
  const day = passwordEnds.pattern.exec(notice)?.[1];
  try {
    return day === undefined ? undefined : createKit().date(day, passwordEnds.format);
  } catch {
    return undefined;
  }
};
