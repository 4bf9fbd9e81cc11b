import { describe, expect, it } from 'vitest';
import { mayAutomaticallySignIn, type CodeHelp, type SignInTry } from '#core/sign-in/rules.ts';

const NOW = Date.parse('2026-11-20T15:00:00Z');
const HOUR = 60 * 60_000;

const NEVER = { codes: 'never', automaticSignInsPerDay: 2 } as const;
const SOMETIMES = { codes: 'sometimes', automaticSignInsPerDay: 2 } as const;
const ALWAYS = { codes: 'always', automaticSignInsPerDay: 2, authenticatorChannel: 'app' } as const;

const TRUSTED: CodeHelp = { hasSeed: false, trustedUntil: NOW + HOUR };
const ENDING: CodeHelp = { hasSeed: false, trustedUntil: NOW + 60_000 };
const SEED: CodeHelp = { hasSeed: true };
const NONE: CodeHelp = { hasSeed: false };

/** In the order in which a test names them. */
let nth = 0;
const by = (automatic: boolean, hoursAgo: number, outcome?: string): SignInTry => ({
  nth: ++nth,
  automatic,
  submittedAt: NOW - hoursAgo * HOUR,
  ...(outcome === undefined ? {} : { outcome }),
});

const LINKED = by(false, 30, 'signed-in');

const said = (
  carrier: Parameters<typeof mayAutomaticallySignIn>[1],
  help: CodeHelp,
  ...tries: SignInTry[]
): string => {
  const answer = mayAutomaticallySignIn([LINKED, ...tries], carrier, NOW, help);
  return answer.kind === 'yes' ? 'yes' : answer.why;
};

it.each([
  ['asks for no code', NEVER, NONE, 'yes'],
  ['may ask for one, with nothing to answer it', SOMETIMES, NONE, 'code-possible'],
  ['may ask for one, and remembers the device', SOMETIMES, TRUSTED, 'yes'],
  ['is about to forget the device', SOMETIMES, ENDING, 'code-possible'],
  ['always asks, and remembers the device', ALWAYS, TRUSTED, 'yes'],
  ['always asks, and a set-up key answers', ALWAYS, SEED, 'yes'],
  ['knows no authenticator, so that a set-up key is of no use', SOMETIMES, SEED, 'code-possible'],
] as const)('a carrier that %s', (_what, carrier, help, expected) => {
  expect(said(carrier, help)).toBe(expected);
});

describe('whatever answers the code', () => {
  const ways = [
    [NEVER, NONE],
    [SOMETIMES, TRUSTED],
    [ALWAYS, SEED],
  ] as const;

  it.each([
    undefined,
    'bad-credentials',
    'locked',
    'code-asked',
    'code-rejected',
    'code-timed-out',
    'carrier-down',
    'portal-changed',
    'interrupted',
  ])('nothing is submitted after a submission that came to %s, until a person links', (outcome) => {
    for (const [carrier, help] of ways) {
      expect(said(carrier, help, by(true, 25, outcome))).toBe('not-accepted');
      expect(said(carrier, help, by(true, 2, outcome), by(false, 1, 'signed-in'))).toBe('yes');
      expect(said(carrier, help, by(true, 2, outcome), by(false, 1, 'code-rejected'))).toBe(
        'not-accepted',
      );
    }
  });

  it('nothing is submitted after one without an answer, though the clock was set back since', () => {
    const linkedLater = by(false, 0, 'signed-in');
    for (const [carrier, help] of ways) {
      const unanswered = by(true, 0.05);
      expect(said(carrier, help, linkedLater, unanswered)).toBe('not-accepted');
      expect(said(carrier, help, linkedLater, unanswered, by(false, 0.1, 'signed-in'))).toBe('yes');
    }
  });

  it("the carrier's cap of a day holds", () => {
    for (const [carrier, help] of ways) {
      const accepted = [by(true, 3, 'signed-in'), by(true, 2, 'signed-in')];
      expect(said(carrier, help, ...accepted)).toBe('cap-reached');
      expect(said({ ...carrier, automaticSignInsPerDay: 0 }, help)).toBe('cap-reached');
      expect(said(carrier, help, by(true, 25, 'signed-in'), by(true, 2, 'signed-in'))).toBe('yes');
    }
  });
});
