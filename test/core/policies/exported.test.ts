import { expect, it } from 'vitest';
import { endOpen, eraseContact } from '#core/policies/store/erasure/erase.ts';
import { planErasure } from '#core/policies/store/erasure/plan.ts';
import { heldOfContact } from '#core/policies/store/held-of-contact.ts';
import { recordReportView } from '#core/policies/store/report.ts';
import { recordSeen } from '#core/policies/store/seen.ts';
import { openLinkFirm } from '#test/support/link-firm.ts';
import { EVIDENCE, everyRow, NUMBERS, plant } from '#test/support/planted-contact.ts';

/** Where the export has what an erasure takes out of a table, or why it has nothing of it. */
const EXPORTED: Readonly<Record<string, string | { not: string }>> = {
  book: 'advisors',
  calendar_choice: 'calendarChoices',
  calendar_event: 'calendar',
  carrier_pause: 'pictures',
  contact: 'contact',
  held_sync: { not: 'which sync read an unconfirmed value' },
  held_value: 'unconfirmed',
  home_wish: { not: 'what a Home is to show in the next minutes; no row is of one contact' },
  meeting: 'meetings',
  meeting_request: { not: 'which request was made for a meeting' },
  named_policy: 'namedBy',
  notification: 'notices',
  policy: 'policies',
  policy_report: { not: 'made of the policy, its values and syncs, to be searched' },
  policy_value: 'values',
  report_tally: { not: 'counts of many' },
  request: 'requests',
  request_sync: { not: 'which syncs a request shows' },
  source_policy: 'logins',
  status_wait: 'wordsWaitedFor',
  subject_message: 'messages',
  support_case: 'cases',
  support_reply: 'cases',
  sync: 'syncs',
  webhook_event: 'webhooks',
  workflow_step: { not: 'which request a workflow waits for' },
};
/** Of which the erasure writes, and takes nothing away. */
const NOTES = ['audit', 'deletion'];

it('what an erasure takes away is exported before, or it is said why not', async () => {
  await using firm = await openLinkFirm();
  await plant(firm);
  const held = await heldOfContact(firm.store, 'C-GONE');
  const before = await everyRow(firm.db);
  const plan = await planErasure(firm.store, 'C-GONE');
  if (plan === undefined) throw new Error('There is no such contact.');
  await endOpen(firm.store, plan);
  await eraseContact(firm.store, plan, () => Promise.resolve());
  const after = await everyRow(firm.db);
  const taken = [...before]
    .filter(([table, rows]) => rows.some((row) => after.get(table)?.includes(row) !== true))
    .map(([table]) => table)
    .filter((table) => !NOTES.includes(table) && !table.includes('search'));
  expect(taken.filter((table) => EXPORTED[table] === undefined)).toEqual([]);
  // Each was planted, so that none is exported in vain.
  const places = Object.values(EXPORTED).filter((place) => typeof place === 'string');
  expect(Object.keys(held ?? {})).toEqual(expect.arrayContaining(places));
  const empty = Object.entries(held ?? {}).filter(
    ([, rows]) => Array.isArray(rows) && !rows.length,
  );
  expect(empty).toEqual([]);
});

it('exports who saw or changed what, corrected numbers, pictures and what others’ cases say', async () => {
  await using firm = await openLinkFirm();
  await plant(firm);
  const shown = ['gone-policy', 'policy'];
  await recordSeen(firm.store, 'mona', 'policy.found', { policies: shown });
  await recordSeen(firm.store, 'mona', 'contact.picked', { contacts: ['gone-contact', 'contact'] });
  await recordSeen(firm.store, 'mona', 'policy.named', { policies: ['policy'] });
  await recordReportView(firm.store, 'dana', shown);
  await heldOfContact(firm.store, 'C-GONE');
  const held = await heldOfContact(firm.store, 'C-GONE');
  expect(held?.audit).toMatchObject([
    {
      action: 'policy.number-corrected',
      by: 'Dana Whitfield',
      detail: expect.stringContaining(NUMBERS.former) as string,
    },
    { action: 'case.opened', by: 'Dana Whitfield' },
    { action: 'case.replied', by: 'Dana Whitfield' },
    { action: 'policy.found', by: 'Mona Lindqvist', detail: '{"policies":["gone-policy"]}' },
    { action: 'contact.picked', by: 'Mona Lindqvist', detail: '{"contacts":["gone-contact"]}' },
    { action: 'report.viewed', by: 'Dana Whitfield', detail: '{"policies":["gone-policy"]}' },
    { action: 'contact.exported', by: null },
  ]);
  expect(held?.messages).toContainEqual({ channel: 'D0DANA', n: 1 });
  expect(held?.notices).toContainEqual(
    expect.objectContaining({ kind: 'meeting', channel: 'U0DANA' }),
  );
  expect(held?.pictures).toEqual([EVIDENCE.picture, EVIDENCE.trace]);
  expect(held?.othersCases).toMatchObject([
    {
      number: 2,
      texts: [{ by: 'Mona Lindqvist', text: expect.stringContaining('Is it the one') as string }],
    },
  ]);
});
