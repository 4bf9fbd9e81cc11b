import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPostgres, SERVING } from '#database/postgres.ts';
import { signInByItself } from '#core/sign-in/by-itself.ts';
import { askForNewCode, beginSignIn, submitCode } from '#core/sign-in/sign-in.ts';
import { nextSignIn, runSignIn, type SignInSession } from '#core/sign-in/sign-in-run.ts';
import type { SignInResult } from '#portal/portal.ts';
import { Secret } from '#shared/secret.ts';
import { newPostgres } from '#test/support/database.ts';
import {
  accepts,
  openLinkFirm,
  portalThat,
  sessionOf,
  TYPED,
  type LinkFirm,
} from '#test/support/link-firm.ts';
import { loginRow } from '#test/support/logins.ts';
import { readyLink } from '#test/support/ready-link.ts';
import { wayToPostgres, type WayToPostgres } from '#test/support/way-to-postgres.ts';

/** Postgres goes away while a password is at the portal. */

let stack: AsyncDisposableStack;
let way: WayToPostgres;
let firm: LinkFirm;
const STATEMENT_MS = 1000;
let url: string;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  url = await newPostgres();
  way = stack.use(await wayToPostgres(url));
  const limits = { ...SERVING, statementMs: STATEMENT_MS };
  const db = await openPostgres({ url: way.at, connections: 4, limits });
  firm = stack.use(await openLinkFirm({ db }));
});
afterEach(() => stack.disposeAsync());

const SIGNED_IN: SignInResult = { kind: 'signed-in' };

const begin = async () => {
  const begun = await beginSignIn(firm, await readyLink(firm), TYPED, true);
  const signIn = await nextSignIn(firm.runner, 'source', 1);
  if (begun.kind !== 'begun' || signIn === undefined) throw new Error('There is no sign-in.');
  return signIn;
};
const tries = () =>
  firm.db.selectFrom('sign_in_try').select('outcome').orderBy('automatic').execute();
const audited = (action: string) =>
  firm.db.selectFrom('audit').select('seq').where('action', '=', action).execute();

it.each<[string, SignInResult]>([
  ['accepted', SIGNED_IN],
  ['refused', { kind: 'failure', reason: 'bad-credentials' }],
])(
  'the answer to a kept password that is %s waits for it, and is no lock-out risk',
  async (_, said) => {
    const signIn = await begin();
    await runSignIn(firm.runner, signIn, sessionOf(firm, accepts()));
    const portal = portalThat(async (_hooks, submit) => {
      await submit();
      way.restart();
      return said;
    });
    expect(await signInByItself(firm.runner, 'source', sessionOf(firm, portal))).toEqual(said);
    expect((await tries()).at(-1)).toEqual({
      outcome: said.kind === 'failure' ? said.reason : said.kind,
    });
    expect(portal.submitted).toHaveLength(1);
    const lost = said.kind === 'failure';
    expect(await loginRow(firm.db)).toMatchObject({
      linked: lost ? 0 : 1,
      unlinked_told: lost ? 0 : 1,
      unlinked_at: lost ? firm.time.now : null,
    });
  },
);

it('a password that a person typed links all the same', async () => {
  const signIn = await begin();
  const portal = portalThat(async (_hooks, submit) => {
    await submit();
    way.restart();
    return SIGNED_IN;
  });
  expect(await runSignIn(firm.runner, signIn, sessionOf(firm, portal))).toEqual(SIGNED_IN);
  expect(await loginRow(firm.db)).toMatchObject({ linked: 1, unlinked_reason: null });
});

