import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CASES } from '#simulator/portals/cases.ts';
import { expect, it } from 'vitest';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { caseBlocks, caseMessage } from '#features/support-cases/messages.ts';
import { answerTo, askFor, isCardOf } from '#test/support/firm.ts';
import { found } from '#test/support/scripted-portals.ts';
import { caseView } from '#features/support-cases/store/views.ts';
import { ANA, BEN, MARCUS, SAM, SUPPORT, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

/** The smallest PNG there is. */
const ONE_PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const GONE = '00774-1099';

const { firm, at } = useScriptedFirm({ works: true });

const replyIn = (card: LocalMessage, words: string): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    thread: card.ts,
    what: `a reply with "${words}"`,
    that: ({ threadTs, text }) => threadTs === card.ts && text.includes(words),
  });

const caseWith = (words: string): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as: SAM,
    channel: SUPPORT,
    what: `a case with "${words}"`,
    that: (message) => !message.ephemeral && JSON.stringify(message.blocks).includes(words),
  });

const textOf = (message: LocalMessage): string =>
  JSON.stringify(message.blocks satisfies readonly unknown[]);

it('shows support the masked picture of a page that was not understood, on our own page', async () => {
  const { number } = CASES.unchanged;
  const file = '20261122150000-northbridge-life-read.png';
  const png = Buffer.from(ONE_PIXEL, 'base64');
  await mkdir(firm.pictures, { recursive: true });
  await writeFile(join(firm.pictures, file), png);
  at.answer(number, { kind: 'failure', reason: 'portal-changed', picture: file });
  const card = await askFor(firm, ANA, TEAM, `/sync policy ${number}`, isCardOf(ANA, number));
  await replyIn(card, 'Failed');
  await firm.client.click({ as: ANA, channel: TEAM, ts: card.ts, actionId: 'ask-support' });
  await firm.client.waitForModal(ANA, (view) => view.callback_id === 'ask-support');
  await firm.client.submit(ANA, { words: { words: 'What is wrong there?' } });
  const brought = await caseWith('What is wrong there?');
  const look = { channel: SUPPORT, ts: brought.ts, text: 'See the picture' };

  await firm.client.click({ as: ANA, ...look });
  await answerTo(firm, ANA, SUPPORT, 'Only support, a manager or an owner');
  await firm.client.click({ as: SAM, ...look });
  const modal = await firm.client.waitForModal(SAM, (view) =>
    JSON.stringify(view.blocks).includes('/picture/'),
  );
  const url = /"url":"([^"]+)"/.exec(JSON.stringify(modal.blocks))?.[1] ?? '';
  const page = await fetch(url);
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(await page.text()).toContain(`src="${new URL(url).pathname}/image.png"`);
  const shown = await fetch(`${url}/image.png`);
  expect(shown.headers.get('content-type')).toBe('image/png');
  expect(shown.headers.get('cache-control')).toBe('no-store');
  expect(Buffer.from(await shown.arrayBuffer())).toEqual(png);
  expect((await fetch(`${firm.bot.url}/picture/${'x'.repeat(43)}`)).status).toBe(404);
  const looks = await firm.db
    .selectFrom('audit as a')
    .innerJoin('person as p', 'p.id', 'a.person_id')
    .select('p.slack_user_id as who')
    .where('a.action', '=', 'evidence.viewed')
    .execute();
  expect(looks).toEqual([{ who: SAM }]);
  // Who leaves, or may see no cases any more, sees it no more by the address they have.
  const sam = (change: { role?: string; deactivated_at?: number | null }) =>
    firm.db.updateTable('person').set(change).where('slack_user_id', '=', SAM).execute();
  for (const [change, back] of [
    [{ deactivated_at: 1 }, { deactivated_at: null }],
    [{ role: 'advisor' }, { role: 'support' }],
  ] as const) {
    await sam(change);
    expect((await fetch(url)).status).toBe(404);
    await sam(back);
    expect((await fetch(url)).status).toBe(200);
  }
  // Where several bots serve, whoever is asked knows the address that one of them gave.
  await using _first = firm.bot;
  await firm.startBotAgain();
  const other = `${firm.bot.url}${new URL(url).pathname}`;
  expect(new URL(other).origin).not.toBe(new URL(url).origin);
  expect((await fetch(other)).status).toBe(200);
  await rm(join(firm.pictures, file));
  expect(await (await fetch(other)).text()).toContain('one folder that workers and bots share');
  await firm.client.closeModal(SAM);
});

