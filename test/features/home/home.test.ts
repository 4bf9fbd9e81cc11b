import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Actor } from '#shared/access.ts';
import { REPORT_FILTERS } from '#core/policies/report-rules.ts';
import type { LocalView } from '#simulator/workspace/protocol.ts';
import { viewProblems } from '#simulator/workspace/views.ts';
import { historyModal } from '#features/history/modal.ts';
import { freshState, parseState, withFilter, withPage, withQuery } from '#features/home/state.ts';
import { homeView, type HomeData } from '#features/home/view.ts';
import { readHistory } from '#features/history/history.ts';
import { readTeamTrouble } from '#features/home/home.ts';
import { forger } from '#test/support/forgery.ts';
import type { ReportRow } from '#core/policies/store/report-rows.ts';
import { useFirm } from '#test/support/use-firm.ts';

const textOf = (view: LocalView | undefined): string =>
  view === undefined
    ? ''
    : (view.blocks as unknown as Record<string, unknown>[])
        .map((block) => JSON.stringify(block))
        .join('\n');

describe('the Home tab', () => {
  const firm = useFirm();

  const homeOf = (as: string, what: string, ...needles: (string | RegExp)[]) =>
    firm.client.waitFor({
      as,
      what: `Home with ${what}`,
      read: async () => {
        const { home } = await firm.client.state(as);
        const text = textOf(home);
        const has = (needle: string | RegExp): boolean =>
          typeof needle === 'string' ? text.includes(needle) : needle.test(text);
        return home !== undefined && needles.every(has) ? home : undefined;
      },
      seen: async () =>
        [...textOf((await firm.client.state(as)).home).matchAll(/"text":"([^"]*)"/g)]
          .map((match) => match[1])
          .join('\n')
          .slice(0, 2000),
    });

  const openHome = async (as: string, ...needles: (string | RegExp)[]): Promise<string> => {
    const before = (await firm.client.state(as)).home?.hash;
    await firm.client.openHome(as);
    await firm.client.waitFor({
      as,
      what: 'a fresh Home',
      read: async () => {
        const hash = (await firm.client.state(as)).home?.hash;
        return hash === before ? undefined : hash;
      },
    });
    return textOf(await homeOf(as, needles.join(), ...needles));
  };
  const click = (as: string, actionId: string) => firm.client.click({ as, home: true, actionId });
  const search = (as: string, typed: string) =>
    firm.client.choose({ as, home: true, actionId: 'home-search', option: typed });
  const policyIds = (view: LocalView): string[] =>
    [...textOf(view).matchAll(/"block_id":"row:([^:]+):/g)].map((match) => match[1] ?? '');

  it('shows an advisor their own book and a manager all, with who cannot work', async () => {
    const ana = await openHome('ana', 'Swivel Sync Report', 'All 129');
    expect(ana).toContain('Your book');
    expect(ana).not.toContain('Who cannot work today');
    const marcus = await openHome('marcus', 'All 200');
    expect(marcus).toMatch(/\*Ben Carter\* cannot reach \*Meridian Annuity\*/);
  });

  it('shows a guest why there is nothing to see', async () => {
    expect(await openHome('gwen', 'Guests cannot')).not.toContain('row:');
  });

  it('finds a contact whatever the accents, and a number whatever the dashes', async () => {
    await openHome('ana', 'All 129');
    await search('ana', 'grossmann');
    expect(textOf(await homeOf('ana', 'the three of one name', 'All 3'))).toContain('Größmann');
    await search('ana', '001234567');
    const found = await homeOf('ana', 'one policy', 'All 1"', '*00123-4567*');
    expect(policyIds(found)).toHaveLength(1);
    expect(textOf(found)).toContain('"initial_value":"001234567"');
    await search('ana', '%_\'"; drop table policy --');
    await homeOf('ana', 'no match', 'No policy matches');
    await click('ana', 'home-clear');
    await homeOf('ana', 'everything again', 'All 129');
  });

  it("never finds another advisor's client", async () => {
    const [other] = (
      await sql<{ number: string }>`select p.number from policy p where p.contact_id not in
        (select b.contact_id from book b join person a on a.id = b.person_id
          where a.slack_user_id = 'UANARUIZ1') limit 1`.execute(firm.db)
    ).rows;
    await openHome('ana', 'All 129');
    await search('ana', other?.number ?? '');
    await homeOf('ana', 'nothing', 'No policy matches');
    await openHome('sam', 'You have no book of your own');
    await search('sam', other?.number ?? '');
    expect(policyIds(await homeOf('sam', 'the case', 'All 1"'))).toHaveLength(1);
    await click('ana', 'home-clear');
  });

  it('filters by what a total counts and by carrier, and turns pages', async () => {
    await openHome('ben', 'Swivel Sync Report');
    await click('ben', 'home-clear').catch(() => undefined);
    const first = policyIds(await homeOf('ben', 'the first page', '1–10 of'));
    await click('ben', 'home-page:next');
    const second = policyIds(await homeOf('ben', 'the second page', '11–20 of'));
    expect(first.filter((id) => second.includes(id))).toEqual([]);
    await click('ben', 'home-page:previous');
    expect(policyIds(await homeOf('ben', 'the first page', '1–10 of'))).toEqual(first);
    await click('ben', 'home-filter:not-synced');
    const missing = await homeOf('ben', 'what is missing', 'no success in the last 7 days');
    const total = Number(/Not synced yet (\d+)/.exec(textOf(missing))?.[1]);
    expect(textOf(missing)).toContain(`of ${total}`);
    await firm.client.choose({
      as: 'ben',
      home: true,
      actionId: 'home-carrier',
      option: 'Meridian Annuity',
    });
    const narrowed = await homeOf('ben', 'one carrier', /"initial_option":[^}]*}?[^}]*Meridian/);
    expect(textOf(narrowed)).not.toContain('\\nNorthbridge Life ·');
  });

  it('syncs from a row, which follows by itself until it ends, and writes to no channel', async () => {
    await openHome('ana', 'Swivel Sync Report');
    await search('ana', '00123-4567');
    const [policyId] = policyIds(await homeOf('ana', 'one policy', 'All 1"'));
    await click('ana', 'home-sync');
    await homeOf('ana', 'a queued row', '*Queued*');
    const card = await firm.client.waitForMessage({
      as: 'ana',
      channel: 'dm',
      what: 'the card',
      that: ({ text }) => text.includes('00123-4567'),
    });
    expect(JSON.stringify(card.blocks)).not.toContain('Here, because');
    await sql`update sync set status = 'not-found', reason = 'never-seen', finished_at = ${Date.now()}
      where policy_id = ${policyId} and status = 'queued'`.execute(firm.db);
    await sql`update request set version = version + 1 where policy_id = ${policyId}`.execute(
      firm.db,
    );
    await firm.bot.sweep();
    await homeOf('ana', 'the end of the sync', '*Not Found*', 'Not Found 1');
  });

  it('tells the history: who asked, through which login, and the values over time', async () => {
    await openHome('ana', 'Swivel Sync Report');
    await search('ana', '00123-4567');
    await homeOf('ana', 'one policy', 'All 1"');
    await click('ana', 'home-history');
    const view = textOf(
      await firm.client.waitForModal('ana', (modal) => textOf(modal).includes('Latest syncs')),
    );
    expect(view).toContain('asked by Ana Ruiz');
    expect(view).toContain('daily sync');
    expect(view).toContain('$409,112.90');
    await firm.client.closeModal('ana');
    const audited = await firm.db
      .selectFrom('audit')
      .select('action')
      .where('action', 'in', ['policy.history-viewed', 'report.viewed'])
      .execute();
    expect(new Set(audited.map(({ action }) => action)).size).toBe(2);
  });

  it('offers Link where a login needs it, and sees by itself when it is linked', async () => {
    const before = await openHome('ana', '2 linked · 4 unlinked');
    expect(before).toContain(':key: *Ana – Meridian*');
    await firm.client.click({ as: 'ana', home: true, text: 'Link Ana – Meridian' });
    await firm.client.waitForModal('ana', (view) => textOf(view).includes('Open the link page'));
    await firm.client.closeModal('ana');
    await firm.bot.sweep();
    await sql`update login_link set linked = 1, ends_at = ${Date.now() + 10 * 60_000}
      where source_id = (select id from login_source where name = 'Ana – Meridian')`.execute(
      firm.db,
    );
    await firm.bot.sweep();
    await homeOf('ana', 'the link that ends soon', '2 linked · 1 ends soon · 3 unlinked');
    await sql`update login_link set ends_at = ${Date.now() - 60_000}
      where source_id = (select id from login_source where name = 'Ana – Meridian')`.execute(
      firm.db,
    );
    expect(await openHome('ana', '2 linked · 1 has run out · 3 unlinked')).toContain(
      'The link has run out.',
    );
  });

  it('gives nothing away to a click that no Home of the person holds', async () => {
    const [hers] = (
      await sql<{ id: string }>`select id from policy where number = '00123-4567'`.execute(firm.db)
    ).rows;
    const before = await sql`select id, status from sync order by id`.execute(firm.db);
    const forge = forger(firm, 'CTEAM0001');
    const value = JSON.stringify({ policy: hers?.id });
    for (const [person, why] of [
      ['UBENCART1', 'not in your book'],
      ['UGWENGST1', 'Guests cannot'],
    ] as const)
      for (const action of ['home-sync', 'home-history']) {
        await forge.click(person, action, value);
        const told = await firm.client.waitFor({
          as: person,
          what: `${action} to be refused`,
          read: async () => {
            const { modals, home } = await firm.client.state(person);
            return [home, ...modals].map(textOf).find((text) => text.includes(why));
          },
        });
        expect(told).not.toContain('Margaret');
        if ((await firm.client.state(person)).modals.length > 0)
          await firm.client.closeModal(person);
      }
    const calls = (await firm.client.calls()).length;
    for (const action of ['home-sync', 'home-history', 'home-refresh', 'home-filter:stale'])
      await forge.click('UANARUIZ1', action, value, 'TOTHER001');
    await forge.click('UBENCART1', 'home-page:next', '-7');
    await homeOf('ben', 'their own first page', '1–10 of');
    const since = (await firm.client.calls()).slice(calls);
    expect(since.filter(({ method }) => method === 'views.open')).toEqual([]);
    expect(await sql`select id, status from sync order by id`.execute(firm.db)).toEqual(before);
  });

  it('refuses the history of a policy of somebody else, whatever id is sent', async () => {
    const store = { db: firm.db, clock: Date.now };
    const people = await firm.db.selectFrom('person').select(['id', 'name', 'role']).execute();
    const actor = (name: string, active = true): Actor => {
      const person = people.find((each) => each.name === name);
      return { id: person?.id ?? '', role: person?.role as Actor['role'], active };
    };
    const [bens] = (
      await sql<{ id: string }>`select p.id from policy p where p.contact_id not in
        (select contact_id from book where person_id = ${actor('Ana Ruiz').id}) limit 1`.execute(
        firm.db,
      )
    ).rows;
    const read = (who: Actor, openBooks = false) =>
      readHistory({ store, openBooks }, who, bens?.id ?? '');
    expect(await read(actor('Ana Ruiz'))).toBeUndefined();
    expect(await read(actor('Ana Ruiz'), true)).toBeDefined();
    expect(await read(actor('Marcus Webb'))).toBeDefined();
    expect(await read(actor('Marcus Webb', false))).toBeUndefined();
    for (const name of ['Ana Ruiz', 'Sam Okafor'])
      expect(await readTeamTrouble({ store }, actor(name))).toBeUndefined();
  });
});

