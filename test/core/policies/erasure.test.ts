import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { mentionsOf, withoutMentions } from '#core/policies/erasure.ts';
import { endOpen, eraseContact } from '#core/policies/store/erasure/erase.ts';
import { planErasure } from '#core/policies/store/erasure/plan.ts';
import { verifyAudit } from '#database/audit-lines.ts';
import { addNotification } from '#features/notifications/store.ts';
import { openLinkFirm } from '#test/support/link-firm.ts';
import {
  addSync,
  EVIDENCE,
  everyRow,
  NAME,
  plant,
  tablesWith,
} from '#test/support/planted-contact.ts';

it('takes every trace of a contact out of every table, and leaves the others as they are', async () => {
  await using firm = await openLinkFirm();
  const { db, store } = firm;
  const meetingId = await plant(firm);
  const words = [
    NAME,
    'quillon',
    'vandersloot',
    'Zwolle',
    'C-GONE',
    'P-GONE',
    '987654321',
    'gone-',
    meetingId,
    'QV-771-0001',
    'QV-771-0002',
    'QV 771 0002',
    'QV7710001',
    'QV7710002',
    'qv7710002',
  ];
  // Nothing is looked for in vain.
  expect(tablesWith(await everyRow(db), words)).toEqual([
    'audit',
    'book',
    'calendar_choice',
    'calendar_event',
    'carrier_pause',
    'contact',
    'held_sync',
    'held_value',
    'home_wish',
    'meeting',
    'meeting_request',
    'named_policy',
    'notification',
    'policy',
    'policy_report',
    'policy_value',
    'request',
    'request_sync',
    'source_policy',
    'status_wait',
    'subject_message',
    'support_case',
    'support_reply',
    'sync',
    'webhook_event',
    'workflow_step',
  ]);

  const plan = await planErasure(store, 'C-GONE');
  if (plan === undefined) throw new Error('There is no such contact.');
  expect(plan.counts).toEqual({
    policies: 1,
    values: 1,
    syncs: 2,
    requests: 2,
    shared: 1,
    cases: 1,
    meetings: 1,
  });
  // The summary of a meeting goes as a whole, so nobody finds it afterwards; the digest is of others too.
  expect(plan.messages).toEqual([
    { channel: 'C1', n: 2 },
    { channel: 'D0DANA', n: 1 },
  ]);
  expect(plan.sharedMessages).toEqual([
    { channel: 'C1', n: 1 },
    { channel: 'D0DANA', n: 1 },
  ]);
  expect(plan.namedInCases).toMatchObject([{ number: 2 }]);
  expect(plan.auditNumbers).toBe(1);
  expect(await endOpen(store, plan)).toEqual({ ended: 1, running: 0 });
  expect(await endOpen(store, plan)).toEqual({ ended: 0, running: 0 });
  const files: string[] = [];
  await eraseContact(store, plan, async (names) => void files.push(...names));

  const after = await everyRow(db);
  // What a person wrote in the case of another is theirs; the plan named it.
  expect(tablesWith(after, words)).toEqual(['audit', 'support_reply']);
  expect(after.get('support_reply')).toHaveLength(1);
  expect(files.toSorted()).toEqual([EVIDENCE.picture, EVIDENCE.trace]);
  const pauses = (after.get('carrier_pause') ?? []).map((row) => JSON.parse(row) as unknown);
  expect(pauses).toContainEqual(
    expect.objectContaining({ id: 'pause', picture: null, trace: null, note: null, version: 2 }),
  );
  expect(pauses).toContainEqual(expect.objectContaining({ id: 'earlier', picture: 'other.png' }));
  const audit = after.get('audit') ?? [];
  const numbers = audit.filter((row) => row.includes('QV-771'));
  expect(numbers).toEqual([expect.stringContaining('policy.number-corrected')]);
  expect(audit.filter((row) => row.includes(NAME))).toEqual([]);
  expect(audit.at(-1)).toContain('contact.erased');
  expect(await verifyAudit(db)).toMatchObject({ kind: 'whole' });

  expect(after.get('contact')).toHaveLength(1);
  expect(after.get('policy_value')).toHaveLength(1);
  const { rows: tallied } = await sql<{ n: number }>`
    select n from report_tally where kind = 'all'`.execute(db);
  expect(tallied).toEqual([{ n: 1 }]);
  const one = (table: string): unknown => JSON.parse(after.get(table)?.[0] ?? 'null');
  expect(one('sync')).toMatchObject({ id: 'stays', detail: '{"closeNumbers":["00123-4568"]}' });
  expect(after.get('request_sync')?.join()).not.toContain('gone');
  const requests = (after.get('request') ?? []).map((row) => JSON.parse(row) as unknown);
  expect(requests).toHaveLength(2);
  expect(requests).toContainEqual(
    expect.objectContaining({ id: 'shared-request', version: 2, shown_version: 0 }),
  );
  expect(one('workflow_step')).toMatchObject({ execution_id: 'step' });
  expect(one('calendar_event')).toMatchObject({ contacts: '["contact"]', title: '(erased)' });
  const told = (after.get('notification') ?? []).map((row) => JSON.parse(row) as { about: string });
  expect(told.map(({ about }) => JSON.parse(about) as unknown)).toEqual([
    { title: 'Values', text: '(erased)' },
    {
      day: '2026-11-18',
      moves: [{ policyId: 'policy', number: '00123-4567', contactName: 'Ines Ito' }],
    },
  ]);
  expect(await planErasure(store, 'C-GONE')).toBeUndefined();
});

