import { linkedAmong } from '#core/logins/store/link.ts';
import { setLinked } from '#test/support/logins.ts';
import { describe, expect, it } from 'vitest';
import {
  draftDigest,
  isQuiet,
  MOST_TOLD,
  NO_COUNTS,
  type DigestFacts,
} from '#features/digest/rules.ts';
import { REASONS, type Reason } from '#shared/outcome.ts';
import { blockProblems } from '#simulator/workspace/blocks.ts';
import { digestCard, digestMessages } from '#features/digest/messages.ts';
import type { NotificationSettings } from '#features/notifications/messages.ts';
import { readDigest, type Digest } from '#features/digest/digest.ts';
import { addNotification } from '#features/notifications/store.ts';
import { digestsOffering } from '#features/digest/store/linked.ts';
import { openLinkFirm } from '#test/support/link-firm.ts';
import { keepCounts, type DigestNeed } from '#features/digest/store/digest.ts';

const RULE = { percent: 5, minor: 1_000_000 };
const usd = (minor: number) => ({ minor, currency: 'USD' });

const facts = (more: Partial<DigestFacts> = {}): DigestFacts => ({
  carriers: [{ carrierId: 'nb', counts: { ...NO_COUNTS, syncable: 10, success: 10 } }],
  unread: [],
  needs: [],
  moves: [],
  ...more,
});

describe('what needs a person', () => {
  it('comes most valuable first, a login by all that waits for it, the unknown last', () => {
    const { needs } = draftDigest(
      facts({
        needs: [
          { kind: 'status', policyId: 'unknown', worth: undefined },
          { kind: 'search', policyId: 'small', worth: usd(100) },
          { kind: 'link', sourceId: 'login', policies: 40, worth: usd(900) },
          { kind: 'number', policyId: 'large', worth: usd(500) },
        ],
      }),
      RULE,
    );
    expect(needs.map((need) => ('policyId' in need ? need.policyId : need.sourceId))).toEqual([
      'login',
      'large',
      'small',
      'unknown',
    ]);
  });

  it('is told up to a limit for each kind, and counted in all', () => {
    const many = Array.from({ length: 500 }, (_, index) => ({
      kind: 'search' as const,
      policyId: `p-${index}`,
      worth: usd(index),
    }));
    const old = { kind: 'old' as const, policyId: 'poor', worth: usd(0) };
    const draft = draftDigest(facts({ needs: [...many, old] }), RULE);
    expect(draft.needs).toHaveLength(MOST_TOLD + 1);
    expect(draft.needed).toMatchObject({ search: 500, old: 1, link: 0 });
    expect(draft.needs.at(-1)).toEqual(old);
  });
});

describe('there is nothing to say', () => {
  it.each([
    ['when all was read', {}, true],
    ['when there is no policy', { carriers: [] }, true],
    [
      'but not when a login waits',
      { needs: [{ kind: 'link', sourceId: 's', policies: 1, worth: undefined }] },
      false,
    ],
    ['but not when a carrier was down', { unread: [{ reason: 'carrier-down', count: 1 }] }, false],
    [
      'but not when a policy was left for a week',
      { carriers: [{ carrierId: 'nb', counts: { ...NO_COUNTS, syncable: 10, notSynced: 1 } }] },
      false,
    ],
    [
      'but not when a value moved',
      { moves: [{ policyId: 'p', from: usd(10_000_000), to: usd(20_000_000), daily: true }] },
      false,
    ],
  ] satisfies [string, Partial<DigestFacts>, boolean][])('%s', (_, more, quiet) => {
    expect(isQuiet(draftDigest(facts(more), RULE))).toBe(quiet);
  });
});

const policy = (index: number, contactName: string) => ({
  policyId: `P-${index}`,
  number: `00${123_000 + index}-4567`,
  contactName,
  carrierName: `${contactName} Life`,
});

const needs = (count: number, name: string): DigestNeed[] =>
  (['link', 'doubt', 'status', 'number', 'search', 'portal', 'old'] as const).flatMap((kind) =>
    Array.from({ length: count }, (_, index): DigestNeed => {
      const worth = usd(41_280_644);
      return kind === 'link'
        ? {
            kind,
            sourceId: `S-${index}`,
            sourceName: name,
            carrierName: name,
            holderName: name,
            policies: 3,
            worth,
          }
        : {
            ...policy(index, name),
            kind,
            syncId: `Y-${index}`,
            worth,
            carrierStatus: 'Surrendered',
            crmStatus: 'In Force',
            close: '00999-1234',
            asOf: '2026-10-01',
            held: { id: 'H-1', version: 1 },
          };
    }),
  );

