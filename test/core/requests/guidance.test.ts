import { describe, expect, it } from 'vitest';
import { guidance, likelyStatus, namedStatus, type GuideFacts } from '#core/requests/guidance.ts';
import type { Indicator } from '#shared/status.ts';
import { card, type MessageSettings } from '#core/requests/messages/card.ts';
import { guideMessage } from '#core/requests/messages/guide.ts';
import { desiredMessages } from '#core/requests/messages/thread.ts';
import { sentence } from '#core/requests/messages/words.ts';
import type { GuideView, ItemView } from '#core/requests/view.ts';
import { itemOf, marked, NOW, viewOf } from '#test/support/views.ts';

const FULL: MessageSettings = { privacy: 'full', canLink: true };
/** A Friday, before a weekend. */
const FRIDAY = Date.parse('2026-11-20T18:00:00Z');

const factsOf = (given: Partial<GuideFacts>): GuideFacts => ({
  reason: 'status-drift',
  endedAt: FRIDAY,
  indicator: 'open',
  statusUpdated: false,
  numberCorrected: false,
  correctedAsked: false,
  closeNumbers: [],
  ...given,
});

const guideOf = (item: ItemView, settings = FULL): string =>
  guideMessage(viewOf(item), item, settings).map(marked).join('\n');

const buttonsOf = (item: ItemView, settings = FULL): string[] =>
  guideMessage(viewOf(item), item, settings).flatMap(({ blocks }) =>
    blocks.flatMap((block) =>
      block.type === 'actions'
        ? block.elements.flatMap((each) => (each.type === 'button' ? [each.text.text] : []))
        : [],
    ),
  );

const guided = (item: ItemView, guide: Partial<GuideView>, indicator: Indicator = 'open') => ({
  ...item,
  policy: { ...item.policy, indicator },
  guide: { closeNumbers: [], otherLogins: [], ...item.guide, ...guide },
});

const nextOf = (facts: Partial<GuideFacts>): string => {
  const next = guidance(factsOf(facts)).find(({ done }) => !done);
  return next === undefined ? 'nothing' : JSON.stringify(next);
};

describe('the next step of a person', () => {
  it.each([
    ['update the status, when the carrier says Surrendered', { carrierStatus: 'Surrendered' }],
  ])('is to %s', (_, facts) => {
    expect(nextOf(facts)).toContain('"need":"update"');
  });

  it('is nothing, when the status was set to one that is not synced', () => {
    expect(nextOf({ carrierStatus: 'Surrendered', statusUpdated: true, indicator: 'closed' })).toBe(
      'nothing',
    );
  });

  it('is to sync again, when the status was set to one that is synced', () => {
    expect(nextOf({ carrierStatus: 'Surrendered', statusUpdated: true })).toContain('"when":"now"');
  });

  it('is to sync again after the weekend, when an active policy is stale on a Friday', () => {
    const steps = guidance(factsOf({ reason: 'stale', carrierStatus: 'In Force' }));
    expect(steps.map(({ kind, done }) => [kind, done])).toEqual([
      ['look', true],
      ['status', true],
      ['re-run', false],
    ]);
    expect(steps.at(-1)).toMatchObject({ when: 'from', day: '2026-11-23' });
  });

  it('is to sync again after the holiday, when that is Thanksgiving', () => {
    const endedAt = Date.parse('2026-11-25T18:00:00Z');
    expect(nextOf({ reason: 'stale', carrierStatus: 'Active', endedAt })).toContain('2026-11-27');
  });

  it('is to look at the site, when the carrier uses a word that nobody knows', () => {
    expect(nextOf({ reason: 'stale', carrierStatus: 'Restricted Review' })).toContain('"look"');
  });

  it('is to look at the site, when the policy was seen before and is gone', () => {
    expect(nextOf({ reason: 'gone' })).toContain('"standing":"unseen"');
  });

  it('is the number, when a close one exists that no policy has', () => {
    const facts = { reason: 'number-mismatch' as const, closeNumbers: [{ taken: false }] };
    expect(nextOf(facts)).toContain('"found":"close"');
    expect(nextOf({ ...facts, numberCorrected: true, correctedAsked: true })).toBe('nothing');
    expect(nextOf({ ...facts, numberCorrected: true })).toContain('"when":"now"');
  });

  it('is to compare, when the only close number is another policy', () => {
    expect(nextOf({ reason: 'number-mismatch', closeNumbers: [{ taken: true }] })).toContain(
      '"found":"other-policy"',
    );
  });
});

