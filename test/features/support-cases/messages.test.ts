import { expect, it } from 'vitest';
import { blockProblems } from '#simulator/workspace/blocks.ts';
import { caseBlocks, caseMessage } from '#features/support-cases/messages.ts';
import type { CaseView } from '#features/support-cases/store/views.ts';
import { itemOf, marked, NOW } from '#test/support/views.ts';

const aCase = (given: Partial<CaseView> & Pick<CaseView, 'events'>): CaseView => ({
  id: '01CASE',
  number: 7,
  requestId: '01REQUEST',
  policyId: '01POLICY',
  syncId: '01SYNC',
  closed: false,
  version: 3,
  channel: 'C0SUPPORT',
  policy: itemOf('gone').policy,
  askerId: '01ANA',
  askedBy: { name: 'Ana Ruiz', slackId: 'U0ANA' },
  note: null,
  source: { name: 'Ana at Northbridge', linked: true },
  closedBy: null,
  ...given,
});

it('keeps the newest of a long timeline, and says how many were earlier', () => {
  const view = aCase({
    events: [
      ...Array.from({ length: 15 }, (_, day) => ({
        kind: 'attempt' as const,
        at: NOW + day * 86_400_000,
        source: 'Ana – Northbridge',
        status: 'success' as const,
        reason: 'stale' as const,
        carrierStatus: 'In Force',
        asOf: '2026-11-03',
      })),
      { kind: 'requested', at: NOW + 20, by: 'Ana Ruiz' },
      { kind: 'asked', at: NOW + 21, by: 'Ana Ruiz', note: null },
      {
        kind: 'replied',
        at: NOW + 22,
        by: 'Sam Okafor',
        id: '1',
        byAsker: false,
        text: 'We look into it, and tell you here. '.repeat(6),
      },
      { kind: 'replied', at: NOW + 23, by: 'Ana Ruiz', id: '2', byAsker: true, text: 'Thanks.' },
      { kind: 'status-updated', at: NOW + 24, by: 'Ana Ruiz', from: 'In Force', to: 'Lapsed' },
    ],
  });
  const told =
    marked({ blocks: caseBlocks(view, 'full') })
      .split('*What happened*\n')[1]
      ?.split('\n') ?? [];
  const [earlier = '', ...lines] = told;
  expect(lines.slice(-5).map((each) => each.split('>  ')[1])).toEqual([
    'Ana Ruiz asked for a sync.',
    'Ana Ruiz asked support.',
    expect.stringContaining('Sam Okafor replied: We look into it'),
    'Ana Ruiz replied: Thanks.',
    'Ana Ruiz changed the status: *In Force* → *Lapsed*.',
  ]);
  expect(lines.length).toBeGreaterThan(10);
  expect(earlier).toBe(`${view.events.length - lines.length} earlier ones.`);
});

it('shows a case of the greatest length, masked where numbers are hidden', () => {
  const name = 'Maximiliana <!channel> *x* '.repeat(20);
  const view = aCase({
    policy: { ...itemOf('gone').policy, contactName: name, productName: name },
    askedBy: { name, slackId: 'U0ANA' },
    note: 'why\n'.repeat(250),
    source: { name, linked: false },
    events: Array.from({ length: 60 }, (_, index) => [
      {
        kind: 'number-corrected' as const,
        at: NOW,
        by: name,
        from: '00123-4567',
        to: '00123-4576',
      },
      {
        kind: 'replied' as const,
        at: NOW + index,
        by: name,
        id: `${index}`,
        byAsker: false,
        text: 'no\n'.repeat(300),
      },
    ]).flat(),
  });
  for (const closed of [false, true]) {
    const { blocks, text } = caseMessage({ ...view, closed }, 'masked');
    expect(blockProblems(blocks, 'message')).toEqual([]);
    expect(text.length).toBeLessThanOrEqual(4000);
    expect(JSON.stringify([blocks, text])).not.toMatch(/00123|<!channel>/);
    // Closed or not, one tap shows the numbers to who may see them.
    expect(JSON.stringify(blocks)).toContain('case-show');
  }
});