const digestOf = (count: number, name: string, more: Partial<Digest> = {}): Digest => ({
  ...draftDigest(facts(), RULE),
  day: '2026-11-24',
  of: 'firm',
  since: 0,
  rule: RULE,
  counts: {
    ...NO_COUNTS,
    syncable: 9720,
    success: 7324,
    changed: 6335,
    waiting: 33,
    notFound: 157,
  },
  before: {
    day: '2026-11-23',
    counts: { ...NO_COUNTS, syncable: 9720, success: 7300, changed: 6335, drift: 2, notFound: 160 },
  },
  carriers: Array.from({ length: count }, () => ({ name, counts: NO_COUNTS })),
  unread: (Object.keys(REASONS) as Reason[]).map((reason) => ({ reason, count })),
  needs: needs(count, name),
  needed: { link: 900, doubt: 900, status: 900, number: 900, search: 900, portal: 900, old: 900 },
  market: { moved: 9, of: 10, percent: -2.1 },
  moves: Array.from({ length: count }, (_, index) => ({
    ...policy(index, name),
    from: usd(41_000_000),
    to: usd(21_000_000),
  })),
  moved: 900,
  ...more,
});

const FULL: NotificationSettings = { privacy: 'full', canLink: true, command: '/sync' };
const MASKED: NotificationSettings = { ...FULL, privacy: 'masked' };

const NAMES = {
  plain: 'Mei Chen',
  'of 200 characters': 'Maximiliana '.repeat(20).slice(0, 200),
  'in Hebrew': 'שרה לוי',
  'of emoji only': '👩‍👩‍👧🎉'.repeat(20),
  'made of mentions': '<!channel> <@U0ANA> *a* `b` @here',
};

