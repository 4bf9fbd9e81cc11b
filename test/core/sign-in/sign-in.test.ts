import { sql } from 'kysely';
import { isOnPostgres } from '#test/support/database.ts';
import { loginRow } from '#test/support/logins.ts';
import { signInById } from '#core/sign-in/store/sign-ins.ts';
import { reflectSource } from '#core/logins/store/source-changes.ts';
import { describe, expect, it } from 'vitest';
import { CODE_LIFE, CREDENTIALS_LIFE, SIGN_IN_LIFE } from '#core/sign-in/rules.ts';
import { Secret } from '#shared/secret.ts';
import { confirmLink, continueLink, findLink, issueLink } from '#core/sign-in/link.ts';
import { signInByItself } from '#core/sign-in/by-itself.ts';
import { nextSignIn, runSignIn, startSignIn, sweepSignIns } from '#core/sign-in/sign-in-run.ts';
import {
  askForNewCode,
  beginSignIn,
  chooseChannel,
  codeStanding,
  lockoutWarning,
  signInProgress,
  submitCode,
  type SignInProgress,
} from '#core/sign-in/sign-in.ts';
import {
  accepts,
  addWaitingSync,
  linkOf,
  openLinkFirm,
  portalThat,
  rejects,
  sessionOf,
  TYPED,
  type LinkFirm,
} from '#test/support/link-firm.ts';
import type { Link } from '#core/sign-in/store/links.ts';
import { seeAccounts } from '#core/logins/store/access.ts';

const page = (firm: LinkFirm) => firm;

const readyLink = async (firm: LinkFirm, personId = 'dana'): Promise<Link> => {
  const deps = firm;
  const issued = await issueLink(deps, { personId, sourceId: 'source' });
  if (issued.kind !== 'issued') throw new Error('The link was not issued.');
  const shown = await continueLink(deps, issued.token, 'browser');
  if (shown.kind === 'pairing') await confirmLink(deps, personId, issued.linkId, shown.number);
  expect((await findLink(deps, issued.token, 'browser'))?.standing.kind).toBe('ready');
  return linkOf(firm, issued.linkId);
};

const begin = async (firm: LinkFirm, link: Link, keep = false): Promise<string> => {
  const begun = await beginSignIn(page(firm), link, TYPED, keep);
  if (begun.kind !== 'begun') throw new Error(`It is ${begun.kind}.`);
  return begun.signInId;
};

const work = async (firm: LinkFirm, portal: ReturnType<typeof accepts>, fence = 1) => {
  await firm.db.updateTable('login_lease').set({ fence }).execute();
  const signIn = await nextSignIn(firm.runner, 'source', fence);
  return signIn && runSignIn(firm.runner, signIn, sessionOf(firm, portal, fence));
};

const progress = async (firm: LinkFirm, id: string): Promise<SignInProgress> => {
  const signIn = await signInById(firm.store, id);
  if (signIn === undefined) throw new Error('There is no such sign-in.');
  return signInProgress(signIn, firm.clock());
};

const source = (firm: LinkFirm) => loginRow(firm.db);

const secrets = (firm: LinkFirm) =>
  firm.db.selectFrom('sealed_secret').select(['owner_id', 'kind']).execute();

