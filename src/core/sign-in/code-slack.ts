import type { View } from '@slack/types';
import { Secret } from '#shared/secret.ts';
import type { CodeChannel } from '#portal/portal.ts';
import { z } from 'zod';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { context, plain } from '#slack/blocks.ts';
import { id, parserOf } from '#slack/click-values.ts';
import { click, submission, type ClickAct, type Submitted } from '#slack/listen.ts';
import { MOST_WAYS, wayLabel } from './code-messages.ts';
import { NOT_A_CODE } from './failure-words.ts';
import {
  askForNewCode,
  chooseChannel,
  codeStanding,
  signInProgress,
  submitCode,
  type SignInProgress,
} from './sign-in.ts';
import { signInById, type OtherCode } from './store/sign-ins.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { openModal } from '#slack/open-modal.ts';

const ENTER_CODE = 'enter-code';
const CHOOSE_WAY = 'choose-code-way';

const codeModal = (signIn: string): View => ({
  type: 'modal',
  callback_id: ENTER_CODE,
  private_metadata: JSON.stringify({ signIn }),
  title: plain('Enter code', 24),
  submit: plain('Sign in with this code', 24),
  close: plain('Cancel', 24),
  blocks: [
    {
      type: 'input',
      block_id: 'code',
      label: plain('Code'),
      element: {
        type: 'plain_text_input',
        action_id: 'code',
        max_length: 40,
        focus_on_load: true,
      },
    },
    context('It goes encrypted to this one sign-in, is used once and is never stored.'),
  ],
});

const wayModal = (signIn: string, channels: readonly CodeChannel[]): View => ({
  type: 'modal',
  callback_id: CHOOSE_WAY,
  private_metadata: JSON.stringify({ signIn }),
  title: plain('How to get the code', 24),
  submit: plain('Continue', 24),
  close: plain('Cancel', 24),
  blocks: [
    {
      type: 'input',
      block_id: 'way',
      label: plain('The carrier lets you choose'),
      element: {
        type: 'radio_buttons',
        action_id: 'way',
        options: channels
          .slice(0, MOST_WAYS)
          .map(({ id, label }) => ({ text: plain(wayLabel(label)), value: id })),
      },
    },
    context('Then enter the code from the same card or message.'),
  ],
});

const NOT_WANTED =
  'No code is needed any more: one was entered, or time ran out. Press Link to sign in again.';
const NOT_YOURS = "Only the login's holder, or the person signing in, can enter its code.";

/** What comes of a sign-in that goes on without this click: whoever signs in anew would only disturb it. */
const GOES_ON: Partial<Record<SignInProgress['kind'], string>> = {
  'signing-in': 'We are signing in. If the carrier asks for a code, this message does too.',
  'channel-wanted': 'The carrier asks first where to send the code. Choose one of its ways.',
  'channel-chosen':
    'The carrier is asked to send the code already. Enter it here once you have it.',
  'code-wanted': 'The carrier waits for the code. Enter it once you have it.',
  'code-again': 'The carrier is asked for another code already. Enter it here once you have it.',
  'code-another':
    'The carrier is asked for the other ways to get a code already. Choose one here once it has answered.',
  'code-checking': 'A code was entered, and the carrier checks it.',
  linked: 'No code is needed any more: the login is linked.',
};

const notWanted = async ({ store, clock }: CodeDeps, signInId: string): Promise<Answer> => {
  const signIn = await signInById(store, signInId);
  return answers.say((signIn && GOES_ON[signInProgress(signIn, clock()).kind]) ?? NOT_WANTED);
};

type CodeDeps = Pick<SlackDeps, 'store' | 'clock'>;

/** Why nothing came of it, for who clicked. */
const unless = async (
  deps: CodeDeps,
  signInId: string,
  outcome: 'not-yours' | 'not-wanted' | 'not-a-code' | 'asked' | 'chosen' | 'submitted',
): Promise<Answer | undefined> => {
  switch (outcome) {
    case 'not-yours':
      return answers.refusal(NOT_YOURS);
    case 'not-wanted':
      return notWanted(deps, signInId);
    case 'not-a-code':
      return answers.say(NOT_A_CODE);
    default:
      return undefined;
  }
};

const enter: ClickAct<SignInValue> = async (deps, { actor, client, triggerId }, { signIn }) => {
  const standing = await codeStanding(deps, signIn, actor.id);
  if (standing.kind !== 'wanted' && standing.kind !== 'channel-wanted')
    return unless(deps, signIn, standing.kind);
  await openModal(
    client,
    triggerId,
    standing.kind === 'wanted' ? codeModal(signIn) : wayModal(signIn, standing.channels),
  );
  return 'modal';
};

const again =
  (to: OtherCode): ClickAct<SignInValue> =>
  async (deps, { actor }, { signIn }) =>
    unless(deps, signIn, (await askForNewCode(deps, signIn, actor.id, to)).kind);

interface SignInValue {
  signIn: string;
}

const parseSignIn = parserOf(z.object({ signIn: id }));
const parseWay = parserOf(z.object({ signIn: id, channel: id }));

export const CODE_CLICKS = [
  click('enter-code', parseSignIn, enter),
  click('send-code-again', parseSignIn, again('code-again')),
  click('send-code-another-way', parseSignIn, again('code-another')),
  click(/^choose-code-way:\d$/, parseWay, async (deps, { actor }, { signIn, channel }) =>
    unless(deps, signIn, (await chooseChannel(deps, signIn, actor.id, channel)).kind),
  ),
];

const orError = (answer: Answer | undefined): Submitted =>
  answer === undefined ? {} : { error: { answer } };

export const CODE_SUBMISSIONS = [
  submission(ENTER_CODE, 'code', parseSignIn, async (deps, { actor, field }, { signIn }) => {
    // Secret from here on: it is printed by nothing, and sealed before it is stored.
    const code = new Secret(field('code').value ?? '');
    return orError(
      await unless(deps, signIn, (await submitCode(deps, signIn, actor.id, code)).kind),
    );
  }),
  submission(CHOOSE_WAY, 'way', parseSignIn, async (deps, { actor, field }, { signIn }) => {
    const way = field('way').selected_option?.value ?? '';
    return orError(
      await unless(deps, signIn, (await chooseChannel(deps, signIn, actor.id, way)).kind),
    );
  }),
];