describe('a digest is taken by Slack', () => {
  it.each([
    ['plain', 0],
    ['plain', 1],
    ['plain', 11],
    ['of 200 characters', 100],
    ['in Hebrew', 11],
    ['of emoji only', 100],
    ['made of mentions', 11],
  ] as const)('with names %s, %i of each kind', (name, count) => {
    for (const settings of [FULL, MASKED, { ...FULL, canLink: false }])
      for (const message of digestMessages(digestOf(count, NAMES[name]), settings)) {
        expect(blockProblems(message.blocks, 'message')).toEqual([]);
        expect(message.text.length).toBeLessThanOrEqual(4000);
        expect(message.text.isWellFormed()).toBe(true);
        expect(`${message.text}${JSON.stringify(message.blocks)}`).not.toMatch(
          /undefined|NaN|\[object/,
        );
        expect(message.text).not.toContain('<!channel>');
      }
  });
});

describe('a channel', () => {
  const whose = { contactName: 'Zaphod Beeblebrox' };
  const { needs: all, moves, ...rest } = digestOf(30, 'Northbridge Life');
  const digest: Digest = {
    ...rest,
    needs: all.map((need) => (need.kind === 'link' ? need : { ...need, ...whose })),
    moves: moves.map((move) => ({ ...move, ...whose })),
  };
  const told = (settings: NotificationSettings): string =>
    JSON.stringify(digestMessages(digest, settings).map(({ text, blocks }) => [text, blocks]));

  it('whose setting hides clients reads no name of one, no whole number and no amount', () => {
    expect(told(MASKED)).toContain('•••4567');
    expect(told(MASKED)).not.toMatch(/Zaphod|00\d{6}-4567|00999|\$412|\$410|\$210/);
  });

  it('whose setting shows them reads all of it', () => {
    for (const shown of [
      'Zaphod Beeblebrox',
      '00123000-4567',
      '00999-1234',
      '$412.8K',
      '$410,000.00',
    ])
      expect(told(FULL)).toContain(shown);
  });
});

it('reads on a phone: totals with the difference to yesterday, then what needs somebody', () => {
  const [card, ...thread] = digestMessages(digestOf(2, 'Mei Chen'), FULL);
  const heard = card?.text ?? '';
  expect(heard.startsWith('Digest of Nov 24, 2026 · 9,720 syncable policies')).toBe(true);
  const places = [
    'Success 7,324 (+24)',
    'Needs link 33 (+33)',
    'Not Found 157 (−3)',
    '9,720 policies, Nov 24, 2026. Success: 7,324',
    'Needs a person: 6,300',
    '$412.8K',
    'and 6,295 more, in the thread.',
    'The market moved: 9 of 10 policies valued each day went down alike, by about 2.1%.',
    'Moved by 5% and $10,000 or more: 900 policies',
  ].map((words) => heard.indexOf(words));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
  expect(thread.map(({ key }) => key)).toEqual([
    'carriers',
    'unread',
    'need-link',
    'need-doubt',
    'need-status',
    'need-number',
    'need-search',
    'need-portal',
    'need-old',
  ]);
  expect(thread.every(({ inThread }) => inThread)).toBe(true);
});

it('says on its card what of the needs is not there, and nothing where all are', () => {
  const eleven = digestOf(1, 'Mei Chen', {
    needs: needs(2, 'Mei Chen').slice(0, 11),
    needed: { ...draftDigest(facts(), RULE).needed, search: 11 },
  });
  const shown = (most: number) =>
    digestCard(eleven, FULL, { most, rest: 'in the report.', end: '' }).text;
  expect(shown(10)).toContain('Needs a person: 11');
  expect(shown(10)).toContain('and 1 more, in the report.');
  expect(shown(11)).not.toContain('more, in the report');
});

it('is one line when there is nothing to say', () => {
  const quiet = digestOf(0, '', {
    unread: [],
    needed: draftDigest(facts(), RULE).needed,
    moved: 0,
    counts: { ...NO_COUNTS, syncable: 200, success: 190, changed: 120 },
  });
  delete quiet.market;
  const messages = digestMessages(quiet, FULL);
  expect(messages).toHaveLength(1);
  expect(messages[0]?.text).toBe(
    'Digest of Nov 24, 2026: all is well. 200 syncable policies, 190 synced since the digest of Nov 23, 2026, 120 changed, nothing needs a person.',
  );
});

it.each([
  [200, 'Nothing was synced in the last 7 days'],
  [199, '199 policies were not synced in the last 7 days'],
  [1, '1 policy was not synced in the last 7 days'],
])('of 200 policies with %i not synced it says "%s"', (notSynced, words) => {
  const digest = digestOf(0, '', {
    unread: [],
    needed: draftDigest(facts(), RULE).needed,
    moved: 0,
    counts: { ...NO_COUNTS, syncable: 200, notSynced },
  });
  delete digest.market;
  expect(digestMessages(digest, FULL)[0]?.text).toContain(words);
});

it('says each need of a long reply once, to who hears it as to who reads it', () => {
  const settings = { privacy: 'full', canLink: true, command: '/sync' } as const;
  const digest = digestOf(30, 'Ana');
  const reply = digestMessages(digest, settings).find(({ key }) => key === 'need-search');
  const needed = digest.needs.flatMap((need) => (need.kind === 'search' ? [need.number] : []));
  expect(needed).toHaveLength(30);
  for (const number of needed) expect(reply?.text.split(number)).toHaveLength(2);
});

it('says in the text of a reply what its table shows', () => {
  const settings = { privacy: 'full', canLink: true, command: '/sync' } as const;
  const moves = Array.from({ length: 5 }, (_, index) => ({
    ...policy(index, 'Ana'),
    from: usd(10_000_000),
    to: usd(12_000_000 + index * 100),
  }));
  const counts = { ...NO_COUNTS, syncable: 240, success: 190 };
  const digest = digestOf(1, 'Ana', { moves, moved: 5, carriers: [{ name: 'Harbor', counts }] });
  const textOf = (key: string) =>
    digestMessages(digest, settings).find((message) => message.key === key)?.text;
  expect(textOf('carriers')).toBe('By carrier\nHarbor: Policies 240, Success 190');
  expect(textOf('moves')).toContain('$100,000.00, $120,004.00');
});

it('offers no Link for a login that was linked since, and says so', () => {
  const settings = { privacy: 'full', canLink: true, command: '/sync' } as const;
  const [before] = digestMessages(digestOf(1, 'Ana'), settings);
  expect(JSON.stringify(before?.blocks)).toContain('"text":"Link"');
  const since = digestMessages(digestOf(1, 'Ana'), { ...settings, linked: new Set(['S-0']) });
  expect(JSON.stringify(since)).not.toContain('"text":"Link"');
  expect(since[0]?.text).toContain('Linked since.');
});

it('is shown anew when a login that it offers to link changes', async () => {
  await using firm = await openLinkFirm();
  const store = { db: firm.db, clock: () => firm.time.now };
  const about = digestOf(1, 'Ana');
  const id = await addNotification(store, {
    kind: 'digest',
    name: '2026-11-24',
    channel: 'C1',
    about,
  });
  expect(await digestsOffering(store, 'S-0')).toEqual([id]);
  expect(await digestsOffering(store, 'another')).toEqual([]);
  expect(await linkedAmong(store.db, ['source', 'S-0'])).toEqual(new Set());
  await setLinked(firm.db, true, 'source');
  expect(await linkedAmong(store.db, ['source', 'S-0'])).toEqual(new Set(['source']));
});

/** Half past seven of a Friday in New York, at the firm's digest. */
const FRIDAY = Date.parse('2026-11-20T12:30:00Z');

it.each([
  ['mona', 'the firm', 3, 'since the digest of Nov 20, 2026'],
  ['dana', 'a book', 3, 'since 2026-11-20 12:30 UTC'],
  ['mona', 'the firm, after a long pause', 10, 'since 2026-11-23 12:30 UTC'],
  ['dana', 'a book, after a long pause', 10, 'since 2026-11-23 12:30 UTC'],
])('says to %s, of %s, since when it counts, %i days later', async (id, _, days, words) => {
  await using firm = await openLinkFirm();
  await firm.db.insertInto('book').values({ contact_id: 'contact', person_id: 'dana' }).execute();
  firm.time.now = FRIDAY + days * 24 * 60 * 60_000;
  const counts = { ...NO_COUNTS, syncable: 1, success: 1 };
  const carriers = [{ carrierId: 'northbridge', counts }];
  await keepCounts(firm.store, { day: '2026-11-20', at: FRIDAY, carriers });
  const role = id === 'mona' ? ('manager' as const) : ('advisor' as const);
  const digest = await readDigest(
    { ...firm, rule: RULE, openBooks: false, zone: 'America/New_York' },
    { id, role, active: true },
  );
  const said = digest && digestCard(digest, FULL, { most: 10, rest: '', end: '' }).text;
  expect(said).toContain(words);
});