describe('what a Home carries in itself', () => {
  const NOW = 1_800_000_000_000;

  it('is believed only where it makes sense', () => {
    const forged = [
      undefined,
      '',
      'null',
      '{"query":1}',
      JSON.stringify({ ...freshState(NOW), filter: 'everything' }),
      JSON.stringify({ ...freshState(NOW), page: -1 }),
      JSON.stringify({ ...freshState(NOW), query: 'x'.repeat(101) }),
    ];
    for (const text of forged) expect(parseState(text, NOW)).toEqual(freshState(NOW));
    const state = withQuery(withFilter(freshState(NOW), 'stale'), '  Chen   Wei ');
    expect(parseState(JSON.stringify(state), NOW + 1)).toEqual({
      query: 'Chen Wei',
      filter: 'all',
      page: 0,
      at: NOW + 1,
    });
    expect(withFilter(state, 'drop')).toEqual(state);
    expect(withPage(state, '1e99')).toEqual(state);
  });

  it('is forgotten after an hour, so that a new morning begins with everything', () => {
    const state = JSON.stringify(withQuery(freshState(NOW), 'Chen'));
    expect(parseState(state, NOW + 59 * 60_000).query).toBe('Chen');
    expect(parseState(state, NOW + 61 * 60_000).query).toBe('');
  });
});