describe('a sign-in that the portal accepts', () => {
  it("links the source for the carrier's session, counts and frees what waited, and keeps no password", async () => {
    await using firm = await openLinkFirm();
    await addWaitingSync(firm);
    const id = await begin(firm, await readyLink(firm));
    expect(firm.woken).toEqual(['source']);
    expect(await progress(firm, id)).toEqual({ kind: 'waiting' });
    const portal = accepts();
    expect(await work(firm, portal)).toEqual({ kind: 'signed-in' });
    expect(portal.submitted).toEqual(['correct horse battery']);
    expect(await progress(firm, id)).toEqual({ kind: 'linked', waitingSyncs: 1 });
    expect(await source(firm)).toMatchObject({
      linked: 1,
      linked_at: firm.time.now,
      ends_at: firm.time.now + 60 * 60_000,
      automatic: 0,
    });
    await reflectSource({ db: firm.db, clock: () => firm.time.now }, 'source');
    expect(await firm.db.selectFrom('sync').select('reason').executeTakeFirst()).toEqual({
      reason: 'waiting',
    });
    expect(await secrets(firm)).toEqual([]);
  });

  it('keeps the password, sealed, when the person agreed, and signs in by itself until the cap', async () => {
    await using firm = await openLinkFirm();
    await begin(firm, await readyLink(firm), true);
    await work(firm, accepts());
    expect(await secrets(firm)).toEqual([{ owner_id: 'source', kind: 'password' }]);
    expect(await source(firm)).toMatchObject({ automatic: 1, consent_by: 'dana' });
    const again = () => signInByItself(firm.runner, 'source', sessionOf(firm, accepts()));
    expect(await again()).toEqual({ kind: 'signed-in' });
    expect(await again()).toEqual({ kind: 'signed-in' });
    expect(await again()).toEqual({ kind: 'not-allowed', lockoutRisk: false });
    firm.time.now += 24 * 60 * 60_000;
    expect(await again()).toEqual({ kind: 'signed-in' });
  });

  it('is not repeated by itself for a person who was deactivated', async () => {
    await using firm = await openLinkFirm();
    await begin(firm, await readyLink(firm), true);
    await work(firm, accepts());
    await firm.db
      .updateTable('person')
      .set({ deactivated_at: firm.time.now })
      .where('id', '=', 'dana')
      .execute();
    const portal = accepts();
    expect(await signInByItself(firm.runner, 'source', sessionOf(firm, portal))).toEqual({
      kind: 'not-allowed',
      lockoutRisk: false,
    });
    expect(portal.submitted).toEqual([]);
  });

  it('can use the kept password for the one who agreed, with one click', async () => {
    await using firm = await openLinkFirm();
    await begin(firm, await readyLink(firm), true);
    await work(firm, accepts());
    expect(await beginSignIn(page(firm), await readyLink(firm, 'mona'), 'kept', false)).toEqual({
      kind: 'no-kept-password',
    });
    const begun = await beginSignIn(page(firm), await readyLink(firm), 'kept', false);
    expect(begun.kind).toBe('begun');
    const portal = accepts();
    await work(firm, portal);
    expect(portal.submitted).toEqual(['correct horse battery']);
    expect(await secrets(firm)).toEqual([{ owner_id: 'source', kind: 'password' }]);
  });

  it('forgets the password when consent ends or another is typed without it', async () => {
    await using firm = await openLinkFirm();
    await begin(firm, await readyLink(firm), true);
    await work(firm, accepts());
    await begin(firm, await readyLink(firm), false);
    await work(firm, accepts());
    expect(await secrets(firm)).toEqual([]);
    expect(await source(firm)).toMatchObject({ automatic: 0, consent_by: null });
  });

  /** A portal that takes longer than a password waits for a worker, around its submission. */
  const slow = (firm: LinkFirm, when: 'before' | 'after') =>
    portalThat(async (_hooks, submit) => {
      if (when === 'after') await submit();
      firm.time.now += CREDENTIALS_LIFE + 1;
      await sweepSignIns(firm.runner);
      if (when === 'before') await submit();
      return { kind: 'signed-in' };
    });

  const kept = (firm: LinkFirm) =>
    firm.db.selectFrom('audit').select('seq').where('action', '=', 'password.kept').execute();

  it('keeps the password that was accepted, not an older one, though it takes its time', async () => {
    await using firm = await openLinkFirm();
    await begin(firm, await readyLink(firm), true);
    await work(firm, accepts());
    const typed = { ...TYPED, password: new Secret('a newer one') };
    await beginSignIn(page(firm), await readyLink(firm), typed, true);
    await work(firm, slow(firm, 'after'));
    expect(await secrets(firm)).toEqual([{ owner_id: 'source', kind: 'password' }]);
    expect(await source(firm)).toMatchObject({ automatic: 1, consent_by: 'dana' });
    const portal = accepts();
    await signInByItself(firm.runner, 'source', sessionOf(firm, portal));
    expect(portal.submitted).toEqual(['a newer one']);
  });

  it('keeps no password at all where the accepted one is gone before it could be kept', async () => {
    await using firm = await openLinkFirm();
    await begin(firm, await readyLink(firm), true);
    await work(firm, accepts());
    await begin(firm, await readyLink(firm), true);
    expect(await work(firm, slow(firm, 'before'))).toEqual({ kind: 'signed-in' });
    expect(await secrets(firm)).toEqual([]);
    expect(await source(firm)).toMatchObject({ linked: 1, automatic: 0, consent_by: null });
    expect(await kept(firm)).toHaveLength(1);
  });
});

