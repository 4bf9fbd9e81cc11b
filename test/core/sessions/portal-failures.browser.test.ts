import { restUntil } from '#core/logins/store/lease.ts';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Secret } from '#shared/secret.ts';
import { CASES } from '#simulator/portals/cases.ts';
import type { PortalHandle } from '#simulator/portals/handle.ts';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { localFirmStore } from '#simulator/store.ts';
import { packCredentials } from '#core/sign-in/sign-in.ts';
import { askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { ANA, BEN, TEAM } from '#test/support/people.ts';
import { useFirm } from '#test/support/use-firm.ts';

const NUMBER = '00123-4567';
const OTHER = '00312-9085';
const USER = 'aruiz';
const PASSWORD = 'Tidewater-41';

vi.setConfig({ testTimeout: 120_000 });

let portal: PortalHandle;
let source: string;
let submitted: number;

const firm = useFirm();
beforeAll(async () => {
  portal = firm.local.portals.northbridge;
  source = await firm.sourceId('S-NB-ANA');
  await firm.work();
});

/** Ana's login as it was on the first day, whatever the test before did to it. */
beforeEach(async () => {
  const { db } = firm;
  await portal.endSessions();
  await db.deleteFrom('sealed_secret').where('owner_id', '=', source).execute();
  await db.deleteFrom('sign_in_try').where('source_id', '=', source).execute();
  await restUntil(db, source, 0);
  await db
    .updateTable('login_link')
    .set({ unlinked_reason: null, ended_early_at: null })
    .where('source_id', '=', source)
    .execute();
  await db.deleteFrom('pause_wait').execute();
  await db.deleteFrom('carrier_pause').execute();
  await db.updateTable('carrier').set({ paused_until: null, paused_reason: null }).execute();
  const now = firm.clock();
  const typed = { user: new Secret(USER), password: new Secret(PASSWORD) };
  await localFirmStore(db).keepLinked(source, {
    password: await firm.sealer.seal(packCredentials(typed), source),
    at: now,
    endsAt: now + 60 * 60_000,
  });
  submitted = (await portal.ledger(USER)).length;
});
/** What still waits is of no concern to the next test. */
afterEach(async () => {
  await portal.reset();
  await portal.setLogin(USER, { password: PASSWORD });
  const open = await firm.db
    .selectFrom('request_sync as r')
    .innerJoin('sync as s', 's.id', 'r.sync_id')
    .select('s.id')
    .where('s.status', 'in', ['queued', 'needs-link'])
    .execute();
  for (const { id } of open)
    await firm.db
      .updateTable('sync')
      .set({ status: 'cancelled', reason: 'cancelled', finished_at: firm.clock() })
      .where('id', '=', id)
      .execute();
});

const asked = new Set<string>();

/** A card of its own: the one before of the same policy is not it. */
const ask = async (as: string, number: string): Promise<LocalMessage> => {
  const card = await askFor(
    firm,
    as,
    TEAM,
    `/sync policy ${number}`,
    (message) => isCardOf(as, number)(message) && !asked.has(message.ts),
  );
  asked.add(card.ts);
  return card;
};

const cardSays = (card: LocalMessage, words: RegExp): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: `the card to say ${String(words)}`,
    that: (message) => message.ts === card.ts && words.test(JSON.stringify(message.blocks)),
    ms: 60_000,
  });

const submissions = async (): Promise<number> => (await portal.ledger(USER)).length - submitted;

const ENDS: [what: string, how: () => Promise<unknown>, says: RegExp, passwords: number][] = [
  ['a locked login', () => portal.lock(USER), /Needs link.*locked/, 1],
  [
    'an expired password',
    () => portal.setLogin(USER, { passwordExpired: true }),
    /Needs link.*expired/,
    1,
  ],
  [
    'a changed password',
    () => portal.setLogin(USER, { password: 'new' }),
    /Needs link.*refused/,
    1,
  ],
  ['terms to accept', () => portal.setLogin(USER, { terms: true }), /Failed.*terms/, 1],
  ['a page in a new layout', () => portal.set(NUMBER, { changedPage: true }), /Failed.*our/, 1],
  ['maintenance', () => portal.maintenance(true), /Failed for now.*Next try/, 0],
  ['an error page', () => portal.set(NUMBER, { error: 500 }), /Failed for now.*Next try/, 1],
  [
    'a broken connection after the password',
    () => portal.setLogin(USER, { dropped: true }),
    /Failed for now.*Next try/,
    1,
  ],
];