it('brings a case to support with its facts, answers in the thread, and is closed', async () => {
  at.answer(GONE, { kind: 'absent', closeNumbers: [] });
  const card = await askFor(firm, ANA, TEAM, `/sync policy ${GONE}`, isCardOf(ANA, GONE));
  const guide = await replyIn(card, 'How to resolve it');
  const ask = { channel: TEAM, ts: guide.ts, actionId: 'ask-support' };

  await firm.client.click({ as: BEN, ...ask });
  await answerTo(firm, BEN, TEAM, 'That is not in your book', card.ts);

  await firm.client.click({ as: ANA, ...ask });
  await firm.client.waitForModal(ANA, (view) => view.callback_id === 'ask-support');
  await firm.client.submit(ANA, {
    words: { words: 'The number is right, I see it on the site.\n*urgent* <!channel>' },
  });
  await answerTo(firm, ANA, TEAM, 'Support has it as *case 2*');
  await replyIn(card, 'Ana Ruiz asked support. It is case 2');
  expect(textOf(await replyIn(card, 'How to resolve it'))).not.toContain('Ask support');

  const brought = await caseWith('I see it on the site');
  const facts = textOf(brought);
  expect(facts).toContain('Not Found* (never seen) through Ana – Northbridge');
  expect(facts).toContain('Ana Ruiz asked for a sync.');
  expect(facts).not.toContain('<!channel>');
  expect(facts).toContain('> *urgent* &lt;!channel&gt;');

  await firm.client.click({ as: ANA, channel: SUPPORT, ts: brought.ts, text: 'Close case' });
  await answerTo(firm, ANA, SUPPORT, 'Only support, a manager or an owner');

  await firm.client.click({ as: BEN, channel: SUPPORT, ts: brought.ts, text: 'Reply to advisor' });
  await answerTo(firm, BEN, SUPPORT, 'Only support, a manager or an owner');

  await firm.client.click({ as: SAM, channel: SUPPORT, ts: brought.ts, text: 'Reply to advisor' });
  await firm.client.waitForModal(SAM, (view) => view.callback_id === 'case-reply');
  await firm.client.submit(SAM, { words: { words: 'It moved to *another* agent.\nAsk Ben.' } });
  const answer = await replyIn(card, 'It moved to another agent.');
  expect(answer.text).toContain(`<@${ANA}> Sam Okafor of support:\n> It moved`);
  await caseWith('Sam Okafor replied: It moved to *another* agent.');

  const back = { channel: TEAM, ts: answer.ts, text: 'Answer support' };
  await firm.client.click({ as: BEN, ...back });
  await answerTo(firm, BEN, TEAM, 'Only the person who asked support can answer here.', card.ts);
  await firm.client.click({ as: ANA, ...back });
  await firm.client.waitForModal(ANA, (view) => view.callback_id === 'case-answer');
  await firm.client.submit(ANA, { words: { words: 'Ben says no.' } });
  await replyIn(card, 'Ana Ruiz to support:');
  await firm.client.waitForMessage({
    as: SAM,
    channel: SUPPORT,
    thread: brought.ts,
    what: 'the answer beneath the case',
    that: ({ text, threadTs }) => threadTs === brought.ts && text.includes('Ben says no.'),
  });
  await caseWith('Ana Ruiz replied: Ben says no.');

  at.answer(GONE, found(GONE));
  await firm.client.click({ as: SAM, channel: SUPPORT, ts: brought.ts, text: 'Sync again' });
  await caseWith('*Success*');

  await firm.client.command(SAM, SUPPORT, '/sync show case 2');
  const shown = await answerTo(firm, SAM, SUPPORT, 'What happened');
  expect(JSON.stringify(shown)).toContain(GONE);
  await firm.client.command(BEN, TEAM, '/sync show case 2');
  await answerTo(firm, BEN, TEAM, 'There is no case 2 that you may see.');

  await firm.client.click({ as: SAM, channel: SUPPORT, ts: brought.ts, text: 'Close case' });
  await replyIn(card, 'Sam Okafor closed case 2');
  await caseWith('Case 2, closed by Sam Okafor');
  const audited = await firm.db
    .selectFrom('audit')
    .select('action')
    .where('action', 'like', 'case.%')
    .where('subject_id', '=', (of) =>
      of.selectFrom('policy').select('id').where('number', '=', GONE),
    )
    .orderBy('id')
    .execute();
  expect(audited.map(({ action }) => action)).toEqual([
    'case.opened',
    'case.replied',
    'case.replied',
    'case.viewed',
    'case.closed',
  ]);
});