/** What the audit says of access that ended. */
const ended = async (firm: LinkFirm): Promise<unknown[]> =>
  (
    await firm.db
      .selectFrom('audit')
      .select('detail')
      .where('action', '=', 'team.access-ended')
      .execute()
  ).map(({ detail }) => JSON.parse(detail ?? ''));

it('unlinks, forgets the password and ends open links at once when its person is deactivated', async () => {
  await using firm = await openLinkFirm();
  await readyLink(firm);
  await begin(firm, await readyLink(firm), true);
  await work(firm, accepts());
  await firm.db
    .updateTable('person')
    .set({ slack_user_id: 'UDANA' })
    .where('id', '=', 'dana')
    .execute();
  const left = [{ slackId: 'UDANA', standing: 'deactivated' } as const];
  expect(await seeAccounts(firm.store, left, 'event')).toEqual(['source']);
  expect(await secrets(firm)).toEqual([]);
  expect(await source(firm)).toMatchObject({ linked: 0, automatic: 0, consent_by: null });
  const open = firm.db.selectFrom('link').select('id').where('finished_at', 'is', null);
  expect(await open.execute()).toEqual([]);
  expect(await seeAccounts(firm.store, left, 'event')).toEqual([]);
  expect(await ended(firm)).toEqual([{ by: 'slack', standing: 'deactivated', noticed: 'event' }]);
});

describe('a password that the portal turns down', () => {
  it("is submitted once, is gone, and says so; a new one is the person's own act", async () => {
    await using firm = await openLinkFirm();
    const link = await readyLink(firm);
    const id = await begin(firm, link, true);
    const portal = rejects();
    expect(await work(firm, portal)).toEqual({ kind: 'failure', reason: 'bad-credentials' });
    expect(await work(firm, portal)).toBeUndefined();
    expect(portal.submitted).toHaveLength(1);
    expect(await progress(firm, id)).toEqual({ kind: 'failed', reason: 'bad-credentials' });
    expect(await secrets(firm)).toEqual([]);
    expect(await source(firm)).toMatchObject({ linked: 0, unlinked_reason: 'bad-credentials' });
    expect(await lockoutWarning(page(firm), 'source')).toEqual({ rejections: 1, near: false });
    await begin(firm, link);
    await work(firm, rejects());
    expect(await lockoutWarning(page(firm), 'source')).toEqual({ rejections: 2, near: true });
    firm.time.now += 25 * 60 * 60_000;
    expect(await lockoutWarning(page(firm), 'source')).toEqual({ rejections: 0, near: false });
  });

  it('never blocks by itself what a person does, but stops every automatic sign-in until one links', async () => {
    await using firm = await openLinkFirm();
    await begin(firm, await readyLink(firm), true);
    await work(firm, accepts());
    expect(
      (await signInByItself(firm.runner, 'source', sessionOf(firm, rejects('carrier-down')))).kind,
    ).toBe('failure');
    const portal = accepts();
    expect(await signInByItself(firm.runner, 'source', sessionOf(firm, portal))).toEqual({
      kind: 'not-allowed',
      lockoutRisk: true,
    });
    expect(portal.submitted).toEqual([]);
    firm.time.now += 1;
    await begin(firm, await readyLink(firm), true);
    await work(firm, accepts());
    expect(await signInByItself(firm.runner, 'source', sessionOf(firm, portal))).toEqual({
      kind: 'signed-in',
    });
  });
});

