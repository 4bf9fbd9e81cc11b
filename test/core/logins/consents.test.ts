import { loginRow } from '#test/support/logins.ts';
import { expect, it } from 'vitest';
import { changeSource } from '#core/logins/login-sources.ts';
import { signInById } from '#core/sign-in/store/sign-ins.ts';
import { beginSignIn } from '#core/sign-in/sign-in.ts';
import { nextSignIn, runSignIn } from '#core/sign-in/sign-in-run.ts';
import { setRole } from '#features/team/store/team.ts';
import {
  accepts,
  addWaitingSync,
  openLinkFirm,
  sessionOf,
  TYPED,
  type LinkFirm,
} from '#test/support/link-firm.ts';
import { readyLink } from '#test/support/ready-link.ts';

const DANA = { id: 'dana', role: 'advisor', active: true } as const;

const share = (firm: LinkFirm, ...personIds: string[]) =>
  changeSource(
    { store: firm.store, show: (id) => Promise.resolve(shown.push(id)) },
    DANA,
    'source',
    {
      kind: 'share',
      people: personIds.map((id) => ({ id, name: id, slackId: id.toUpperCase() })),
    },
  );
let shown: string[] = [];

/** Whoever is not on Slack cannot be picked there, and stays. */
const openFirm = async (): Promise<LinkFirm> => {
  const firm = await openLinkFirm();
  await firm.db
    .updateTable('person')
    .set((of) => ({ slack_user_id: of.fn('upper', ['id']) }))
    .execute();
  return firm;
};

/** Links and agrees to keep the password; the id of the sign-in. */
const begin = async (firm: LinkFirm, personId: string): Promise<string> => {
  const begun = await beginSignIn(firm, await readyLink(firm, personId), TYPED, true);
  if (begun.kind !== 'begun') throw new Error(`It is ${begun.kind}.`);
  return begun.signInId;
};
const keep = async (firm: LinkFirm, personId: string): Promise<void> => {
  await begin(firm, personId);
  const signIn = await nextSignIn(firm.runner, 'source', 1);
  if (signIn !== undefined) await runSignIn(firm.runner, signIn, sessionOf(firm, accepts(), 1));
};

const kept = async (firm: LinkFirm) => {
  const { linked, consent_by } = await loginRow(firm.db);
  const secrets = await firm.db.selectFrom('sealed_secret').select('kind').execute();
  return { linked, by: consent_by, secrets: secrets.map(({ kind }) => kind) };
};

it('sharing a login no more ends the consent of whom it was shared with, and what waits is shown so', async () => {
  await using firm = await openFirm();
  await share(firm, 'omar');
  await keep(firm, 'omar');
  await share(firm, 'omar', 'mona');
  expect(await kept(firm)).toEqual({ linked: 1, by: 'omar', secrets: ['password'] });
  await addWaitingSync(firm);
  shown = [];
  await share(firm, 'mona');
  expect(await kept(firm)).toEqual({ linked: 0, by: null, secrets: [] });
  expect(shown).toEqual(['request']);
  const told = await firm.db.selectFrom('audit').select('action').orderBy('id', 'desc').execute();
  expect(told.map(({ action }) => action)).toContain('password.forgotten');
});

it("leaves the holder's own consent alone", async () => {
  await using firm = await openFirm();
  await share(firm, 'omar');
  await keep(firm, 'dana');
  await share(firm);
  expect(await kept(firm)).toEqual({ linked: 1, by: 'dana', secrets: ['password'] });
});

it('ends a sign-in under way of whom it is shared with no more, so that it gives no consent', async () => {
  await using firm = await openFirm();
  await share(firm, 'omar');
  const id = await begin(firm, 'omar');
  await share(firm);
  expect(await signInById(firm.store, id)).toMatchObject({
    state: 'failed',
    reason: 'not-started',
  });
  expect(await nextSignIn(firm.runner, 'source', 1)).toBeUndefined();
  expect((await kept(firm)).secrets).toEqual([]);
});

it('a manager who becomes an advisor loses the consents given at logins of others', async () => {
  await using firm = await openFirm();
  await keep(firm, 'mona');
  const account = { slackId: 'MONA', name: 'Mona', email: undefined };
  await setRole(firm.store, account, 'support', 'dana');
  expect(await kept(firm)).toEqual({ linked: 0, by: null, secrets: [] });
});