describe('the status to begin with', () => {
  const statuses = [
    { name: 'In Force', indicator: 'open' },
    { name: 'Surrendered', indicator: 'closed' },
    { name: 'Cancelled', indicator: 'closed' },
    { name: 'Lapsed', indicator: 'expired' },
  ] as const;

  it.each([
    ['SURRENDERED', 'Surrendered'],
    ['Canceled', 'Cancelled'],
    ['In-Force', 'In Force'],
  ])('for the carrier’s "%s" is "%s", and one click', (raw, name) => {
    expect(namedStatus(raw, statuses)).toBe(name);
  });

  it('for a word the CRM does not have is one that stands the same, and a choice', () => {
    expect(namedStatus('Cash Value Paid', statuses)).toBeUndefined();
    expect(likelyStatus('Cash Value Paid', statuses)).toBe('Surrendered');
    expect(likelyStatus('Expired', statuses)).toBe('Lapsed');
  });

  it('for a word that nobody knows is none', () => {
    expect(likelyStatus('Restricted Review', statuses)).toBeUndefined();
  });

  it('for a word that was taught is one that stands as it was taught', () => {
    expect(likelyStatus('Restricted Review', statuses, 'closed')).toBe('Surrendered');
  });
});

describe('the guide', () => {
  it('of status drift says what was read, and has the update as one click', () => {
    const item = itemOf('status-drift');
    expect(guideOf(item)).toBe(
      [
        '*How to resolve it*',
        ':white_check_mark: Northbridge Life says *Surrendered*.',
        ':point_right: Update the status in the CRM to match. It says *In Force*.',
        ':white_small_square: If it is still active there, sync again.',
      ].join('\n'),
    );
    expect(buttonsOf(item)).toEqual([
      'Update status to Surrendered',
      'Other status',
      'Sync again',
      'Ask support',
    ]);
  });

  it('of a drift that was resolved says who changed what, and offers no run', () => {
    const statusEdit = {
      from: 'In Force',
      to: 'Surrendered',
      by: 'Ana Ruiz',
      at: NOW,
      crmTold: false,
    };
    const item = itemOf('status-drift');
    const resolved = guided(
      { ...item, policy: { ...item.policy, status: 'Surrendered' } },
      { statusEdit },
      'closed',
    );
    expect(guideOf(resolved)).toMatch(
      /Ana Ruiz <!date\^\d+\^changed the status \{date_short_pretty\}[^>]*>: \*In Force\* → \*Surrendered\*/,
    );
    expect(guideOf(resolved)).toMatch(/^\*Resolved\*/);
    expect(buttonsOf(resolved)).toEqual(['Change status', 'Ask support']);
    expect(sentence(resolved, 'full')).toContain('The policy is no longer synced');
    expect(JSON.stringify(card(viewOf(resolved), FULL).blocks)).not.toContain('Sync again');
  });

  it('of a status that was corrected and is synced offers the run', () => {
    const statusEdit = {
      from: 'In Force',
      to: 'Grace Period',
      by: 'Ana Ruiz',
      at: NOW,
      crmTold: false,
    };
    const item = guided(itemOf('status-drift'), { statusEdit });
    expect(guideOf(item)).toContain(':point_right: Sync again');
    expect(guideOf(item)).toContain('Change it in the CRM too.');
    const told = guided(itemOf('status-drift'), { statusEdit: { ...statusEdit, crmTold: true } });
    expect(guideOf(told)).toContain('We told your CRM.');
    expect(buttonsOf(item)).toContain('Sync again');
  });

  it('of stale values says how late they are, and on which day to run again', () => {
    expect(guideOf(itemOf('stale'))).toContain(
      ':point_right: Sync again from Nov 19, 2026 on, the next day markets are open. The newest values are of Nov 3, 2026, 10 business days behind.',
    );
  });

  it('of a close number asks whether that is it, and corrects it in one click', () => {
    const item = itemOf('number-mismatch');
    expect(guideOf(item)).toContain('Northbridge Life has *00123-4576*. Did you mean that one?');
    expect(guideOf(item)).toContain('We searched twice through *Ana at Northbridge*.');
    expect(buttonsOf(item)).toEqual([
      'Correct to 00123-4576',
      'Update status',
      'Sync again',
      'Ask support',
    ]);
  });

  it('never offers a number that another policy has', () => {
    const closeNumbers = [{ number: '00123-4576', taken: true }];
    const item = guided(itemOf('number-mismatch'), { closeNumbers });
    expect(guideOf(item)).toContain('belongs to another policy in the CRM');
    expect(buttonsOf(item)).toEqual(['Update status', 'Sync again', 'Ask support']);
  });

  const numberEdit = {
    from: '00123-4567',
    to: '00123-4576',
    by: 'Ana Ruiz',
    at: NOW,
    crmTold: false,
  };

  it('of a number that was corrected says so, and has nothing left to do', () => {
    const found = itemOf('number-mismatch');
    const item = {
      ...guided(found, { numberEdit, correctedCardIn: 'C0TEAM' }),
      policy: { ...found.policy, number: '00123-4576' },
      detail: { ...found.detail, crmNumber: '00123-4567' },
    };
    const head = marked(card(viewOf(item), FULL)).split('It was not found as')[0] ?? '';
    expect(head).toContain('*00123-4567*');
    expect(head).not.toContain('00123-4576');
    expect(guideOf(item)).toMatch(
      /Ana Ruiz <!date\^\d+\^corrected the number [^>]*>: \*00123-4567\* → \*00123-4576\*\. Change it in the CRM too\./,
    );
    expect(guideOf(item)).toMatch(/has a card of its own in <#C0TEAM>\.$/);
    expect(buttonsOf(item)).toEqual(['Ask support']);
    expect(sentence(item, 'full')).toBe(
      'It was not found as *00123-4567*. Ana Ruiz corrected the number to *00123-4576*.',
    );
    const lasting = desiredMessages(viewOf(item), FULL).map(({ text }) => text);
    expect(lasting.filter((text) => text.includes('Change it in the CRM too.'))).toHaveLength(1);
  });

  it('of a number that was corrected, and is not asked for, offers the sync of it', () => {
    const item = guided(itemOf('number-mismatch'), { numberEdit });
    expect(guideOf(item)).toMatch(/^\*How to resolve it\*/);
    expect(guideOf(item)).toContain(':point_right: Sync again, now that the number is right.');
    expect(buttonsOf(item)).toEqual(['Sync again', 'Ask support']);
    expect(JSON.stringify(card(viewOf(item), FULL).blocks)).toContain('Sync again');
    const elsewhere = guided(item, { correctedCardIn: 'C0OTHER' });
    expect(guideOf(elsewhere)).toMatch(/has a card of its own\.$/);
    expect(JSON.stringify(card(viewOf(elsewhere), FULL).blocks)).not.toContain('Sync again');
  });

  it('of another login names those the person may use, linked or not', () => {
    const otherLogins = [
      { id: '1', name: 'Agency', linked: true },
      { id: '2', name: 'Ben', linked: false },
    ];
    const item = guided(itemOf('other-login'), { otherLogins });
    expect(guideOf(item)).toContain('try *Agency* or *Ben* (unlinked)');
    expect(buttonsOf(item).slice(0, 2)).toEqual(['Try Agency', 'Try Ben']);
  });

  it('of a policy that is gone says when it was last seen, and thinks of its Agent of Record', () => {
    expect(guideOf(itemOf('gone'))).toMatch(/It <!date\^\d+\^was last there /);
    expect(guideOf(itemOf('gone'))).toContain('Agent of Record');
  });

  it('masks numbers where the channel may not show them', () => {
    const message = JSON.stringify(
      guideMessage(viewOf(itemOf('number-mismatch')), itemOf('number-mismatch'), {
        ...FULL,
        privacy: 'masked',
      }),
    );
    expect(message).toContain('Correct to •••4576');
    expect(message).not.toContain('00123');
  });

  it('is there for nothing that a person need not resolve', () => {
    for (const reason of ['changed', 'unchanged', 'carrier-down', 'locked'] as const)
      expect(guideOf(itemOf(reason))).toBe('');
  });
});