it('calls whoever asked support, where that is not who asked for the sync', async () => {
  const { number } = CASES.stale;
  at.answer(number, { kind: 'absent', closeNumbers: [] });
  const card = await askFor(firm, ANA, TEAM, `/sync policy ${number}`, isCardOf(ANA, number));
  const guide = await replyIn(card, 'How to resolve it');
  await firm.client.click({ as: MARCUS, channel: TEAM, ts: guide.ts, actionId: 'ask-support' });
  await firm.client.waitForModal(MARCUS, (view) => view.callback_id === 'ask-support');
  await firm.client.submit(MARCUS, { words: { words: 'Is it still theirs?' } });
  const brought = await caseWith('Is it still theirs?');
  await firm.client.click({ as: SAM, channel: SUPPORT, ts: brought.ts, text: 'Reply to advisor' });
  await firm.client.waitForModal(SAM, (view) => view.callback_id === 'case-reply');
  await firm.client.submit(SAM, { words: { words: 'It is not.' } });
  const answer = await replyIn(card, 'It is not.');
  expect(answer.text).toContain(`<@${MARCUS}> Sam Okafor of support:`);
  expect(answer.text).not.toContain(ANA);
  await firm.client.click({ as: MARCUS, channel: TEAM, ts: answer.ts, text: 'Answer support' });
  await firm.client.waitForModal(MARCUS, (view) => view.callback_id === 'case-answer');
  await firm.client.closeModal(MARCUS);
});

it('shows support old and read amounts of values that look wrong, where amounts are shown', async () => {
  const { number } = CASES.changed;
  at.answer(number, found(number, 4_128_120_000));
  const card = await askFor(firm, ANA, TEAM, `/sync policy ${number}`, isCardOf(ANA, number));
  await replyIn(card, 'Failed');
  await firm.client.click({ as: ANA, channel: TEAM, ts: card.ts, actionId: 'ask-support' });
  await firm.client.waitForModal(ANA, (view) => view.callback_id === 'ask-support');
  await firm.client.submit(ANA, { words: { words: 'Is this right?' } });
  const brought = await caseWith('Is this right?');
  expect(textOf(brought)).toContain('$409,112.90 → *$41,281,200.00*');
  const { id } = await firm.db
    .selectFrom('support_case')
    .select('id')
    .orderBy('number', 'desc')
    .executeTakeFirstOrThrow();
  const view = await caseView(firm.db, id);
  if (view === undefined) throw new Error('There is no case.');
  const hidden = JSON.stringify(caseMessage(view, 'masked').blocks);
  expect(hidden).toContain('Account Value: about 100 times as much as before');
  expect(hidden).not.toContain('$');
  expect(JSON.stringify(caseBlocks(view, 'full'))).toContain('$409,112.90');
});