describe('a login that is no good any more', () => {
  const lost = async (personId: 'dana' | 'mona' | undefined) => {
    await using firm = await openLinkFirm();
    await begin(firm, await readyLink(firm), true);
    await work(firm, accepts());
    firm.time.now += 60_000;
    const portal = rejects('locked');
    if (personId === undefined)
      await signInByItself(firm.runner, 'source', sessionOf(firm, portal));
    else {
      await begin(firm, await readyLink(firm, personId));
      await work(firm, portal);
    }
    const { unlinked_at: at, ...row } = await source(firm);
    return { ...row, ago: firm.time.now - Number(at) };
  };
  const ended = { linked: 0, unlinked_reason: 'locked', ends_at: null, ago: 0 };

  it('is told of, where nobody was there to see it', async () => {
    expect(await lost(undefined)).toMatchObject({ ...ended, unlinked_told: 0 });
  });

  it('is told of, where somebody else signed in to it', async () => {
    expect(await lost('mona')).toMatchObject({ ...ended, unlinked_told: 0 });
  });

  it('is not told of again, where its holder saw it', async () => {
    expect(await lost('dana')).toMatchObject({ ...ended, unlinked_told: 1 });
  });
});

const STOPS = `create trigger stops before update on login_link
  begin select raise(abort, 'It stops here.'); end`;
const STOPS_ON_POSTGRES = [
  `create function stops() returns trigger language plpgsql
    as $$ begin raise exception 'It stops here.'; end $$`,
  'create trigger stops before update on login_link for each row execute function stops()',
];

it('an answer that nobody was there for is written with the link that it ends, or not at all', async () => {
  await using firm = await openLinkFirm();
  await begin(firm, await readyLink(firm), true);
  await work(firm, accepts());
  for (const statement of isOnPostgres() ? STOPS_ON_POSTGRES : [STOPS])
    await sql.raw(statement).execute(firm.db);
  const tried = signInByItself(firm.runner, 'source', sessionOf(firm, rejects()));
  await expect(tried).rejects.toThrow('It stops here.');
  // Its database is another test's next.
  if (isOnPostgres()) await sql`drop function stops() cascade`.execute(firm.db);
  const tries = firm.db.selectFrom('sign_in_try').select('outcome').where('automatic', '=', 1);
  expect(await tries.execute()).toEqual([{ outcome: null }]);
  expect(await source(firm)).toMatchObject({ linked: 1 });
});

it('an answer is written down also where another session has the login by then', async () => {
  await using firm = await openLinkFirm();
  await begin(firm, await readyLink(firm), true);
  await work(firm, accepts());
  const portal = portalThat(async (_hooks, submit) => {
    await submit();
    await firm.db.updateTable('login_lease').set({ fence: 2 }).execute();
    return { kind: 'failure', reason: 'bad-credentials' };
  });
  await signInByItself(firm.runner, 'source', sessionOf(firm, portal));
  const tries = firm.db.selectFrom('sign_in_try').select('outcome').where('automatic', '=', 1);
  expect(await tries.execute()).toEqual([{ outcome: 'bad-credentials' }]);
  expect(await source(firm)).toMatchObject({ linked: 1 });
});

