import { describe, expect, it } from 'vitest';
import { issueLink } from '#core/sign-in/link.ts';
import { beginHold } from '#core/logins/store/hold.ts';
import { beginSignIn } from '#core/sign-in/sign-in.ts';
import { nextSignIn, runSignIn } from '#core/sign-in/sign-in-run.ts';
import { linkById } from '#core/sign-in/store/links.ts';
import { signInById } from '#core/sign-in/store/sign-ins.ts';
import { createImportStore } from '#features/import/store/import.ts';
import { accepts, openLinkFirm, sessionOf, TYPED, type LinkFirm } from '#test/support/link-firm.ts';
import { loginRow } from '#test/support/logins.ts';
import { readyLink } from '#test/support/ready-link.ts';

/** A file names another holder of a login: what the one before gave to it is used no more. */

const emailOf = (id: string): string => `${id}@firm.example`;

const openFirm = async (): Promise<LinkFirm> => {
  const firm = await openLinkFirm();
  for (const id of ['dana', 'omar', 'mona'])
    await firm.db
      .updateTable('person')
      .set({ email: emailOf(id) })
      .where('id', '=', id)
      .execute();
  await firm.db.updateTable('login_source').set({ external_id: 'S-1' }).execute();
  return firm;
};

const importHolder = (firm: LinkFirm, holder: string, shared: readonly string[] = []) =>
  createImportStore(firm.db, { now: firm.clock }).saveSources([
    {
      source_id: 'S-1',
      carrier: firm.facts.id,
      name: 'Dana at Northbridge',
      holder: emailOf(holder),
      shared_with: shared.map(emailOf),
      changed_at: null,
    },
  ]);

const begin = async (firm: LinkFirm, personId: string, keep: boolean) => {
  const link = await readyLink(firm, personId);
  const begun = await beginSignIn(firm, link, TYPED, keep);
  if (begun.kind !== 'begun') throw new Error(`It is ${begun.kind}.`);
  return { signInId: begun.signInId, linkId: link.id };
};

const link = async (firm: LinkFirm, personId: string, keep: boolean): Promise<void> => {
  await begin(firm, personId, keep);
  const { fence } = await loginRow(firm.db);
  const signIn = await nextSignIn(firm.runner, 'source', fence);
  if (signIn !== undefined) await runSignIn(firm.runner, signIn, sessionOf(firm, accepts(), fence));
  await firm.db
    .insertInto('sealed_secret')
    .values({
      owner_id: 'source',
      source_id: 'source',
      kind: 'session',
      key_id: 'k',
      sealed: 's',
      created_at: firm.clock(),
    })
    .execute();
};

const given = async (firm: LinkFirm) => {
  const { linked, consent_by, fence } = await loginRow(firm.db);
  const secrets = await firm.db
    .selectFrom('sealed_secret')
    .select('kind')
    .orderBy('kind')
    .execute();
  return { linked, by: consent_by, secrets: secrets.map(({ kind }) => kind), fence };
};

const NOTHING = { linked: 0, by: null, secrets: [] };
const ALL = { linked: 1, secrets: ['password', 'session'] };

describe('ends', () => {
  it.each(['dana', 'mona'])(
    'the password that %s let be kept, and the session it opened',
    async (was) => {
      await using firm = await openFirm();
      await importHolder(firm, was);
      await link(firm, was, true);
      const before = await given(firm);
      expect(before).toMatchObject({ ...ALL, by: was });
      await importHolder(firm, 'omar');
      expect(await given(firm)).toEqual({ ...NOTHING, fence: before.fence + 1 });
    },
  );

  it('a session that keeps no password', async () => {
    await using firm = await openFirm();
    await link(firm, 'dana', false);
    expect(await given(firm)).toMatchObject({ linked: 1, by: null, secrets: ['session'] });
    await importHolder(firm, 'omar');
    expect(await given(firm)).toMatchObject(NOTHING);
  });

  it.each(['dana', 'mona'])("%s's sign-in under way and open link page", async (was) => {
    await using firm = await openFirm();
    await importHolder(firm, was);
    const { signInId, linkId } = await begin(firm, was, true);
    const issued = await issueLink(firm, { personId: was, sourceId: 'source' });
    await importHolder(firm, 'omar');
    expect(await signInById(firm.store, signInId)).toMatchObject({ state: 'failed' });
    expect(await linkById(firm.store, linkId)).toMatchObject({ endedReason: 'stopped' });
    expect(await linkById(firm.store, issued.kind === 'issued' ? issued.linkId : '')).toMatchObject(
      { endedReason: 'stopped' },
    );
    expect((await given(firm)).secrets).toEqual([]);
  });

  it('that somebody is in the portal', async () => {
    await using firm = await openFirm();
    await beginHold(firm.db, 'source', { until: firm.time.now + 3_600_000, personId: 'dana' });
    await importHolder(firm, 'omar');
    expect(await loginRow(firm.db)).toMatchObject({ held_until: null });
  });
});

describe('leaves', () => {
  it('all to whom it is shared with from now on', async () => {
    await using firm = await openFirm();
    await link(firm, 'dana', true);
    await importHolder(firm, 'omar', ['dana']);
    expect(await given(firm)).toMatchObject({ ...ALL, by: 'dana' });
  });

  it.each(['omar', 'mona'])('what %s gave, who may still link it', async (by) => {
    await using firm = await openFirm();
    await importHolder(firm, 'dana', ['omar']);
    await link(firm, by, true);
    await importHolder(firm, 'omar');
    expect(await given(firm)).toMatchObject({ ...ALL, by });
  });

  it('everything where the holder stays', async () => {
    await using firm = await openFirm();
    await link(firm, 'dana', false);
    await importHolder(firm, 'dana', ['omar']);
    expect(await given(firm)).toMatchObject({ linked: 1, secrets: ['session'] });
  });
});