it('leaves what is told of a namesake', async () => {
  await using firm = await openLinkFirm();
  const namesake = { kind: 'individual', name: 'Ines Ito', search: 'ines ito' };
  await firm.db
    .insertInto('contact')
    .values({ id: 'namesake', external_id: 'c2', ...namesake })
    .execute();
  const about = { meetingId: 'm', contactId: 'contact', contactName: 'Ines Ito' } as never;
  await addNotification(firm.store, { kind: 'meeting', name: 'm', channel: 'U0DANA', about });
  const moves = [{ policyId: 'policy', number: '00123-4567', contactName: 'Ines Ito' }];
  const digest = { day: '2026-11-18', moves } as never;
  await addNotification(firm.store, { kind: 'digest', name: 'd', channel: 'C1', about: digest });
  const before = await everyRow(firm.db);
  const plan = await planErasure(firm.store, 'c2');
  if (plan === undefined) throw new Error('There is no such contact.');
  await eraseContact(firm.store, plan, () => Promise.resolve());
  const after = await everyRow(firm.db);
  for (const rows of [before, after]) for (const own of ['audit', 'deletion']) rows.delete(own);
  expect(after.get('contact')).toEqual(before.get('contact')?.filter((row) => !row.includes('c2')));
  before.delete('contact');
  after.delete('contact');
  expect(after).toEqual(before);
});

it('waits for a sync that is running, and lets one go that was only waiting', async () => {
  await using firm = await openLinkFirm();
  await addSync(firm, 'running', 'policy', 'in-progress');
  const plan = await planErasure(firm.store, 'c1');
  if (plan === undefined) throw new Error('There is no such contact.');
  expect(await endOpen(firm.store, plan)).toEqual({ ended: 0, running: 1 });
});

it.each([
  ['Al Chen', 'Ask Al Chen.', true],
  ['Al Chen', 'Ask Val Chen.', false],
  ['Ines Ito', 'is it the one of ines ito?', true],
  ['Ines Ito', 'INES ITO called', true],
  ['Ines Ito', 'Ito, Ines', true],
  ['Zoë Núñez', 'zoe nunez asks', true],
  ['Ines Ito', 'Ines Itoh', false],
  ['Ines Ito', 'Ines, and Mr. Ito', false],
  ['Will', 'he will call', false],
  ['Will', 'Will called', true],
  ['A.B (C)', 'of A.B (C)', true],
  ['A.B', 'AxB', false],
  ['ines@ito.example', 'Mail INES@ito.example.', true],
  ['ines@ito.example', 'Mail ines@ito.example.org or x.ines@ito.example', false],
  ['', 'anything', false],
  ['-', ' - ', false],
])('whether the name "%s" is in "%s"', (name, text, is) => {
  expect(mentionsOf({ names: [name] })(text)).toBe(is);
});

it.each([
  ['QV-1', 'qv-1', true],
  ['QV-1', 'qv 1', true],
  ['QV-1', 'QV-12', false],
  ['00123-4567', 'look at 001234567 please', true],
  ['00123-4567', 'look at 00123 4567 please', true],
  ['00123-4567', 'look at 00123–4567.', true],
  ['00123-4567', 'ask (00123-4567/Ito)', true],
  ['00123-4567', '９００１２３４５６７', false],
  ['00123-4567', '００１２３４５６７', true],
  ['00123-4567', 'look at 9001234567', false],
  ['00123-4567', 'look at 9-00123-4567 and 00123-4567-2', false],
  ['1234', 'it paid 12.34', false],
  ['1234', 'ask for 1234', true],
  ['-', ' - ', false],
])('whether the number "%s" is in "%s"', (number, text, is) => {
  expect(mentionsOf({ numbers: [number] })(text)).toBe(is);
});

it('takes an entry out of a list, and looks into lists of lists', () => {
  const mentions = mentionsOf({ names: ['Al Chen'] });
  const told = { by: 'Al Chen', groups: [{ name: 'A', of: [{ who: 'Al Chen' }, { who: 'Bo' }] }] };
  expect(withoutMentions(told, mentions)).toEqual({
    by: '(erased)',
    groups: [{ name: 'A', of: [{ who: 'Bo' }] }],
  });
});

it('removes the files before the rows that name them, so that a run that broke off names them again', async () => {
  await using firm = await openLinkFirm();
  await plant(firm);
  const plan = await planErasure(firm.store, 'C-GONE');
  if (plan === undefined) throw new Error('There is no such contact.');
  await endOpen(firm.store, plan);
  const broken = eraseContact(firm.store, plan, () => Promise.reject(new Error('a full disk')));
  await expect(broken).rejects.toThrow('a full disk');
  const again = await planErasure(firm.store, 'C-GONE');
  const files: string[] = [];
  if (again !== undefined)
    await eraseContact(firm.store, again, async (names) => void files.push(...names));
  expect(files.toSorted()).toEqual([EVIDENCE.picture, EVIDENCE.trace]);
});