describe('a worker that dies', () => {
  it('before the password was submitted leaves a sign-in that the next session starts again', async () => {
    await using firm = await openLinkFirm();
    const id = await begin(firm, await readyLink(firm));
    const left = await nextSignIn(firm.runner, 'source', 1);
    if (left === undefined) throw new Error('There is no sign-in.');
    await startSignIn(firm.runner, left, 1);
    expect(await work(firm, accepts(), 2)).toEqual({ kind: 'signed-in' });
    expect(await progress(firm, id)).toMatchObject({ kind: 'linked' });
  });

  it('after it was submitted leaves a failure; the password is submitted by no path again', async () => {
    await using firm = await openLinkFirm();
    await begin(firm, await readyLink(firm), true);
    await work(firm, accepts());
    const id = await begin(firm, await readyLink(firm), true);
    const dying = portalThat(async (_hooks, submit) => {
      await submit();
      return new Promise(() => undefined);
    });
    void work(firm, dying, 1);
    await expect.poll(() => dying.submitted).toHaveLength(1);
    const portal = accepts();
    expect(await work(firm, portal, 2)).toBeUndefined();
    expect(await progress(firm, id)).toEqual({ kind: 'failed', reason: 'interrupted' });
    expect(await signInByItself(firm.runner, 'source', sessionOf(firm, portal))).toEqual({
      kind: 'not-allowed',
      lockoutRisk: true,
    });
    expect(portal.submitted).toEqual([]);
    expect(await secrets(firm)).toEqual([{ owner_id: 'source', kind: 'password' }]);
  });

  it('cannot submit, nor finish, what another session has taken over', async () => {
    await using firm = await openLinkFirm();
    const id = await begin(firm, await readyLink(firm));
    const gate = Promise.withResolvers<void>();
    const frozen = portalThat(async (_hooks, submit) => {
      await gate.promise;
      await submit();
      return { kind: 'signed-in' };
    });
    const late = work(firm, frozen, 1);
    await expect.poll(() => progress(firm, id)).toEqual({ kind: 'signing-in' });
    await work(firm, rejects(), 2);
    gate.resolve();
    expect(await late).toEqual({ kind: 'gone' });
    expect(frozen.submitted).toEqual([]);
    expect(await progress(firm, id)).toEqual({ kind: 'failed', reason: 'bad-credentials' });
  });

  it.each([
    ['before the password was submitted', false, 'not-started'],
    ['after it', true, 'interrupted'],
  ] as const)(
    'and a browser that throws %s end the sign-in, nothing sealed left behind',
    async (_when, submits, reason) => {
      await using firm = await openLinkFirm();
      const id = await begin(firm, await readyLink(firm));
      const broken = portalThat(async (_hooks, submit) => {
        if (submits) await submit();
        throw new Error('The browser closed.');
      });
      await expect(work(firm, broken)).rejects.toThrow('The browser closed.');
      expect(await progress(firm, id)).toEqual({ kind: 'failed', reason });
      expect(await secrets(firm)).toEqual([]);
    },
  );

  it.each([
    ['before the password was submitted leaves it to the next session', false],
    ['after it was submitted leaves it to nobody', true],
  ])('and a session that is stopped %s', async (_what, submits) => {
    await using firm = await openLinkFirm();
    const id = await begin(firm, await readyLink(firm));
    const signIn = await nextSignIn(firm.runner, 'source', 1);
    if (signIn === undefined) throw new Error('There is no sign-in.');
    const stop = new AbortController();
    const open = portalThat(async (_hooks, submit) => {
      if (submits) await submit();
      stop.abort();
      throw new Error('The browser closed.');
    });
    const session = { ...sessionOf(firm, open), signal: stop.signal };
    await expect(runSignIn(firm.runner, signIn, session)).rejects.toThrow('The browser closed.');
    expect(await progress(firm, id)).toEqual(
      submits ? { kind: 'failed', reason: 'interrupted' } : { kind: 'waiting' },
    );
    const next = accepts();
    expect(await work(firm, next, 2)).toEqual(submits ? undefined : { kind: 'signed-in' });
    expect([...open.submitted, ...next.submitted]).toHaveLength(1);
  });
});