it('a password links also where another process keeps that login for longer than a statement may take', async () => {
  const signIn = await begin();
  const other = stack.adopt(await openPostgres({ url: way.at, connections: 1 }), (opened) =>
    opened.destroy(),
  );
  const held = await other.startTransaction().execute();
  const portal = portalThat(async (_hooks, submit) => {
    await submit();
    await sql`select 1 from login_lease where source_id = 'source' for update`.execute(held);
    return SIGNED_IN;
  });
  const ended = runSignIn(firm.runner, signIn, sessionOf(firm, portal));
  const waits = new Set<string>();
  const look = async (): Promise<number> => {
    const { rows } = await sql<{ since: string }>`select query_start::text as since
      from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(
      firm.db,
    );
    for (const { since } of rows) waits.add(since);
    return waits.size;
  };
  // The server has ended the first statement by then, and another one waits.
  await expect.poll(look).toBeGreaterThan(1);
  await held.rollback().execute();
  expect(await ended).toEqual(SIGNED_IN);
  expect(await loginRow(firm.db)).toMatchObject({ linked: 1, unlinked_reason: null });
  expect(portal.submitted).toHaveLength(1);
});

it('what was committed, and got no answer, is done once by a person', async () => {
  const signIn = await begin();
  const waits = Promise.withResolvers<void>();
  const portal = portalThat(async (hooks, submit) => {
    way.loseAnswersOf('commit');
    await submit();
    way.loseAnswersOf('update "sign_in" set "state"');
    const asked = hooks.code('by text');
    await waits.promise;
    await submitCode(firm, signIn.id, 'dana', new Secret('123456'));
    expect(await asked).toBeInstanceOf(Secret);
    way.loseAnswersOf('update "sign_in_try"', 'commit');
    return SIGNED_IN;
  });
  const session: SignInSession = {
    ...sessionOf(firm, portal),
    // A person knows of the wish for a code from then on.
    whileWaiting: (wait) => {
      waits.resolve();
      return wait();
    },
  };
  expect(await runSignIn(firm.runner, signIn, session)).toEqual(SIGNED_IN);
  expect(way.lost()).toBe(4);
  expect(portal.submitted).toHaveLength(1);
  expect(await tries()).toEqual([{ outcome: 'signed-in' }]);
  expect(await audited('source.linked')).toHaveLength(1);
  expect(await loginRow(firm.db)).toMatchObject({ linked: 1 });
  expect(
    await firm.db.selectFrom('sign_in').select('codes_asked').executeTakeFirstOrThrow(),
  ).toEqual({ codes_asked: 1 });
});

/** The code of one wait, typed beside the way that breaks. */
const typing = (act: () => Promise<unknown>) => {
  const waits = Promise.withResolvers<void>();
  const whileWaiting: SignInSession['whileWaiting'] = (wait) => {
    waits.resolve();
    return wait();
  };
  return { whileWaiting, typed: waits.promise.then(act) };
};

it('a code whose taking got no answer reaches the portal', async () => {
  const signIn = await begin();
  const beside = await openPostgres({ url, connections: 1 });
  stack.defer(() => beside.destroy());
  const there = { ...firm, store: { ...firm.store, db: beside } };
  const { whileWaiting, typed } = typing(async () => {
    way.loseAnswersOf('commit', 'from "sealed_secret"');
    await submitCode(there, signIn.id, 'dana', new Secret('123456'));
  });
  const portal = portalThat(async (hooks, submit) => {
    await submit();
    const code = await hooks.code('by text');
    await typed;
    expect(code instanceof Secret && code.reveal()).toBe('123456');
    return SIGNED_IN;
  });
  const session = { ...sessionOf(firm, portal), whileWaiting };
  expect(await runSignIn(firm.runner, signIn, session)).toEqual(SIGNED_IN);
  expect(way.lost()).toBe(2);
});

it('a code that was given is given no second time, also where it stays in the database', async () => {
  const signIn = await begin();
  const id = signIn.id;
  await sql`create rule stays as on delete to sealed_secret where old.kind = 'code' do instead nothing`.execute(
    firm.db,
  );
  const codes = () => firm.db.selectFrom('sealed_secret').where('kind', '=', 'code').selectAll();
  const acts = [
    () => submitCode(firm, id, 'dana', new Secret('123456')),
    () => askForNewCode(firm, id, 'dana'),
    () => submitCode(firm, id, 'dana', new Secret('654321')),
  ];
  const given: unknown[] = [];
  const portal = portalThat(async (hooks, submit) => {
    await submit();
    for (let nth = 0; nth < 3; nth += 1) {
      const code = await hooks.code('by text');
      given.push(code instanceof Secret ? code.reveal() : code);
    }
    expect(await codes().execute()).toHaveLength(1);
    await sql`drop rule stays on sealed_secret`.execute(firm.db);
    return SIGNED_IN;
  });
  const session: SignInSession = {
    ...sessionOf(firm, portal),
    whileWaiting: async (wait) => {
      await acts.shift()?.();
      return wait();
    },
  };
  expect(await runSignIn(firm.runner, signIn, session)).toEqual(SIGNED_IN);
  expect(given).toEqual(['123456', 'send-again', '654321']);
  expect(await codes().execute()).toEqual([]);
});

it.each<[string, SignInResult]>([
  ['accepted', SIGNED_IN],
  ['refused', { kind: 'failure', reason: 'bad-credentials' }],
])('what was committed, and got no answer, is done once by itself when %s', async (_, said) => {
  await runSignIn(firm.runner, await begin(), sessionOf(firm, accepts()));
  const portal = portalThat(async (_hooks, submit) => {
    way.loseAnswersOf('commit');
    await submit();
    way.loseAnswersOf('update "sign_in_try"', 'commit');
    return said;
  });
  expect(await signInByItself(firm.runner, 'source', sessionOf(firm, portal))).toEqual(said);
  expect(way.lost()).toBe(3);
  expect(portal.submitted).toHaveLength(1);
  const refused = said.kind === 'failure';
  expect(await tries()).toEqual([
    { outcome: 'signed-in' },
    { outcome: refused ? said.reason : said.kind },
  ]);
  expect(await audited('source.link-failed')).toHaveLength(refused ? 1 : 0);
});
