import { describe, expect, it } from 'vitest';
import { REASONS, type Reason } from '#shared/outcome.ts';
import { blockProblems } from '#simulator/workspace/blocks.ts';
import type { MessageSettings } from '#core/requests/messages/card.ts';
import { desiredMessages } from '#core/requests/messages/thread.ts';
import { messageModal } from '#features/message-policies/modal.ts';
import type { ItemView, RequestView } from '#core/requests/view.ts';
import { itemOf, NOW, viewOf } from '#test/support/views.ts';

const ALL = Object.keys(REASONS) as Reason[];
const SETTINGS: MessageSettings[] = [
  { privacy: 'full', canLink: true },
  { privacy: 'masked', canLink: false },
];

const NAMES = {
  plain: 'Mei Chen',
  'of 200 characters': 'Maximiliana '.repeat(20).slice(0, 200),
  'in Hebrew': 'שרה לוי',
  'of emoji only': '👩‍👩‍👧🎉'.repeat(20),
  'made of mentions': '<!channel> <@U0ANA> *a* `b` @here',
};

const requestOf = (
  reasons: readonly Reason[],
  count: number,
  name: string,
  contact: RequestView['contact'] = null,
): RequestView => {
  const items = Array.from({ length: count }, (_, index) => {
    const item = itemOf(reasons[index % reasons.length] ?? 'waiting');
    const number = `00123-${4000 + index}`;
    const policy = { ...item.policy, id: `P-${index}`, number, contactName: name };
    return { ...item, syncId: `S-${index}`, policy };
  });
  const [first] = items;
  if (first === undefined) throw new Error('a request has an item');
  return viewOf(first, { items, contact });
};

describe.each([2, 12, 13, 40, 100])('a card of %i policies of any contacts', (count) => {
  it.each(Object.entries(NAMES))('is taken by Slack with names %s', (_, name) => {
    for (const reasons of [ALL, ['waiting'], ['changed'], ['never-seen', 'stale']] as Reason[][])
      for (const contact of [null, { id: 'C-1', name }])
        for (const settings of SETTINGS)
          for (const message of desiredMessages(
            requestOf(reasons, count, name, contact),
            settings,
          )) {
            expect(blockProblems(message.blocks, 'message')).toEqual([]);
            expect(message.text.length).toBeLessThanOrEqual(4000);
            expect(message.text.isWellFormed()).toBe(true);
            expect(`${message.text}${JSON.stringify(message.blocks)}`).not.toMatch(
              /undefined|NaN|\[object/,
            );
            // Plans and tables are plain text, in which Slack reads no markup.
            const marked = message.blocks.filter(({ type }) => type === 'section');
            expect(`${message.text}${JSON.stringify(marked)}`).not.toContain('<!channel>');
          }
  });

  it('names the contact on each line, and the number of policies once', () => {
    const [full] = SETTINGS;
    if (full === undefined) throw new Error('a setting is missing');
    const [card, ...rest] = desiredMessages(requestOf(['changed'], count, 'Mei Chen'), full);
    expect(card?.text.startsWith(`${count} policies`)).toBe(true);
    expect(card?.text.match(/Mei Chen, Northbridge/g)?.length).toBeGreaterThan(1);
    expect(rest.at(-1)?.text).toContain(`${count} policies: ${count} synced`);
  });
});

describe.each(Object.entries(NAMES))('the modal of a message, with names %s', (_, name) => {
  it.each([0, 1, 10, 100])('is taken by Slack with %i policies', (count) => {
    const { items } = requestOf(['waiting'], Math.max(count, 1), name);
    const source = {
      id: 'S-1',
      name,
      linked: true,
      home: true,
      holderId: 'H',
      holderName: name,
      lastSuccessAt: null,
      linkEndsAt: null,
    };
    const policies = items.slice(0, count).map(({ policy }) => ({ ...policy, lastSuccessAt: 1 }));
    const carrier = {
      id: 'nb',
      name,
      syncable: policies,
      others: [],
      sources: [source, { ...source, id: 'S-2' }],
      holders: [],
    };
    const closed = { ...carrier, syncable: [], others: policies };
    const close = { ...carrier, syncable: policies.slice(0, 10) };
    const tried = Array.from({ length: count }, (_, index) => `00999-${index}`);
    const origin = { askedIn: 'C1', channel: 'C1' };
    for (const sheet of [
      {
        found: count === 0 ? [] : [carrier, { ...closed, id: 'ma' }],
        close: [],
        tried,
        more: true,
      },
      { found: [], close: count === 0 ? [] : [close], tried, more: false },
    ]) {
      const view = messageModal({ origin }, sheet, { now: 2, command: '/sync' });
      expect(blockProblems(view.blocks, 'modal')).toEqual([]);
      expect('submit' in view).toBe(count > 0);
    }
  });
});

describe('a plan of policies that wait', () => {
  const drawn = (item: ItemView) => {
    const other = { ...itemOf('waiting'), syncId: 'S-2' };
    const [card] = desiredMessages(viewOf(item, { items: [item, other] }), {
      privacy: 'full',
      canLink: true,
    });
    const tasks = (card?.blocks ?? []).flatMap((block) =>
      block.type === 'plan' ? (block.tasks ?? []) : [],
    );
    return { tasks: tasks.map((task) => JSON.stringify(task)), all: JSON.stringify(card?.blocks) };
  };

  it.each<[Reason, Partial<ItemView>, string]>([
    ['carrier-down', { status: 'queued' }, 'site is not answering properly.'],
    ['carrier-paused', {}, "its pages changed, and we can't read them yet."],
    ['on-hold', {}, 'is on hold while someone works in the portal.'],
    ['waiting', { notBefore: NOW }, 'may be tried again.'],
    [
      'waiting-for-link',
      { source: { ...itemOf('waiting').source, mayLink: false } },
      'Ask Ana Ruiz or a manager to link it; this sync then starts by itself.',
    ],
  ])('says why, and what comes next, where it is %s', (reason, given, words) => {
    const [task] = drawn(itemOf(reason, given)).tasks;
    expect(task).toContain(words);
    expect(task).not.toContain('<!date');
  });

  it('leaves out the place in line, which moves with each policy', () => {
    expect(drawn(itemOf('waiting')).tasks.join('')).not.toContain('details');
  });

  it('lets whoever has left the portal say so', () => {
    const conflict = drawn(itemOf('session-conflict', { status: 'queued' }));
    expect(conflict.all).toContain('"run-now"');
    expect(drawn(itemOf('carrier-down', { status: 'queued' })).all).not.toContain('"run-now"');
  });
});