describe('a code', () => {
  const asksForCode = () => {
    const codes: (string | undefined)[] = [];
    const portal = portalThat(async (hooks, submit) => {
      await submit();
      let code = await hooks.code('Sent to ***-**17');
      while (code === 'send-again') code = await hooks.code('Sent again to ***-**17');
      if (code === 'another-way') throw new Error('no other way was offered');
      codes.push(code?.reveal());
      if (code === undefined) return { kind: 'failure', reason: 'code-timed-out' };
      return code.reveal() === '123456'
        ? { kind: 'signed-in' }
        : { kind: 'failure', reason: 'code-rejected' };
    });
    return Object.assign(portal, { codes });
  };

  it('is asked for, sealed for this sign-in, and taken once', async () => {
    await using firm = await openLinkFirm();
    const id = await begin(firm, await readyLink(firm));
    const portal = asksForCode();
    const done = work(firm, portal);
    await expect
      .poll(() => progress(firm, id))
      .toEqual({
        kind: 'code-wanted',
        hint: 'Sent to ***-**17',
        again: false,
        sentAgain: false,
        until: firm.time.now + CODE_LIFE,
      });
    const submit = (person: string, code: string) =>
      submitCode(page(firm), id, person, new Secret(code));
    expect(await submit('omar', '123456')).toEqual({ kind: 'not-yours' });
    expect(await submit('dana', '12345; drop')).toEqual({ kind: 'not-a-code' });
    expect(await submit('dana', ' 123 456 ')).toEqual({ kind: 'submitted' });
    expect(await submit('dana', '123456')).toEqual({ kind: 'not-wanted' });
    expect(await done).toEqual({ kind: 'signed-in' });
    expect(portal.codes).toEqual(['123456']);
    expect(await secrets(firm)).toEqual([]);
  });

  it('can be asked for again, by who may give it', async () => {
    await using firm = await openLinkFirm();
    const id = await begin(firm, await readyLink(firm));
    const done = work(firm, asksForCode());
    await expect.poll(() => progress(firm, id)).toMatchObject({ kind: 'code-wanted' });
    expect(await askForNewCode(page(firm), id, 'omar')).toEqual({ kind: 'not-yours' });
    expect(await askForNewCode(page(firm), id, 'dana')).toEqual({ kind: 'asked' });
    expect(await askForNewCode(page(firm), id, 'dana')).toEqual({ kind: 'not-wanted' });
    await expect
      .poll(() => progress(firm, id))
      .toMatchObject({ hint: 'Sent again to ***-**17', again: false, sentAgain: true });
    await submitCode(page(firm), id, 'dana', new Secret('123456'));
    expect(await done).toEqual({ kind: 'signed-in' });
  });

  const WAYS = [
    { id: 'text', label: 'Text message to ***-17' },
    { id: 'email', label: 'E-mail to d***@example.com' },
  ];
  const letsChoose = (ways = WAYS) => {
    const asked: string[] = [];
    const portal = portalThat(async (hooks, submit) => {
      await submit();
      for (;;) {
        const way = await hooks.channel?.(ways);
        if (way === undefined) return { kind: 'failure', reason: 'code-timed-out' };
        asked.push(way);
        const code = await hooks.code(`Sent by ${way}`);
        if (code !== 'another-way') return { kind: 'signed-in' };
      }
    });
    return Object.assign(portal, { asked });
  };

  it('goes the way its person chooses, and another one when that brings none', async () => {
    await using firm = await openLinkFirm();
    const id = await begin(firm, await readyLink(firm));
    const portal = letsChoose();
    const done = work(firm, portal);
    const at = () => progress(firm, id);
    const until = firm.time.now + CODE_LIFE;
    await expect.poll(at).toEqual({ kind: 'channel-wanted', channels: WAYS, until });
    const choose = (person: string, way: string) => chooseChannel(page(firm), id, person, way);
    const another = () => askForNewCode(page(firm), id, 'dana', 'code-another');
    expect(await choose('omar', 'text')).toEqual({ kind: 'not-yours' });
    expect(await choose('dana', 'pigeon')).toEqual({ kind: 'not-wanted' });
    expect(await another()).toEqual({ kind: 'not-wanted' });
    expect(await codeStanding(page(firm), id, 'dana')).toEqual({
      kind: 'channel-wanted',
      channels: WAYS,
    });
    expect(await choose('dana', 'text')).toEqual({ kind: 'chosen' });
    expect(await choose('dana', 'email')).toEqual({ kind: 'not-wanted' });
    await expect.poll(at).toMatchObject({ hint: 'Sent by text', again: false, anotherWay: true });
    expect(await another()).toEqual({ kind: 'asked' });
    await expect.poll(at).toMatchObject({ kind: 'channel-wanted' });
    await choose('dana', 'email');
    await expect.poll(at).toMatchObject({ hint: 'Sent by email', again: false });
    await submitCode(page(firm), id, 'dana', new Secret('123456'));
    expect(await done).toEqual({ kind: 'signed-in' });
    expect(portal.asked).toEqual(['text', 'email']);
  });

  it('is asked for at once where there is one way only', async () => {
    await using firm = await openLinkFirm();
    const id = await begin(firm, await readyLink(firm));
    const done = work(firm, letsChoose(WAYS.slice(1)));
    await expect.poll(() => progress(firm, id)).toMatchObject({ hint: 'Sent by email' });
    expect(await askForNewCode(page(firm), id, 'dana', 'code-another')).toEqual({
      kind: 'not-wanted',
    });
    await submitCode(page(firm), id, 'dana', new Secret('123456'));
    expect(await done).toEqual({ kind: 'signed-in' });
  });

  it('of which nobody chooses the way in five minutes ends the sign-in', async () => {
    await using firm = await openLinkFirm();
    const id = await begin(firm, await readyLink(firm));
    const done = work(firm, letsChoose());
    await expect.poll(() => progress(firm, id)).toMatchObject({ kind: 'channel-wanted' });
    firm.time.now += CODE_LIFE;
    expect(await chooseChannel(page(firm), id, 'dana', 'text')).toEqual({ kind: 'not-wanted' });
    expect(await done).toEqual({ kind: 'failure', reason: 'code-timed-out' });
  });

  it('that nobody types in five minutes ends the sign-in', async () => {
    await using firm = await openLinkFirm();
    const id = await begin(firm, await readyLink(firm));
    const done = work(firm, asksForCode());
    await expect.poll(() => progress(firm, id)).toMatchObject({ kind: 'code-wanted' });
    firm.time.now += CODE_LIFE;
    expect(await progress(firm, id)).toEqual({ kind: 'failed', reason: 'code-timed-out' });
    expect(await done).toEqual({ kind: 'failure', reason: 'code-timed-out' });
    expect(await submitCode(page(firm), id, 'dana', new Secret('123456'))).toEqual({
      kind: 'not-wanted',
    });
  });
});

