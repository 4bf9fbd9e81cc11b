import { expect, it } from 'vitest';
import { signInByItself } from '#core/sign-in/by-itself.ts';
import { beginSignIn } from '#core/sign-in/sign-in.ts';
import { nextSignIn, runSignIn } from '#core/sign-in/sign-in-run.ts';
import type { SignInResult } from '#portal/portal.ts';
import {
  accepts,
  openLinkFirm,
  portalThat,
  sessionOf,
  TYPED,
  type LinkFirm,
} from '#test/support/link-firm.ts';
import { readyLink } from '#test/support/ready-link.ts';

/** Another server takes over while a password is at the portal, and lacks what was committed last. */

const NOT_UNDERSTOOD: SignInResult = { kind: 'failure', reason: 'portal-changed' };

const byPerson = async (firm: LinkFirm, portal: ReturnType<typeof accepts>) => {
  await beginSignIn(firm, await readyLink(firm), TYPED, true);
  const signIn = await nextSignIn(firm.runner, 'source', 1);
  if (signIn === undefined) throw new Error('There is no sign-in.');
  return runSignIn(firm.runner, signIn, sessionOf(firm, portal));
};
const byItself = (firm: LinkFirm, portal: ReturnType<typeof accepts>) =>
  signInByItself(firm.runner, 'source', sessionOf(firm, portal));

it.each([
  ['by itself', byItself, 1],
  ['by a person', byPerson, 0],
] as const)(
  'a password that was submitted %s is known of by its answer, and is not submitted again',
  async (_who, run, automatic) => {
    await using firm = await openLinkFirm();
    await byPerson(firm, accepts());
    firm.time.now += 1;
    const loses = portalThat(async (_hooks, submit) => {
      await submit();
      await firm.db.deleteFrom('sign_in_try').where('outcome', 'is', null).execute();
      return NOT_UNDERSTOOD;
    });
    expect(await run(firm, loses)).toEqual(NOT_UNDERSTOOD);
    const tries = firm.db.selectFrom('sign_in_try').select(['automatic', 'outcome']).orderBy('seq');
    expect(await tries.execute()).toEqual([
      { automatic: 0, outcome: 'signed-in' },
      { automatic, outcome: 'portal-changed' },
    ]);
    const next = accepts();
    expect(await byItself(firm, next)).toEqual({ kind: 'not-allowed', lockoutRisk: true });
    expect(next.submitted).toEqual([]);
  },
);

it('a portal that was not reached leaves no try', async () => {
  await using firm = await openLinkFirm();
  await byPerson(firm, accepts());
  const down = portalThat(() => Promise.resolve({ kind: 'failure', reason: 'carrier-down' }));
  await byItself(firm, down);
  expect(await firm.db.selectFrom('sign_in_try').select('outcome').execute()).toEqual([
    { outcome: 'signed-in' },
  ]);
});
