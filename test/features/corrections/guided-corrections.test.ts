import { expect, it } from 'vitest';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { updateStatus } from '#features/corrections/correct.ts';
import { answerTo, askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { found } from '#test/support/scripted-portals.ts';
import { ANA, BEN, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const DRIFTS = '00209-7741';
const MISTYPED = '00451-8830';
const RIGHT = '00451-8380';

const { firm, at } = useScriptedFirm({ works: true });

const policyNumbered = (number: string) =>
  firm.db
    .selectFrom('policy')
    .select(['id', 'status', 'number', 'number_key'])
    .where('number', '=', number)
    .executeTakeFirstOrThrow();

const auditOf = async (policyId: string, action: string): Promise<unknown[]> =>
  (
    await firm.db
      .selectFrom('audit as a')
      .innerJoin('person as p', 'p.id', 'a.person_id')
      .select(['p.name', 'a.detail'])
      .where('a.subject_id', '=', policyId)
      .where('a.action', '=', action)
      .orderBy('a.id')
      .execute()
  ).map(({ name, detail }) => [name, JSON.parse(detail ?? '{}')]);

const replyIn = (card: LocalMessage, words: string): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    thread: card.ts,
    what: `a reply with "${words}"`,
    that: ({ threadTs, text }) => threadTs === card.ts && text.includes(words),
  });

const press = (as: string, message: LocalMessage, text: string) =>
  firm.client.click({ as, channel: TEAM, ts: message.ts, text });

const surrendered = (number: string) => {
  const reading = found(number);
  return reading.kind === 'found'
    ? { ...reading, snapshot: { ...reading.snapshot, status: 'Surrendered' } }
    : reading;
};

it('updates a drifted status in one click, audited, then back by choice and synced again', async () => {
  at.answer(DRIFTS, surrendered(DRIFTS), found(DRIFTS));
  const card = await askFor(firm, ANA, TEAM, `/sync policy ${DRIFTS}`, isCardOf(ANA, DRIFTS));
  const guide = await replyIn(card, 'How to resolve it');
  expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('says Surrendered');
  const { id } = await policyNumbered(DRIFTS);

  await press(BEN, guide, 'Update status to Surrendered');
  await answerTo(firm, BEN, TEAM, 'That is not in your book', card.ts);
  expect((await policyNumbered(DRIFTS)).status).toBe('In Force');

  await press(ANA, guide, 'Update status to Surrendered');
  await answerTo(firm, ANA, TEAM, 'The policy is no longer synced.', card.ts);
  expect((await policyNumbered(DRIFTS)).status).toBe('Surrendered');
  await replyIn(card, 'Resolved');
  expect(await firm.client.transcript(ANA, TEAM, card.ts)).toContain(
    'Ana Ruiz changed the status: In Force → Surrendered. The policy is no longer synced.',
  );
  await firm.client.command(ANA, TEAM, `/sync policy ${DRIFTS}`);
  await answerTo(firm, ANA, TEAM, 'only pending or open policies are synced');

  await firm.db.insertInto('webhook_target').values({ id: 1 }).execute();
  await press(ANA, guide, 'Change status');
  await firm.client.waitForModal(ANA, (view) => view.callback_id === 'choose-status');
  await firm.client.submit(ANA, { status: { status: 'In Force' } });
  const answer = await answerTo(firm, ANA, TEAM, 'Sync it again to get its values');
  expect(answer.text).toContain('We told your CRM.');
  await replyIn(card, 'Sync again, now that the status is right');
  await press(ANA, answer, 'Sync again');
  await expect.poll(() => at.readsOf(DRIFTS), { timeout: 20_000 }).toBe(2);
  expect(await auditOf(id, 'policy.status-updated')).toEqual([
    ['Ana Ruiz', { from: 'In Force', to: 'Surrendered' }],
    ['Ana Ruiz', { from: 'Surrendered', to: 'In Force' }],
  ]);
});

it('refuses a status that was changed by somebody else since the button was drawn', async () => {
  const { id, status } = await policyNumbered('00229-5167');
  await firm.db.updateTable('policy').set({ status: 'Matured' }).where('id', '=', id).execute();
  const person = await firm.db
    .selectFrom('person')
    .select('id')
    .where('slack_user_id', '=', ANA)
    .executeTakeFirstOrThrow();
  const outcome = await updateStatus(
    { store: { db: firm.db, clock: Date.now }, openBooks: false, show: () => Promise.resolve() },
    { ...person, role: 'advisor', active: true },
    { policyId: id, from: status, to: 'Surrendered' },
  );
  expect(outcome.kind).toBe('changed-meanwhile');
  expect((await policyNumbered('00229-5167')).status).toBe('Matured');
  expect(await auditOf(id, 'policy.status-updated')).toEqual([]);
});