describe('a source', () => {
  it('has one open sign-in at a time', async () => {
    await using firm = await openLinkFirm();
    const link = await readyLink(firm);
    await begin(firm, link);
    expect(await beginSignIn(page(firm), link, TYPED, false)).toEqual({ kind: 'busy' });
  });

  it('is free again when no worker came, and what was typed is gone', async () => {
    await using firm = await openLinkFirm();
    const id = await begin(firm, await readyLink(firm));
    firm.time.now += CREDENTIALS_LIFE;
    expect(await progress(firm, id)).toEqual({ kind: 'failed', reason: 'not-started' });
    expect(await nextSignIn(firm.runner, 'source', 1)).toBeUndefined();
    await begin(firm, await readyLink(firm));
    firm.time.now += SIGN_IN_LIFE;
    await sweepSignIns(firm.runner);
    expect(await secrets(firm)).toEqual([]);
  });

  it('audits who linked it and who agreed to what, and holds no secret in any row', async () => {
    await using firm = await openLinkFirm();
    await begin(firm, await readyLink(firm), true);
    await work(firm, accepts());
    const rows = await firm.db
      .selectFrom('audit')
      .select(['action', 'person_id'])
      .orderBy('id')
      .execute();
    expect(rows.map(({ action }) => action).sort()).toEqual(
      ['link.issued', 'link.confirmed', 'sign-in.asked', 'source.linked', 'password.kept'].sort(),
    );
    for (const table of ['sealed_secret', 'sign_in', 'audit', 'login_source'] as const)
      expect(JSON.stringify(await firm.db.selectFrom(table).selectAll().execute())).not.toContain(
        'horse',
      );
  });
});
