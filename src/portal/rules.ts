import type { Page } from 'playwright';
import type { PortalFailure } from './portal.ts';
import type { Carrier, Moment, OutcomeRule, SignInOutcomeRule, When } from './contract.ts';
import { failure } from './failure.ts';
import { isShown } from './kit/find.ts';
import { rulesThatHold, SHARED_OUTCOMES } from './outcomes.ts';

/** A rule with where its carrier declares it, so that a message can name it. */
export interface NamedRule {
  when: When;
  is: SignInOutcomeRule['is'];
  named: string;
  /** Asked at this one moment, as the carrier says; a rule that says nothing has none. */
  only?: Moment;
}

export type Screen = 'signed-in' | 'code-needed' | 'channel-needed';

export const isScreen = (is: SignInOutcomeRule['is']): is is Screen =>
  is === 'signed-in' || is === 'code-needed' || is === 'channel-needed';

/** What only an answer of the portal can mean. */
const ANSWERS = new Set<SignInOutcomeRule['is']>([
  'bad-credentials',
  'code-rejected',
  'code-timed-out',
]);

export const isAnswer = ({ is, only }: NamedRule): boolean => ANSWERS.has(is) && only !== 'before';

/** These say of a session what no policy says of itself; others may stand in a policy's notes. */
const OF_THE_SESSION = new Set<SignInOutcomeRule['is']>(['session-ended', 'session-conflict']);

export const isOfSession = ({ is }: NamedRule): boolean => OF_THE_SESSION.has(is);

const USUAL = {
  'signIn.outcomes': ['before', 'after'],
  outcomes: ['signed-in'],
  'the shared outcomes': ['before', 'after', 'signed-in'],
} satisfies Record<string, readonly Moment[]>;

/** The rules of one list that are asked at a moment, in their order. */
const rulesAt = (
  list: readonly (OutcomeRule | SignInOutcomeRule)[],
  name: keyof typeof USUAL,
  moment: Moment,
): NamedRule[] =>
  list.flatMap(({ when, is, at }, index) => {
    const moments: readonly Moment[] = at === undefined ? USUAL[name] : [at].flat();
    if (!moments.includes(moment)) return [];
    const [only] = at !== undefined && moments.length === 1 ? moments : [];
    return [
      {
        when,
        is,
        named: `Rule ${index + 1} of ${name} (${described(when)})`,
        ...(only && { only }),
      },
    ];
  });

const described = ({ url, text, css, test }: When): string =>
  [
    url && `address ${url}`,
    text && `text ${text}`,
    css && `css ${css}`,
    test && 'a test of its own',
  ]
    .filter((part) => part !== undefined)
    .join(', ')
    .slice(0, 120);

/** The carrier's own rules of a moment. */
export const ownRules = (carrier: Carrier, moment: Moment): NamedRule[] => [
  ...(moment === 'signed-in' ? [] : rulesAt(carrier.signIn.outcomes, 'signIn.outcomes', moment)),
  ...rulesAt(carrier.outcomes ?? [], 'outcomes', moment),
];

export const sharedRules = (moment: Moment): NamedRule[] =>
  rulesAt(SHARED_OUTCOMES, 'the shared outcomes', moment);

export const rulesOf = (carrier: Carrier, moment: Moment): NamedRule[] => [
  ...ownRules(carrier, moment),
  ...sharedRules(moment),
];

const HELD: Record<Moment, string> = {
  before: 'held before the password left',
  after: 'held after the password had left',
  'signed-in': 'held behind the sign-in',
};

/** What a rule says, with its name and the moment, for who writes the carrier. */
export const saidBy = ({ is, named }: NamedRule, moment: Moment): PortalFailure | undefined =>
  isScreen(is) ? undefined : failure(is, `${named} ${HELD[moment]}`);

/** The carrier's own words for a page behind the sign-in hold. */
export const looksSignedIn = async (page: Page, carrier: Carrier): Promise<boolean> =>
  (
    await rulesThatHold(
      page,
      carrier.signIn.outcomes.filter((rule) => rule.is === 'signed-in'),
    )
  ).length > 0;

/**
 * Whether the declared sign-in form is what the page shows now: the password, or the first screen
 * of a form on several. A field alone is not enough there, for a search may ask for the same thing.
 */
export const asksToSignIn = async (page: Page, carrier: Carrier): Promise<boolean> => {
  const [first] = carrier.signIn.fields;
  const secret = carrier.signIn.fields.find((field) => field.secret);
  if (secret && (await isShown(page, secret.find))) return true;
  return (
    first?.next !== undefined &&
    (await isShown(page, first.find)) &&
    (await isShown(page, first.next))
  );
};
