import { expect, it } from 'vitest';
import { putChannel, signInById } from '#core/sign-in/store/sign-ins.ts';
import { recordCodeWanted, takeChannel, wantChannel } from '#core/sign-in/store/codes.ts';
import { CODE_LIFE } from '#core/sign-in/rules.ts';
import { beginSignIn, submitCode } from '#core/sign-in/sign-in.ts';
import { nextSignIn, runSignIn, startSignIn } from '#core/sign-in/sign-in-run.ts';
import { Secret } from '#shared/secret.ts';
import {
  openLinkFirm,
  portalThat,
  sessionOf,
  TYPED,
  type LinkFirm,
} from '#test/support/link-firm.ts';
import { readyLink } from '#test/support/ready-link.ts';

/** What is asked is committed, its worker hears no answer and writes it again; the person was quicker. */

const begin = async (firm: LinkFirm) => {
  await beginSignIn(firm, await readyLink(firm), TYPED, false);
  const signIn = await nextSignIn(firm.runner, 'source', 1);
  if (signIn === undefined) throw new Error('There is no sign-in.');
  return signIn;
};
const started = async (firm: LinkFirm) => {
  const signIn = await begin(firm);
  await startSignIn(firm.runner, signIn, 1);
  return signIn.id;
};

it('a code that was typed before its asking is written again is not asked for anew', async () => {
  await using firm = await openLinkFirm();
  const id = await started(firm);
  const ask = () => recordCodeWanted(firm.store, id, 1, 'by text', firm.time.now);
  expect(await ask()).toBe(true);
  await submitCode(firm, id, 'dana', new Secret('123456'));
  expect(await ask()).toBe(true);
  expect(await signInById(firm.store, id)).toMatchObject({
    state: 'code-checking',
    codeAgain: false,
  });
  expect(await recordCodeWanted(firm.store, id, 2, 'by text', firm.time.now)).toBe(false);
});

it('a way that was chosen before its asking is written again stays chosen', async () => {
  await using firm = await openLinkFirm();
  const id = await started(firm);
  const at = firm.time.now;
  const ask = () =>
    wantChannel(
      firm.store,
      id,
      1,
      [
        { id: 'text', label: 'Text' },
        { id: 'mail', label: 'Mail' },
      ],
      at,
    );
  expect(await ask()).toBe(true);
  expect(await putChannel(firm.store, id, 'mail', at - CODE_LIFE)).toBe(true);
  firm.time.now += 500;
  expect(await ask()).toBe(true);
  expect(await takeChannel(firm.store, id)).toBe('mail');
});

it('a code that is asked for twice within a moment was not accepted', async () => {
  await using firm = await openLinkFirm();
  const signIn = await begin(firm);
  const seen: (boolean | undefined)[] = [];
  const portal = portalThat(async (hooks, submit) => {
    await submit();
    await hooks.code('by text');
    await hooks.code('by text');
    return { kind: 'signed-in' };
  });
  const session = {
    ...sessionOf(firm, portal),
    whileWaiting: async <T>(wait: () => Promise<T>): Promise<T> => {
      seen.push((await signInById(firm.store, signIn.id))?.codeAgain);
      await submitCode(firm, signIn.id, 'dana', new Secret('123456'));
      return wait();
    },
  };
  await runSignIn(firm.runner, signIn, session);
  expect(seen).toEqual([false, true]);
});
