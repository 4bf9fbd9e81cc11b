import type { Locator, Page } from 'playwright';
import type { Secret } from '#shared/secret.ts';
import type { CodeChannel, PortalFailure, SignInHooks } from './portal.ts';
import type { Carrier, Finds } from './contract.ts';
import { find, isShown } from './kit/find.ts';
import type { Screen } from './rules.ts';
import { LOOK_EVERY_MS, outcomeOf, pause, type SignInDeps } from './submission.ts';
import { PortalChanged, failure } from './failure.ts';

/** How often a person may type something that is no code before the sign-in ends. */
const UNUSABLE_CODES = 3;
/** How often a person may change their mind about the way of the code. */
const MOST_ROUNDS = 8;
const MOST_OF_A_LABEL = 80;

type CodeSteps = NonNullable<Carrier['signIn']['code']>;
type Channels = NonNullable<CodeSteps['channels']>;
type Entered = { kind: 'signed-in'; trusted: boolean } | PortalFailure;

/**
 * From the first screen that asks for a code, or which way it should go, to the end. A code is
 * submitted once. What is not accepted ends the sign-in, unless the carrier allows another and a
 * person is there to give it. `trusted`: the portal was told to remember this device.
 */
export const enterCode = async (
  deps: SignInDeps,
  first: Exclude<Screen, 'signed-in'>,
  hooks: SignInHooks,
): Promise<Entered> => {
  const { code } = deps.carrier.signIn;
  if (!code) throw new PortalChanged('A code is asked for, which the adapter does not declare');
  let screen: Screen = first;
  let seeded =
    onlyFromSeed(code) && screen === 'code-needed' ? await hooks.timeCode?.() : undefined;
  let mayUseSeed = true;
  let triesLeft = code.tries ?? 1;
  let refused: Secret | undefined;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (screen === 'signed-in') return { kind: 'signed-in', trusted: false };
    // A screen is known by its first words, before the rest of it has come.
    await deps.page.waitForLoadState('domcontentloaded');
    if (screen === 'channel-needed') {
      const chosen = await choose(deps, code, hooks, mayUseSeed);
      if ('kind' in chosen) return chosen;
      ({ screen, seeded } = chosen);
      mayUseSeed = false;
      continue;
    }
    const typed = seeded ?? (await usableCode(deps.page, code, hooks, refused));
    if (typed === undefined) return failure('code-timed-out');
    if (typed === 'unusable') return failure('code-rejected', 'What was entered is not a new code');
    if (typed !== 'another-way') {
      const entered = await submitCode(deps, code, typed);
      triesLeft -= 1;
      const mayTryAgain =
        entered.kind === 'failure' && entered.reason === 'code-rejected' && seeded === undefined;
      if (!mayTryAgain || triesLeft === 0 || !(await isShown(deps.page, code.field)))
        return entered;
      refused = typed;
      screen = 'code-needed';
      continue;
    }
    const back = await pressAndWait(deps, code.channels?.another);
    if (typeof back !== 'string') return back;
    screen = back;
    mayUseSeed = false;
  }
  return failure('code-timed-out', 'The way of the code was changed too often');
};

/** Where codes come from an authenticator only, the portal offers no choice. */
const onlyFromSeed = ({ authenticator, channels }: CodeSteps): boolean =>
  authenticator === true ||
  (channels?.offered.length === 1 && channels.offered[0]?.id === channels.authenticator);

const submitCode = async (deps: SignInDeps, code: CodeSteps, typed: Secret): Promise<Entered> => {
  const { page, once } = deps;
  await (await find(page, code.field)).fill(typed.reveal());
  const trusted = code.trust !== undefined && (await isShown(page, code.trust.find));
  if (code.trust && trusted) await (await find(page, code.trust.find)).check();
  const button = await find(page, code.submit);
  const outcome = await once([typed], () =>
    outcomeOf(deps, 'after', () => button.click({ noWaitAfter: true })),
  );
  if (outcome === 'signed-in') return { kind: 'signed-in', trusted };
  if (outcome === 'code-needed' || outcome === 'channel-needed') return failure('code-rejected');
  if (outcome === 'none') {
    // The form stays and says nothing we know: the code was not taken.
    if (await isShown(page, code.field)) return failure('code-rejected');
    throw new PortalChanged('Nothing known came of the code');
  }
  return outcome;
};

