import { describe, expect, it } from 'vitest';
import { byUrgency, warningOf, type LinkFacts } from '#features/link-reminders/rules.ts';
import { blockProblems } from '#simulator/workspace/blocks.ts';
import { linkNotification } from '#features/link-reminders/messages.ts';
import type { LinkItem } from '#features/notifications/notification.ts';

const ZONE = 'America/New_York';
/** Friday, eight in the morning; the next Thursday is Thanksgiving. */
const FRIDAY = Date.parse('2026-11-20T13:00:00Z');
const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

const WELL: LinkFacts = {
  linked: true,
  linkEndsAt: undefined,
  byItself: false,
  trustedUntil: undefined,
  passwordEnds: undefined,
  waiting: 0,
};

const warn = (facts: Partial<LinkFacts>, now = FRIDAY, told = 0) =>
  warningOf({ ...WELL, ...facts }, now, ZONE, () => told)?.why;

describe('a login', () => {
  it('that is well, or that nothing waits for, is not spoken of', () => {
    expect(warn({})).toBeUndefined();
    expect(warn({ linked: false })).toBeUndefined();
    expect(warn({ linkEndsAt: FRIDAY + HOUR })).toBeUndefined();
    expect(warn({ linkEndsAt: FRIDAY + HOUR, waiting: 3, byItself: true })).toBeUndefined();
    expect(warn({ linkEndsAt: FRIDAY + 2 * DAY, waiting: 3 })).toBeUndefined();
  });

  it('that is unlinked, or will be within the day, is named while policies wait, on any day', () => {
    for (const now of [FRIDAY, FRIDAY + DAY]) {
      expect(warn({ linked: false, waiting: 1 }, now)).toBe('unlinked');
      expect(warn({ linkEndsAt: now + HOUR, waiting: 1 }, now)).toBe('ends-today');
      expect(warn({ linkEndsAt: now - HOUR, waiting: 1 }, now)).toBe('ends-today');
    }
    // A minute before midnight in New York is still today, a minute after is not.
    expect(warn({ linkEndsAt: Date.parse('2026-11-21T04:59:00Z'), waiting: 1 })).toBe('ends-today');
    expect(warn({ linkEndsAt: Date.parse('2026-11-21T05:01:00Z'), waiting: 1 })).toBeUndefined();
  });

  it('that somebody unlinked on purpose is named once, not every day; one that was lost is, each day', () => {
    const unlinked = { linked: false, waiting: 3 };
    expect(warn({ ...unlinked, endedOnPurpose: FRIDAY - HOUR })).toBe('unlinked');
    expect(warn({ ...unlinked, endedOnPurpose: FRIDAY - HOUR }, FRIDAY + DAY, 1)).toBeUndefined();
    expect(warn(unlinked, FRIDAY + DAY, 5)).toBe('unlinked');
  });

  it('whose device is forgotten this week is named on business days only', () => {
    expect(warn({ trustedUntil: FRIDAY + 8 * DAY })).toBeUndefined();
    expect(warn({ trustedUntil: FRIDAY + 6 * DAY })).toBe('trust-ends');
    expect(warn({ trustedUntil: FRIDAY - HOUR })).toBeUndefined();
    expect(warn({ trustedUntil: FRIDAY + 6 * DAY }, FRIDAY + DAY)).toBeUndefined();
  });

  it('is named in advance twice: when it is known, and on the last business day before', () => {
    const friday = { trustedUntil: FRIDAY + 7 * DAY - HOUR };
    expect(warn(friday, FRIDAY, 0)).toBe('trust-ends');
    const [monday, wednesday] = [FRIDAY + 3 * DAY, FRIDAY + 5 * DAY];
    expect(warn(friday, monday, 1)).toBeUndefined();
    // Thanksgiving lies between.
    expect(warn(friday, wednesday, 1)).toBe('trust-ends');
    expect(warn(friday, wednesday, 2)).toBeUndefined();
  });

  it('whose password ends is named two weeks before, and ahead of its device', () => {
    expect(warn({ passwordEnds: '2026-12-05' })).toBeUndefined();
    expect(warn({ passwordEnds: '2026-12-04' })).toBe('password-ends');
    expect(warn({ passwordEnds: '2026-11-19' })).toBeUndefined();
    expect(warn({ passwordEnds: '2026-11-24', trustedUntil: FRIDAY + DAY })).toBe('password-ends');
    expect(warn({ passwordEnds: '2026-11-24', linkEndsAt: FRIDAY, waiting: 2 })).toBe('ends-today');
  });
});

it('what is pressing comes first, then what more money depends on', () => {
  const of = (why: LinkItem['why'], value: number, waiting = 1) => ({ why, value, waiting });
  const sorted = [
    of('trust-ends', 900),
    of('unlinked', 10),
    of('unlinked', 10, 5),
    of('ends-today', 500),
  ].toSorted(byUrgency);
  expect(sorted.map(({ why, value, waiting }) => `${why} ${value} ${waiting}`)).toEqual([
    'ends-today 500 1',
    'unlinked 10 5',
    'unlinked 10 1',
    'trust-ends 900 1',
  ]);
});

describe('the message', () => {
  const item = (index: number, more: Partial<LinkItem> = {}): LinkItem => ({
    sourceId: `source-${index}`,
    name: `Ana – Carrier ${index}`,
    carrierName: 'Harbor Trust',
    why: 'unlinked',
    until: '',
    reason: 'session-ended',
    waiting: index,
    done: null,
    ...more,
  });

  it('says cause and next step, with a Link button each', () => {
    const { text, blocks } = linkNotification('link-warning', [item(1), item(2)], true);
    expect(text).toContain('2 of your logins need you today.');
    expect(text).toContain(
      'Ana – Carrier 1 at Harbor Trust is unlinked: the carrier ended the link. 1 policy is waiting for it.',
    );
    expect(JSON.stringify(blocks).match(/"action_id":"link:\d"/g)).toHaveLength(2);
  });

  it('is checked off, and says so when nothing is left', () => {
    const [half] = [linkNotification('link-lost', [item(1, { done: 'linked' }), item(2)], true)];
    expect(half.text).toContain('One of your logins lost its link.');
    expect(half.text).toContain('Ana – Carrier 1 at Harbor Trust is linked.');
    expect(JSON.stringify(half.blocks).match(/"action_id":"link:\d"/g)).toHaveLength(1);
    const all = linkNotification('link-lost', [item(1, { done: 'linked' })], true);
    expect(all.text).toContain('nothing here needs you any more');
    expect(JSON.stringify(all.blocks)).not.toContain('action_id');
  });

  it('is taken by Slack whatever is in it, and leads to all logins where it cannot hold them', () => {
    const name = '<!channel> *x* שרה '.repeat(12);
    for (const why of ['unlinked', 'ends-today', 'password-ends', 'trust-ends'] as const)
      for (const done of [null, 'linked', 'removed'] as const) {
        const until =
          why === 'unlinked' ? '' : why === 'password-ends' ? '2026-11-30' : String(FRIDAY);
        const items = Array.from({ length: 40 }, (_, index) =>
          item(index, { name, carrierName: name, why, until, done }),
        );
        for (const canLink of [true, false]) {
          const { text, blocks } = linkNotification('link-warning', items, canLink);
          expect(blockProblems(blocks, 'message')).toEqual([]);
          expect(text).not.toContain('<!channel>');
          expect(text.length).toBeLessThanOrEqual(3900);
          expect(JSON.stringify(blocks)).toContain('show-sources');
        }
      }
  });
});
