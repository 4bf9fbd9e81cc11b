import type { Page } from 'playwright';
import type { Secret } from '#domain/secret.ts';
import type { Credentials, PortalResult, PortalTrouble, SignInHooks } from '#sync/portal.ts';
import type { Carrier, Finds, SignInOutcomeRule } from './contract.ts';
import { find, isShown } from './find.ts';
import type { Fence } from './guard.ts';
import { rulesThatHold, SHARED_OUTCOMES } from './outcomes.ts';
import { PortalChanged, trouble } from './trouble.ts';

/** How often a person may type something that is no code before the sign-in ends. */
const UNUSABLE_CODES = 3;
const LOOK_EVERY_MS = 100;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const rulesOf = (carrier: Carrier): SignInOutcomeRule[] => [
  ...carrier.signIn.outcomes,
  ...(carrier.outcomes ?? []),
  ...SHARED_OUTCOMES,
];

type Screen = 'signed-in' | 'code-needed' | 'channel-needed';
type Outcome = Screen | PortalTrouble;

const isScreen = (is: SignInOutcomeRule['is']): is is Screen =>
  is === 'signed-in' || is === 'code-needed' || is === 'channel-needed';

/** Whether the declared sign-in form is what the page shows now. */
export const asksToSignIn = async (page: Page, carrier: Carrier): Promise<boolean> => {
  const secret = carrier.signIn.fields.find((field) => field.secret);
  return secret !== undefined && isShown(page, secret.find);
};

/**
 * Does something to a page, then waits for the first rule that says what came of it. A rule that
 * held before counts again only on a new document: a notice that was there already is no answer.
 */
const outcomeOf = async (
  page: Page,
  carrier: Carrier,
  limitMs: number,
  act: () => Promise<void>,
): Promise<Outcome | 'none'> => {
  const rules = rulesOf(carrier);
  const before = new Set(await rulesThatHold(page, rules));
  let newDocument = false;
  const onDocument = (): void => {
    newDocument = true;
  };
  page.on('domcontentloaded', onDocument);
  try {
    await act();
    const end = performance.now() + limitMs;
    while (performance.now() < end && !page.url().startsWith('chrome-error:')) {
      const held = await rulesThatHold(page, rules);
      const rule = held.find((each) => newDocument || !before.has(each));
      if (rule) return isScreen(rule.is) ? rule.is : trouble(rule.is);
      await pause(LOOK_EVERY_MS);
    }
    return 'none';
  } finally {
    page.off('domcontentloaded', onDocument);
  }
};

export interface SignInDeps {
  page: Page;
  carrier: Carrier;
  once: Fence['once'];
  /** How long something known may take to come of a submission, ms. */
  limitMs: number;
}

/**
 * Drives the sign-in that the carrier declares. The credentials are submitted at most once, after
 * `hooks.beforeSubmit` resolved; what it throws is passed on, and nothing was submitted then.
 * Throws PortalChanged and Playwright's errors.
 */
export const signIn = async (
  { page, carrier, once, limitMs }: SignInDeps,
  credentials: Credentials,
  hooks: SignInHooks,
): Promise<PortalResult<'signed-in'>> => {
  const { fields, submit, url } = carrier.signIn;
  const lacking = fields.find((field) => credentials[field.name] === undefined);
  if (lacking) return trouble('bad-credentials', `"${lacking.label}" was not given`);

  await page.goto(url);
  const already = await beforeTheForm(page, carrier, limitMs);
  if (already) return already;
  for (const field of fields)
    await (await find(page, field.find)).fill(credentials[field.name]?.reveal() ?? '');
  const button = await find(page, submit);
  // All that a click waits for comes before the record: what is recorded is then really submitted.
  await button.click({ trial: true });

  const secrets = fields.flatMap((field) => (field.secret && credentials[field.name]) || []);
  const outcome = await once(secrets, () =>
    outcomeOf(page, carrier, limitMs, async () => {
      await hooks.beforeSubmit();
      await button.click({ noWaitAfter: true });
    }),
  );
  if (outcome === 'none') throw new PortalChanged('Nothing known came of the sign-in');
  if (outcome === 'signed-in') return { kind: 'signed-in' };
  if (outcome === 'channel-needed') throw new PortalChanged('A choice of channels is not known');
  return outcome === 'code-needed' ? enterCode({ page, carrier, once, limitMs }, hooks) : outcome;
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
    const held = await rulesThatHold(page, rulesOf(carrier));
    if (held.some((rule) => rule.is === 'signed-in')) return { kind: 'signed-in' };
    const found = held.find((rule) => rule.is !== 'session-ended' && !isScreen(rule.is));
    if (found && !isScreen(found.is)) return trouble(found.is);
    await pause(LOOK_EVERY_MS);
  }
  throw new PortalChanged('The sign-in form is not there');
};

const enterCode = async (
  { page, carrier, once, limitMs }: SignInDeps,
  hooks: SignInHooks,
): Promise<PortalResult<'signed-in'>> => {
  const { code } = carrier.signIn;
  if (!code) throw new PortalChanged('A code is asked for, which the adapter does not declare');
  const typed = await usableCode(page, code, hooks);
  if (typed === undefined) return trouble('code-timed-out');
  if (typed === 'unusable') return trouble('code-rejected', 'What was entered is not a code');
  await (await find(page, code.field)).fill(typed.reveal());
  const button = await find(page, code.submit);
  const outcome = await once([typed], () =>
    outcomeOf(page, carrier, limitMs, () => button.click({ noWaitAfter: true })),
  );
  if (outcome === 'signed-in') return { kind: 'signed-in' };
  if (outcome === 'code-needed' || outcome === 'channel-needed') return trouble('code-rejected');
  if (outcome === 'none') {
    // The form stays and says nothing we know: the code was not taken.
    if (await isShown(page, code.field)) return trouble('code-rejected');
    throw new PortalChanged('Nothing known came of the code');
  }
  return outcome;
};

/** Undefined when none came in time. What does not look like a code never reaches the portal. */
const usableCode = async (
  page: Page,
  code: NonNullable<Carrier['signIn']['code']>,
  hooks: SignInHooks,
): Promise<Secret | 'unusable' | undefined> => {
  let unusable = 0;
  while (unusable < UNUSABLE_CODES) {
    const answer = await hooks.code(await hintOf(page, code.hint));
    if (answer === undefined) return undefined;
    if (answer === 'another-way') continue;
    if (answer === 'send-again') {
      if (code.resend) await sendAgain(page, code.resend);
    } else if (code.pattern.test(answer.reveal().trim())) return answer;
    else unusable += 1;
  }
  return 'unusable';
};

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
