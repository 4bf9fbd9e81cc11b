import type { View } from '@slack/types';
import { Secret } from '#domain/secret.ts';
import type { Act, NamedAct } from './act.ts';
import * as answers from './answers.ts';
import { context, plain } from './blocks.ts';
import { parseSignIn } from './click.ts';
import type { Desk, SlackApp } from './desk.ts';
import { whoIs } from './who.ts';

const ENTER_CODE = 'enter-code';

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

const NOT_WANTED =
  'No code is wanted any more: it was given already, or the time is over. Press Link for a new sign-in.';
const NOT_YOURS = 'Only the holder of the login, or who is signing in, gives its code.';

const enter: Act = async (desk, { actor, value, client, body }) => {
  const asked = parseSignIn(value);
  if (asked === undefined) return answers.stale();
  switch (await desk.codes.standing(actor.id, asked.signIn)) {
    case 'not-yours':
      return answers.refusal(NOT_YOURS);
    case 'not-wanted':
      return answers.say(NOT_WANTED);
    case 'wanted':
      await client.views.open({ trigger_id: body.trigger_id, view: codeModal(asked.signIn) });
      return 'modal';
  }
};

const again: Act = async (desk, { actor, value }) => {
  const asked = parseSignIn(value);
  if (asked === undefined) return answers.stale();
  switch ((await desk.codes.sendAgain(actor.id, asked.signIn)).kind) {
    case 'not-yours':
      return answers.refusal(NOT_YOURS);
    case 'not-wanted':
      return answers.say(NOT_WANTED);
    case 'asked':
      return undefined;
  }
};

export const CODES: readonly NamedAct[] = [
  ['enter-code', enter],
  ['send-code-again', again],
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
};
