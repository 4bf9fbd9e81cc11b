import { expect, it } from 'vitest';
import { CODE_CLICKS } from '#core/sign-in/code-slack.ts';
import { CODE_LIFE } from '#core/sign-in/rules.ts';
import { beginSignIn } from '#core/sign-in/sign-in.ts';
import type { SignInState } from '#core/sign-in/store/sign-ins.ts';
import type { SlackDeps } from '#slack/deps.ts';
import type { Click } from '#slack/listen.ts';
import { openLinkFirm, TYPED, type LinkFirm } from '#test/support/link-firm.ts';
import { readyLink } from '#test/support/ready-link.ts';

const WAYS = JSON.stringify([
  { id: 'text', label: 'Text message' },
  { id: 'email', label: 'E-mail' },
]);

const press = async (firm: LinkFirm, name: string, value: object): Promise<string> => {
  const found = CODE_CLICKS.find((click) =>
    typeof click.name === 'string' ? click.name === name : click.name.test(name),
  );
  const deps = firm as unknown as SlackDeps;
  const by = { actor: { id: 'dana' } } as Click;
  return JSON.stringify(await found?.run(deps, by, JSON.stringify(value)));
};

/** A sign-in of Dana's in that state, and what she is told by a second press. */
const pressedTwice = async (firm: LinkFirm, state: SignInState, name: string): Promise<string> => {
  const begun = await beginSignIn(firm, await readyLink(firm), TYPED, false);
  if (begun.kind !== 'begun') throw new Error(`It is ${begun.kind}.`);
  await firm.db
    .updateTable('sign_in')
    .set({ state, channels: WAYS, code_wanted_at: firm.time.now })
    .execute();
  return press(firm, name, { signIn: begun.signInId, channel: 'text' });
};

it.each([
  ['send-code-again', 'code-again', 'asked for another code already'],
  ['send-code-another-way', 'code-another', 'asked for the other ways'],
  ['choose-code-way:0', 'channel-chosen', 'asked to send the code already'],
  ['choose-code-way:0', 'code-wanted', 'Enter it once you have it'],
  ['send-code-again', 'channel-wanted', 'Choose one of its ways'],
  ['enter-code', 'code-checking', 'the carrier checks it'],
] as const)(
  'a second press on %s while it is %s says that it goes on',
  async (name, state, says) => {
    await using firm = await openLinkFirm();
    const said = await pressedTwice(firm, state, name);
    expect(said).toContain(says);
    expect(said).not.toContain('Press Link');
  },
);

it('says that a code which nobody typed in time needs a new sign-in', async () => {
  await using firm = await openLinkFirm();
  const begun = await beginSignIn(firm, await readyLink(firm), TYPED, false);
  const signIn = begun.kind === 'begun' ? begun.signInId : '';
  await firm.db
    .updateTable('sign_in')
    .set({ state: 'code-wanted', code_wanted_at: firm.time.now })
    .execute();
  firm.time.now += CODE_LIFE;
  expect(await press(firm, 'send-code-again', { signIn })).toContain('Press Link to sign in again');
});
