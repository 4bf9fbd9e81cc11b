import type { BrowserContext, Page } from 'playwright';
import { stepWords } from '../step-words.ts';
import type { Acting, Step } from '../step.ts';
import type { Choose } from '../walk.ts';
import { hearClicks, type Clicks, type Heard } from './clicks.ts';
import { showPicture, type Picture } from './picture.ts';

/** Where a person leads a recording: in the browser's own window, or in its picture. */
export interface LeadWindow extends AsyncDisposable {
  /** From now on what is pressed is kept from the page. */
  listen: () => Promise<unknown>;
  choose: Choose;
  acting: Acting;
  /** The person signs in; false where they give up. */
  signedIn: () => Promise<boolean>;
  /** Words that a person points at, which show only behind the sign-in. */
  pointed: () => Promise<string>;
}

export interface WindowOptions {
  context: BrowserContext;
  /** Of the sign-in: a window that it opened is older than those of the way. */
  page: () => Page;
  number: string;
  /** Without one, the browser's own window is in sight. */
  picture: boolean;
  /** What a person is told, a line each. */
  says: (line: string) => void;
  /** Resolves when the person says so where they read these lines; never after `until`, or where nobody is there. */
  answered: (question: string, until: AbortSignal) => Promise<unknown>;
  /** Called with all that was clicked whenever it changes. */
  kept: (steps: readonly Step[]) => void;
  /** Begins a new step in what a portal may do. */
  anew: () => void;
  signal: AbortSignal;
}

/** A page that asks for news every second asks as often as a person looks at it. */
const ANEW_MS = 10_000;

/** Signs of what is pointed at: more is a part of the page, not its words. */
const MOST_WORDS = 60;

const WAY = 'Click your way to the policy, as you always do. Type no other text than its number.';
const HERE = 'This is my policy';
const LIST =
  'Click your way to the list of all policies, closed ones too, and leave it on its first screen.';
const LISTED = 'These are all my policies';
const AGAIN =
  'The way is repeated by itself now, for this policy and for a number that nobody has.';
const SIGN_IN = 'Sign in. Nothing of that is recorded.';
const SIGNED_IN = 'I am signed in';
const POINT =
  'Click words that show only behind the sign-in, such as Log out. They are not pressed.';

/** Opens it; what is done in it before it is asked for is not heard. */
export const openWindow = async (options: WindowOptions): Promise<LeadWindow> => {
  const { context, page, number, says } = options;
  const pace = setInterval(options.anew, ANEW_MS);
  let steps: Step[] = [];
  let clicks: Clicks | undefined;
  /** The newest one that is open: the way goes on there. */
  const windowNow = (): Page => context.pages().findLast((each) => !each.isClosed()) ?? page();
  const picture: Picture | undefined = options.picture
    ? await showPicture(context, windowNow)
    : undefined;
  if (picture) says(`Open this page in your browser: ${picture.address}`);
  const hear = async (): Promise<Clicks> => {
    clicks ??= await hearClicks(context, { number, menus: picture !== undefined });
    return clicks;
  };
  const tell = (asks: string, done: string | undefined, problem?: string): void => {
    if (problem !== undefined) says(`  ${problem}`);
    picture?.tell({ asks, done, problem, steps: steps.map(stepWords) });
  };
  /** One question at a time: it stays until it is answered, there or here. */
  let question: { answer: Promise<'done'>; withdraw: () => void } | undefined;
  const withdraw = (): void => {
    question?.withdraw();
    question = undefined;
  };
  const ask = (asks: string, done: string): Promise<'done'> => {
    const until = new AbortController();
    const words = `${asks} Then Enter here${picture ? `, or "${done}" there` : ''}:`;
    question ??= {
      answer: options.answered(words, until.signal).then(() => 'done' as const),
      withdraw: () => until.abort(),
    };
    return question.answer;
  };
  /** What comes first: `work`, the person's word that it is done, or that they stop. */
  const first = async <T>(
    asks: string,
    done: string,
    work: Promise<T>,
  ): Promise<T | 'done' | 'stop'> => {
    const came = await Promise.race([
      work,
      ask(asks, done),
      ...(picture ? [picture.ended()] : []),
      closed.promise,
      given.promise,
    ]);
    if (came === 'done' || came === 'stop') withdraw();
    return came;
  };
  const never = Promise.withResolvers<never>().promise;
  /** Whoever closes the last window stops, too. */
  const closed = Promise.withResolvers<'stop'>();
  const onPage = (each: Page): void =>
    void each.once('close', () => {
      if (context.pages().length === 0) closed.resolve('stop');
    });
  context.pages().forEach(onPage);
  context.on('page', onPage);
  const given = Promise.withResolvers<never>();
  given.promise.catch(() => {});
  const onAbort = (): void => given.reject(options.signal.reason as Error);
  if (options.signal.aborted) onAbort();
  else options.signal.addEventListener('abort', onAbort);
  let queue: Step[] = [];

  const next = async (
    failed: Step | undefined,
    asked: 'list' | undefined,
  ): Promise<Step | 'here' | undefined> => {
    const heard = await hear();
    const [way, here] = asked === 'list' ? [LIST, LISTED] : [WAY, HERE];
    let problem =
      failed && `"${stepWords(failed)}" found nothing to use. What was done before stays.`;
    for (;;) {
      tell(way, here, problem);
      let came = await first(way, here, heard.next(windowNow()));
      if (typeof came === 'object' && came.kind === 'menu')
        came = await first(way, here, chosenIn(came));
      if (came === 'done') return 'here';
      if (came === 'stop') return undefined;
      problem = came.kind === 'problem' ? came.says : undefined;
      const [chosen, ...more] = came.kind === 'steps' ? came.steps : [];
      if (chosen === undefined) continue;
      queue = more;
      return chosen;
    }
  };
  const chosenIn = async ({ options: offered, choose }: Heard & { kind: 'menu' }) => {
    const option = await picture?.choose(offered);
    return { kind: 'steps' as const, steps: option === undefined ? [] : [choose(option)] };
  };

  return {
    listen: hear,
    choose: async (_elements, failed, asked) => {
      if (failed !== undefined) {
        queue = [];
        const at = steps.findIndex((step) => step.find === failed.find);
        if (at >= 0) steps = steps.slice(0, at);
      }
      const step = queue.shift() ?? (await next(failed, asked));
      if (step !== undefined && step !== 'here') {
        steps.push(step);
        options.kept(steps);
      }
      picture?.tell({
        asks: step === 'here' && asked === undefined ? AGAIN : 'One moment.',
        steps: steps.map(stepWords),
        busy: true,
      });
      return step;
    },
    acting: (deed) => (clicks ? clicks.acting(deed) : deed()),
    signedIn: async () => {
      tell(SIGN_IN, SIGNED_IN);
      return (await first(SIGN_IN, SIGNED_IN, never)) !== 'stop';
    },
    pointed: async () => {
      const heard = await hear();
      says(POINT);
      let problem: string | undefined;
      for (;;) {
        tell(POINT, undefined, problem);
        const words = await Promise.race([heard.pointed(), given.promise]);
        if (words !== '' && words.length <= MOST_WORDS) return words;
        problem = 'Click a few words that stand by themselves.';
      }
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(pace);
      context.off('page', onPage);
      withdraw();
      options.signal.removeEventListener('abort', onAbort);
      await picture?.[Symbol.asyncDispose]();
    },
  };
};
