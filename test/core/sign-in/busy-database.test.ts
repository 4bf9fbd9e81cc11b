import { loginRow } from '#test/support/logins.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { signInById } from '#core/sign-in/store/sign-ins.ts';
import { beginSignIn } from '#core/sign-in/sign-in.ts';
import { nextSignIn, runSignIn } from '#core/sign-in/sign-in-run.ts';
import { openLinkFirm, portalThat, sessionOf, TYPED } from '#test/support/link-firm.ts';
import { readyLink } from '#test/support/ready-link.ts';

it('an accepted password is no lock-out risk when the database is busy as the answer comes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sync-busy-'));
  const file = join(folder, 'firm.db');
  {
    await using firm = await openLinkFirm({ file });
    const another = new BetterSqlite(file);
    const link = await readyLink(firm);
    const begun = await beginSignIn(firm, link, TYPED, true);
    const signIn = await nextSignIn(firm.runner, 'source', 1);
    if (begun.kind !== 'begun' || signIn === undefined) throw new Error('There is no sign-in.');
    const portal = portalThat(async (_hooks, submit) => {
      await submit();
      another.exec('begin immediate');
      // The first write that meets it gives up, and only then is it free again.
      setTimeout(() => another.exec('commit'), 100);
      return { kind: 'signed-in' };
    });
    expect(await runSignIn(firm.runner, signIn, sessionOf(firm, portal))).toEqual({
      kind: 'signed-in',
    });
    another.close();
    expect((await signInById(firm.store, signIn.id))?.state).toBe('linked');
    expect(await loginRow(firm.db)).toMatchObject({ linked: 1, unlinked_reason: null });
  }
  await rm(folder, { recursive: true, force: true });
});