it.each(ENDS)(
  'says what is wrong with %s, and submits no password again',
  async (_what, how, says, passwords) => {
    await how();
    const card = await ask(ANA, NUMBER);
    await cardSays(card, says);
    expect(await submissions()).toBe(passwords);
  },
);

it('asks for a link instead of trying the password again after a broken connection', async () => {
  await portal.setLogin(USER, { dropped: true });
  const card = await ask(ANA, NUMBER);
  await cardSays(card, /Failed for now/);
  await portal.setLogin(USER, { dropped: false });
  // Its next try is due.
  await firm.db.updateTable('sync').set({ not_before: 0 }).where('status', '=', 'queued').execute();
  await cardSays(card, /Needs link.*could lock it/);
  expect(await submissions()).toBe(1);
});

it('waits while the person is in the portal, and goes on when they say that they are done', async () => {
  await fetch(new URL('/login', portal.url), {
    method: 'POST',
    body: new URLSearchParams({ userId: USER, password: PASSWORD }),
    redirect: 'manual',
  });
  await portal.secondSession('refuses-newer');
  const card = await ask(ANA, NUMBER);
  await cardSays(card, /Failed for now.*Someone is signed in/);
  await portal.endSessions(USER);
  await firm.client.click({ as: ANA, channel: TEAM, ts: card.ts, actionId: 'run-now' });
  expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Success');
  // The person's own, the one that met them, the one after.
  expect(await submissions()).toBe(3);
});

describe('Not Found', () => {
  it.each([
    ['neverSeen', /Two searches did not find it/],
    ['gone', /It .*was there/],
    ['mistyped', /Did you mean.*00451-8380/],
  ] as const)('comes after a second search: %s', async (name, says) => {
    const { number } = CASES[name];
    const before = await portal.reads(number);
    const card = await ask(ANA, number);
    expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Not Found');
    await cardSays(card, says);
    expect((await portal.reads(number)).searches - before.searches).toBe(2);
    expect(await submissions()).toBe(1);
  });

  it.each([
    ['missingZero', /Did you mean.*04471-0926/],
    ['otherLogin', /Harbor Agency/],
  ] as const)('offers the way out through another number or login: %s', async (name, says) => {
    const { number } = CASES[name];
    await firm.client.command(BEN, TEAM, `/sync policy ${number}`);
    await firm.client.waitForModal(BEN);
    await firm.client.submit(BEN, { source: { source: await firm.sourceId('S-NB-BEN') } });
    const card = await firm.client.waitForMessage({
      as: BEN,
      channel: TEAM,
      what: "Ben's card",
      that: isCardOf(BEN, number),
    });
    expect((await closingOf(firm, BEN, TEAM, card)).text).toContain('Not Found');
    await cardSays(card, says);
    expect((await portal.reads(number)).searches).toBe(2);
  });

  it('is not said of a passing fault: the second search finds it', async () => {
    await portal.set(OTHER, { absentTimes: 1 });
    const before = await portal.reads(OTHER);
    const card = await ask(ANA, OTHER);
    expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Success');
    expect((await portal.reads(OTHER)).searches - before.searches).toBe(2);
  });
});

it('takes a session that ends soon after use, and again, for somebody else at the portal', async () => {
  await cardSays(await ask(ANA, NUMBER), /Success/);
  // The portal says the same words whether time has ended it or another sign-in.
  await portal.endSessions();
  await cardSays(await ask(ANA, OTHER), /Success/);
  expect(await submissions()).toBe(2);
  await portal.endSessions();
  await cardSays(await ask(ANA, NUMBER), /Failed for now.*Someone is signed in.*write me .*hold/);
  expect(await submissions()).toBe(2);
});