/** Sends the code the way that the seed, the person or, with nobody to ask, the portal's order says. */
const choose = async (
  deps: SignInDeps,
  { channels }: CodeSteps,
  hooks: SignInHooks,
  mayUseSeed: boolean,
): Promise<{ screen: Screen; seeded: Secret | undefined } | PortalFailure> => {
  if (!channels)
    throw new PortalChanged('A choice of channels, which the adapter does not declare');
  const offered = await offeredOn(deps.page, channels);
  const [first] = offered;
  const byItself = mayUseSeed && offered.some(({ id }) => id === channels.authenticator);
  const seeded = byItself ? await hooks.timeCode?.() : undefined;
  const wanted = seeded
    ? channels.authenticator
    : hooks.channel
      ? await hooks.channel(offered)
      : first?.id;
  if (wanted === undefined) return failure('code-timed-out');
  const way = channels.offered.find(({ id }) => id === wanted);
  if (!way || !offered.some(({ id }) => id === wanted))
    throw new PortalChanged('The chosen channel is not offered');
  if (channels.submit) await (await find(deps.page, way.find)).click();
  const screen = await pressAndWait(deps, channels.submit ?? way.find);
  return typeof screen === 'string' ? { screen, seeded } : screen;
};

/** The ways in sight now, in the portal's words: they tell which phone or address it is. */
const offeredOn = async (page: Page, { offered }: Channels): Promise<CodeChannel[]> => {
  await find(
    page,
    offered.flatMap((way) => way.find),
  );
  const shown: CodeChannel[] = [];
  for (const { id, label, find: way } of offered) {
    if (!(await isShown(page, way))) continue;
    shown.push({ id, label: (await wordsOf(await find(page, way))) || label });
  }
  return shown;
};

/** Of a radio button its label, of others what they say. */
const wordsOf = async (option: Locator): Promise<string> => {
  const words = await option.evaluate(
    (element: HTMLElement & { labels?: NodeListOf<HTMLElement> | null }) =>
      (element.labels?.[0] ?? element).innerText,
  );
  return words.replaceAll(/\s+/g, ' ').trim().slice(0, MOST_OF_A_LABEL);
};

const pressAndWait = async (
  deps: SignInDeps,
  wanted: Finds | undefined,
): Promise<Screen | PortalFailure> => {
  if (wanted === undefined)
    throw new PortalChanged('The adapter declares no way back to the choice');
  const button = await find(deps.page, wanted);
  const outcome = await outcomeOf(deps, 'after', () => button.click({ noWaitAfter: true }));
  if (outcome === 'none') throw new PortalChanged('Nothing known came of choosing a channel');
  return outcome;
};

/**
 * Undefined when none came in time. What does not look like a code, and one that was `refused`,
 * never reaches the portal.
 */
const usableCode = async (
  page: Page,
  code: CodeSteps,
  hooks: SignInHooks,
  refused: Secret | undefined,
): Promise<Secret | 'unusable' | 'another-way' | undefined> => {
  let unusable = 0;
  while (unusable < UNUSABLE_CODES) {
    const answer = await hooks.code(await hintOf(page, code.hint));
    if (answer === undefined) return undefined;
    if (answer === 'another-way') {
      if (code.channels?.another && (await isShown(page, code.channels.another))) return answer;
    } else if (answer === 'send-again') {
      if (code.resend && (await isShown(page, code.resend))) await sendAgain(page, code.resend);
    } else if (code.pattern.test(answer.reveal().trim()) && !isSame(answer, refused)) return answer;
    else unusable += 1;
  }
  return 'unusable';
};

const isSame = (one: Secret, other: Secret | undefined): boolean =>
  one.reveal().trim() === other?.reveal().trim();

/** Waits for the portal's answer, since the form may be drawn anew, empty, when it comes. */
const sendAgain = async (page: Page, resend: Finds): Promise<void> => {
  const button = await find(page, resend);
  const answered = page.waitForResponse((response) =>
    ['document', 'xhr', 'fetch'].includes(response.request().resourceType()),
  );
  // A portal may answer by other means: then its time passes, and the code is asked for all the same.
  const [response] = await Promise.all([answered.catch(() => undefined), button.click()]);
  await response?.finished();
  await pause(LOOK_EVERY_MS);
};

const hintOf = async (page: Page, hint: Finds | undefined): Promise<string | undefined> => {
  if (!hint || !(await isShown(page, hint))) return undefined;
  return (await (await find(page, hint)).innerText()).trim().slice(0, 120);
};