it('corrects a mistyped number in one click, and syncs the right one at once', async () => {
  at.answer(MISTYPED, { kind: 'absent', closeNumbers: [RIGHT] });
  const card = await askFor(firm, ANA, TEAM, `/sync policy ${MISTYPED}`, isCardOf(ANA, MISTYPED));
  const guide = await replyIn(card, 'Did you mean that one?');
  await closingOf(firm, ANA, TEAM, card);
  const { id } = await policyNumbered(MISTYPED);

  await press(BEN, guide, `Correct to ${RIGHT}`);
  expect(await auditOf(id, 'policy.number-corrected')).toEqual([]);

  await press(ANA, guide, `Correct to ${RIGHT}`);
  const answer = await answerTo(firm, ANA, TEAM, `it was *${MISTYPED}*`, card.ts);
  // With the address of the card where Slack has taken it by then.
  expect(answer.text).toMatch(
    new RegExp(`Syncing .*(card> is in|Its card comes in) <#${TEAM}>`, 'u'),
  );
  expect(answer.text).not.toContain('here');
  const next = await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the card of the right number',
    that: (message) => isCardOf(ANA, RIGHT)(message) && message.ts !== card.ts,
  });
  expect((await closingOf(firm, ANA, TEAM, next)).text).toContain('Success');
  expect(await policyNumbered(RIGHT)).toMatchObject({ id, number_key: '004518380' });
  expect(at.reads().map(({ number }) => number)).toEqual(
    expect.arrayContaining([MISTYPED, MISTYPED, RIGHT]),
  );
  expect(await auditOf(id, 'policy.number-corrected')).toEqual([
    ['Ana Ruiz', { from: MISTYPED, to: RIGHT }],
  ]);
  await replyIn(card, 'corrected the number ');
  await replyIn(card, `has a card of its own in <#${TEAM}>`);
  const transcript = await firm.client.transcript(ANA, TEAM);
  expect(transcript).toMatch(new RegExp(`Not Found.*\\n.*${MISTYPED}`, 'u'));
});

/** Asked for in a thread, so that its card and its guide are replies there. */
const guideInThread = async (number: string, close: string) => {
  at.answer(number, { kind: 'absent', closeNumbers: [close] });
  const { id } = await policyNumbered(number);
  // One that was there before is gone, and not mistyped.
  await firm.db.deleteFrom('source_policy').where('policy_id', '=', id).execute();
  const { ts = '' } = await firm.client.post(ANA, TEAM, `<@USYNCBOT1> ${number}`);
  const inThread = (words: string): Promise<LocalMessage> =>
    firm.client.waitForMessage({
      as: ANA,
      channel: TEAM,
      thread: ts,
      what: `a reply with "${words}"`,
      that: ({ user, threadTs, text }) =>
        user === 'USYNCBOT1' && threadTs === ts && text.includes(words),
    });
  return { ts, inThread, guide: await inThread('Did you mean that one?') };
};

it('has the card of the corrected number in the thread of the first one', async () => {
  const { inThread, guide } = await guideInThread('00774-1099', '00774-1909');
  await press(ANA, guide, 'Correct to 00774-1909');
  const closing = await inThread('Success: Hiroshi Tanaka · Northbridge Life 00774-1909');
  expect(closing.ts > guide.ts).toBe(true);
  await inThread(`has a card of its own in <#${TEAM}>`);
});

it('says why a corrected number is not synced, and offers that instead of a card', async () => {
  const { ts, inThread, guide } = await guideInThread('00118-2276', '00118-2267');
  const removed = (at: number | null) =>
    firm.db
      .updateTable('login_source')
      .set({ removed_at: at })
      .where('name', '=', 'Ana – Northbridge')
      .execute();
  await removed(1);
  await press(ANA, guide, 'Correct to 00118-2267');
  const answer = await answerTo(firm, ANA, TEAM, 'The number is *00118-2267* now', ts);
  expect(answer.text).toContain('No login source of Northbridge Life is shared with you.');
  expect(answer.text).not.toContain('not in your book');
  const offered = await inThread('Sync again, now that the number is right.');
  expect(offered.text).not.toContain('Resolved');
  await removed(null);
  await press(ANA, offered, 'Sync again');
  await inThread('Northbridge Life 00118-2267');
});
