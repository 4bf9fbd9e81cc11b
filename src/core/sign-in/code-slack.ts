import type { View } from '@slack/types';
import { Secret } from '#shared/secret.ts';
import type { CodeChannel } from '#portal/portal.ts';
import type { Act, NamedAct } from '#slack/clicks.ts';
import * as answers from '#slack/answers.ts';
import { context, plain } from '#slack/blocks.ts';
import { parseCodeWay, parseSignIn } from '#slack/click-values.ts';
import type { Desk, SlackApp } from '#slack/desk.ts';
import { MOST_WAYS, wayLabel } from './code-messages.ts';
import { whoIs } from '#slack/who.ts';
import type { OtherCode } from './store/sign-ins.ts';

const ENTER_CODE = 'enter-code';
const CHOOSE_WAY = 'choose-code-way';

const codeModal = (signIn: string): View => ({
  type: 'modal',
  callback_id: ENTER_CODE,
  private_metadata: JSON.stringify({ signIn }),
  title: plain('Enter code', 24),
  submit: plain('Send code', 24),
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
    context('It goes sealed to this one sign-in, is used once, and is kept nowhere.'),
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
  'No code is wanted any more: it was given already, or the time is over. Press Link for a new sign-in.';
const NOT_YOURS = 'Only the holder of the login, or who is signing in, gives its code.';

const enter: Act = async (desk, { actor, value, client, body }) => {
  const asked = parseSignIn(value);
  if (asked === undefined) return answers.stale();
  const standing = await desk.codes.standing(actor.id, asked.signIn);
  switch (standing.kind) {
    case 'not-yours':
      return answers.refusal(NOT_YOURS);
    case 'not-wanted':
      return answers.say(NOT_WANTED);
    case 'wanted':
      await client.views.open({ trigger_id: body.trigger_id, view: codeModal(asked.signIn) });
      return 'modal';
    case 'channel-wanted':
      await client.views.open({
        trigger_id: body.trigger_id,
        view: wayModal(asked.signIn, standing.channels),
      });
      return 'modal';
  }
};

const again =
  (to: OtherCode): Act =>
  async (desk, { actor, value }) => {
    const asked = parseSignIn(value);
    if (asked === undefined) return answers.stale();
    switch ((await desk.codes.sendAgain(actor.id, asked.signIn, to)).kind) {
      case 'not-yours':
        return answers.refusal(NOT_YOURS);
      case 'not-wanted':
        return answers.say(NOT_WANTED);
      case 'asked':
        return undefined;
    }
  };

const choose: Act = async (desk, { actor, value }) => {
  const chosen = parseCodeWay(value);
  if (chosen === undefined) return answers.stale();
  switch ((await desk.codes.choose(actor.id, chosen.signIn, chosen.channel)).kind) {
    case 'not-yours':
      return answers.refusal(NOT_YOURS);
    case 'not-wanted':
      return answers.say(NOT_WANTED);
    case 'chosen':
      return undefined;
  }
};

export const CODES: readonly NamedAct[] = [
  ['enter-code', enter],
  ['send-code-again', again('code-again')],
  ['send-code-another-way', again('code-another')],
  [/^choose-code-way:\d$/, choose],
];

export const listenToCodes = (app: SlackApp, desk: Desk): void => {
  app.view(ENTER_CODE, async ({ ack, body, view, client }) => {
    // Secret from here on: it is printed by nothing, and sealed before it is stored.
    const code = new Secret(view.state.values['code']?.['code']?.value ?? '');
    const asked = parseSignIn(view.private_metadata);
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    if (who.kind === 'refused') return ack(answers.asError('code', answers.refusal(who.why)));
    if (asked === undefined) return ack(answers.asError('code', answers.stale()));
    switch ((await desk.codes.submit(who.person.id, asked.signIn, code)).kind) {
      case 'submitted':
        return ack();
      case 'not-a-code':
        return ack(
          answers.asError('code', answers.say('That does not look like the code of this carrier.')),
        );
      case 'not-wanted':
        return ack(answers.asError('code', answers.say(NOT_WANTED)));
      case 'not-yours':
        return ack(answers.asError('code', answers.refusal(NOT_YOURS)));
    }
  });

  app.view(CHOOSE_WAY, async ({ ack, body, view, client }) => {
    const way = view.state.values['way']?.['way']?.selected_option?.value ?? '';
    const asked = parseSignIn(view.private_metadata);
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    if (who.kind === 'refused') return ack(answers.asError('way', answers.refusal(who.why)));
    if (asked === undefined) return ack(answers.asError('way', answers.stale()));
    switch ((await desk.codes.choose(who.person.id, asked.signIn, way)).kind) {
      case 'chosen':
        return ack();
      case 'not-wanted':
        return ack(answers.asError('way', answers.say(NOT_WANTED)));
      case 'not-yours':
        return ack(answers.asError('way', answers.refusal(NOT_YOURS)));
    }
  });
};