describe('a Home at its extremes', () => {
  const NOW = Date.parse('2026-11-20T15:00:00Z');
  const NAMES = [
    'A'.repeat(200),
    'محمد بن عبد الرحمن آل سعود '.repeat(8),
    '👩‍👩‍👧‍👦 *bold* _it_ `code` <!channel> <@U1> & Söhne',
    '',
  ];
  const row = (index: number): ReportRow => ({
    policy: {
      id: `01ARZ3NDEKTSV4RRFFQ69G5FA${index}`,
      number: NAMES[index % 4] || '1',
      contactId: 'c',
      contactName: NAMES[index % 4] || '?',
      carrierId: 'k',
      carrierName: NAMES[(index + 1) % 4] ?? '',
      productName: NAMES[index % 4] ?? '',
      productClass: 'variable',
      status: NAMES[index % 4] || 'Active',
      indicator: index % 3 === 0 ? 'closed' : 'open',
      homeSourceId: null,
    },
    values:
      index % 2 === 0
        ? []
        : [
            {
              name: NAMES[index % 4] || 'Account Value',
              amount: { minor: -9_007_199_254_740_991, currency: 'USD' },
              asOf: '2026-11-19',
            },
          ],
    stale: true,
    lastSuccessAt: 5,
    lastAttempt: { status: 'failed', reason: 'action-needed', at: NOW },
    carrierLinked: index % 2 === 0,
    ...(index % 4 === 1
      ? { needsLink: { sourceId: `s${index}`, sourceName: NAMES[0] ?? '' } }
      : {}),
  });
  const data = (rows: number, sources: number): HomeData => ({
    actor: { id: 'p', role: 'owner', active: true },
    state: withQuery(freshState(NOW), NAMES[2] ?? ''),
    page: {
      totals: Object.fromEntries(
        REPORT_FILTERS.map((filter) => [filter, 200_000]),
      ) as HomeData['page']['totals'],
      more: true,
      page: 3,
      rows: Array.from({ length: rows }, (_, index) => row(index)),
    },
    carriers: Array.from({ length: 150 }, (_, index) => ({
      id: `k${index}`,
      name: NAMES[index % 3] ?? '',
    })),
    sources: Array.from({ length: sources }, (_, index) => ({
      id: `s${index}`,
      name: NAMES[index % 4] || 'x',
      carrierName: NAMES[0] ?? '',
      holderId: 'p',
      holderName: NAMES[1] ?? '',
      unlinkedReason: index % 2 === 0 ? 'locked' : null,
      heldUntil: NOW + 1,
      carrierPause: { reason: 'blocked' },
      waiting: index,
      linked: index % 3 === 0,
      linkEndsAt: NOW,
      automatic: index % 6 === 0,
      standing: (['unlinked', 'ends-soon', 'linked'] as const)[index % 3] ?? 'linked',
      mayLink: index % 5 !== 0,
    })),
    team: {
      blocked: Array.from({ length: 12 }, (_, index) => ({
        person: `${index} ${NAMES[index % 3]}`,
        carrierName: 'K'.repeat(80),
        sources: Array.from({ length: 9 }, () => ({
          name: NAMES[0] ?? '',
          unlinkedReason: 'password-expired',
        })),
        waiting: 1,
      })),
      blockedAdvisors: 499,
      withoutSource: Array.from({ length: 30 }, () => NAMES[0] ?? ''),
      pausedCarriers: [{ name: NAMES[1] ?? '', pause: { reason: 'by-hand', by: NAMES[2] ?? '' } }],
    },
    openBooks: false,
    canLink: true,
    command: '/sync',
    syncedSince: NOW,
    now: NOW,
  });

  it('is taken by Slack with everything at its longest, and with nothing at all', () => {
    const full = homeView(data(10, 60));
    expect(viewProblems(full, 'home')).toEqual([]);
    expect(full.blocks.length).toBeLessThanOrEqual(100);
    const marked = JSON.stringify(full.blocks).matchAll(/"type":"mrkdwn","text":"([^"]*)"/g);
    expect([...marked].join()).not.toMatch(/<!channel>|<@U1>/);
    expect(viewProblems(homeView(data(0, 0)), 'home')).toEqual([]);
  });

  it('shows no zero for what is only applied for, and names policies that its reader has', () => {
    const { policy } = row(0);
    const applied: ReportRow = {
      ...row(0),
      policy: {
        ...policy,
        number: '00387-2685',
        contactName: 'Aaliyah Johnson',
        indicator: 'pending',
      },
      values: [
        {
          name: 'Account Value',
          amount: { minor: 0, currency: 'USD' },
          asOf: '2026-11-19',
        },
      ],
    };
    const all = data(0, 0);
    const said = (rows: ReportRow[]) =>
      JSON.stringify(homeView({ ...all, page: { ...all.page, rows } }).blocks);
    expect(said([applied])).toContain('No value yet · as of Nov 19, 2026');
    expect(said([applied])).not.toContain('$0.00');
    expect(said([applied])).toContain('`/sync contact Aaliyah Johnson`');
    expect(said([{ ...applied, policy: { ...applied.policy, indicator: 'open' } }])).toContain(
      '$0.00',
    );
    expect(said([])).toContain('`/sync help`');
  });

  it('has a history that is taken too', () => {
    const view = historyModal({
      policy: row(2).policy,
      attempts: Array.from({ length: 10 }, (_, index) => ({
        id: `${index}`,
        status: 'success',
        reason: 'partial',
        at: NOW,
        sourceName: NAMES[index % 4] ?? '',
        askedBy: Array.from({ length: index }, () => NAMES[0] ?? ''),
      })),
      moreAttempts: true,
      values: Array.from({ length: 240 }, (_, index) => ({
        name: `${index % 20} ${NAMES[index % 3]}`,
        amount: { minor: index * 1_000_000_000, currency: 'USD' },
        asOf: '2026-11-19',
        observedAt: NOW,
      })),
    });
    expect(viewProblems(view, 'modal')).toEqual([]);
    const empty = historyModal({
      policy: row(1).policy,
      attempts: [],
      moreAttempts: false,
      values: [],
    });
    expect(viewProblems(empty, 'modal')).toEqual([]);
  });
});
