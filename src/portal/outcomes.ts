import type { Frame, Page } from 'playwright';
import type { OutcomeRule, When } from './contract.ts';

/**
 * What portals of any carrier say in much the same words. A carrier's own rules come first. The
 * phrases are long on purpose: "maintenance fee" or "locked-in rate" on a policy is no trouble.
 */
export const SHARED_OUTCOMES: readonly OutcomeRule[] = [
  {
    when: {
      text: /(verify|confirm|prove)( that)? you('re| are) (a human|human|not a robot)|unusual traffic from your|checking your browser before/i,
    },
    is: 'blocked',
  },
  {
    when: { css: '#challenge-form, #px-captcha, iframe[title*="recaptcha challenge"]' },
    is: 'blocked',
  },
  {
    when: {
      text: /(account|user ID|login|profile|access) (has been|is|was)( now| temporarily)? (locked|disabled|suspended)/i,
    },
    is: 'locked',
  },
  {
    when: {
      text: /password (has|is) expired|(must|need to|have to) (change|reset|update) your password/i,
    },
    is: 'password-expired',
  },
  {
    when: {
      text: /(must|please|need to|required to)( read| review)?( and)? (accept|agree to) (the|our) (new |updated )?(terms|conditions|user agreement)/i,
    },
    is: 'action-needed',
  },
  {
    when: {
      text: /(set up|enroll in|enrol in|register for) (two-step|two-factor|multi-factor|2-step|MFA)/i,
    },
    is: 'action-needed',
  },
  {
    when: {
      text: /(site|system|portal|website) is [\w ]{0,40}(down for|closed for|undergoing)[\w ]{0,30}(maintenance|upgrade)|(site|system|portal|website) is (currently|temporarily) (down|unavailable)|maintenance (is )?(in progress|underway)/i,
    },
    is: 'carrier-down',
  },
  {
    when: {
      text: /already (signed|logged) (in|on) (on|at|from|with|to) (another|a different)|(signed|logged) (in|on) elsewhere|another session is (active|in progress)/i,
    },
    is: 'session-conflict',
  },
  {
    when: {
      text: /session (has|was) (ended|expired|timed out)|(have|were|been) (been )?(signed|logged) out (due to|because of|after) inactivity/i,
    },
    is: 'session-ended',
  },
];

interface Seen {
  url: string;
  text: string;
  page: Page;
  frames: readonly Frame[];
}

/**
 * The page as a person would see it now, with its frames and the windows it opened: a session may
 * end in one of these alone. Undefined while it changes to another.
 */
const look = async (page: Page): Promise<Seen | undefined> => {
  try {
    const frames = [page, ...(await windowsOf(page))].flatMap((each) => each.frames());
    const texts = await Promise.all(frames.map((frame) => textOf(frame, page)));
    return { url: page.url(), text: texts.join('\n'), page, frames };
  } catch (error) {
    if (page.isClosed()) throw error;
    return undefined;
  }
};

const windowsOf = async (page: Page): Promise<Page[]> => {
  const others = page
    .context()
    .pages()
    .filter((each) => each !== page && !each.isClosed());
  const openers = await Promise.all(others.map((each) => each.opener().catch(() => null)));
  return others.filter((_, index) => openers[index] === page);
};

/** Of a frame out of sight, or that just goes away, nothing; of the page itself that is for the caller. */
const textOf = async (frame: Frame, page: Page): Promise<string> => {
  try {
    if (frame.parentFrame() && !(await (await frame.frameElement()).isVisible())) return '';
    return await frame.evaluate(() => (document.body?.innerText ?? '').slice(0, 200_000));
  } catch (error) {
    if (frame === page.mainFrame()) throw error;
    return '';
  }
};

const inSight = async ({ frames, page }: Seen, css: string): Promise<boolean> => {
  for (const frame of frames) {
    try {
      if ((await frame.locator(css).filter({ visible: true }).count()) > 0) return true;
    } catch (error) {
      if (frame === page.mainFrame()) throw error;
    }
  }
  return false;
};

const holds = async (when: When, seen: Seen): Promise<boolean> =>
  (when.url === undefined || when.url.test(seen.url)) &&
  (when.text === undefined || when.text.test(seen.text)) &&
  (when.css === undefined || (await inSight(seen, when.css))) &&
  (when.test === undefined || (await tested(when.test, seen.page)));

/** A rule of a carrier's own that throws does not hold; a page that is gone is told of. */
const tested = async (test: NonNullable<When['test']>, page: Page): Promise<boolean> => {
  try {
    return await test(page);
  } catch (error) {
    if (page.isClosed()) throw error;
    return false;
  }
};

/** Every rule that holds of the page now, in their order. */
export const rulesThatHold = async <R extends { when: When }>(
  page: Page,
  rules: readonly R[],
): Promise<R[]> => {
  const seen = await look(page);
  if (!seen) return [];
  const held: R[] = [];
  try {
    for (const rule of rules) if (await holds(rule.when, seen)) held.push(rule);
  } catch (error) {
    if (page.isClosed()) throw error;
    return [];
  }
  return held;
};
