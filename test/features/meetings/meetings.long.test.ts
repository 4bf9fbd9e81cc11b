import { afterEach, expect, it } from 'vitest';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { answerTo, startFirm, type TestFirm } from '#test/support/firm.ts';
import { linkAs } from '#test/support/person-links.ts';
import {
  found,
  scriptPortals,
  failure,
  type ScriptedPortals,
} from '#test/support/scripted-portals.ts';
import { ANA, BEN, TEAM } from '#test/support/people.ts';

/** Ten in the morning in New York. */
const TUESDAY = Date.parse('2026-11-24T15:00:00Z');
const EVENING = Date.parse('2026-11-24T23:05:00Z');
const NOON = Date.parse('2026-11-25T17:05:00Z');
const THREE = Date.parse('2026-11-25T20:00:00Z');

let firm: TestFirm;
let at: ScriptedPortals;
let ahead = 0;

const clock = (): number => Date.now() + ahead;
const moveTo = async (time: number): Promise<void> => {
  ahead = time - Date.now();
  await firm.bot.sweep();
};

const start = async (): Promise<void> => {
  ahead = TUESDAY - Date.now();
  firm = await startFirm({ clock });
  at = scriptPortals(firm.facts, clock);
  // Its session lasts as long as it is used; what a portal asks for is another test's.
  await firm.db.updateTable('login_link').set({ ends_at: null }).where('linked', '=', 1).execute();
};

afterEach(async () => {
  at.releaseAll();
  await firm[Symbol.asyncDispose]();
});

const plan = async (who: string): Promise<void> => {
  await firm.client.command(ANA, TEAM, `/sync contact ${who} before tomorrow 3pm`);
  const asked = await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the question whether to do so',
    that: ({ ephemeral, blocks }) => ephemeral && JSON.stringify(blocks).includes('Yes, do that'),
  });
  await firm.client.click({ as: ANA, channel: TEAM, ts: asked.ts, text: 'Yes, do that' });
  await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'what now stands',
    that: ({ ts, blocks }) => ts === asked.ts && JSON.stringify(blocks).includes('Cancel it'),
  });
};

const direct = async (words: string): Promise<LocalMessage[]> =>
  (await firm.client.messages(ANA, 'dm')).filter(
    ({ text, ephemeral }) => !ephemeral && text.includes(words),
  );

const told = (words: string): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as: ANA,
    channel: 'dm',
    what: `a direct message with "${words}"`,
    that: ({ text, ephemeral }) => !ephemeral && text.includes(words),
    ms: 50_000,
  });

const refused = () =>
  firm.local.workspace.workspace.calls().filter(({ ok, error }) => !ok && error !== 'ratelimited');

/** Each policy has moved a little since it was read last. */
const answerAll = async (): Promise<void> => {
  const policies = await firm.db
    .selectFrom('policy as p')
    .innerJoin('contact as c', 'c.id', 'p.contact_id')
    .leftJoin('policy_value as v', (on) =>
      on.onRef('v.policy_id', '=', 'p.id').on('v.name', '=', 'Account Value'),
    )
    .select(({ fn }) => ['p.number', fn.max('v.minor').as('minor')])
    .where('c.name', '=', 'Linda Pham')
    .groupBy('p.id')
    .execute();
  for (const { number, minor } of policies)
    at.answer(number, found(number, (minor ?? 100) + 5000, '2026-11-20'));
};

it('a contact is refreshed and told of before the meeting, with one warning the evening before', async () => {
  await start();
  await plan('pham');
  const worker = await firm.work(at.portals);
  await firm.client.command(ANA, TEAM, '/sync status');
  const status = await answerTo(firm, ANA, TEAM, 'Ready before your meetings');
  expect(status.text).toContain('Linda Pham · Wednesday, Nov 25, 3:00 PM');

  await moveTo(EVENING);
  const warning = await told('You meet Linda Pham on Wednesday, Nov 25, 3:00 PM');
  expect(warning.text).toContain('Ana – Meridian at Meridian Annuity is unlinked');
  await firm.stopBot();
  await firm.startBotAgain();
  await firm.bot.sweep();
  expect(await direct('You meet Linda Pham')).toHaveLength(1);

  await linkAs(firm, ANA, 'S-MA-ANA', true, clock);
  await told('All set for Linda Pham on Wednesday');
  await answerAll();
  expect(at.reads()).toEqual([]);

  // The bot is away while the refresh is due, and makes up for it.
  await firm.stopBot();
  ahead = NOON + 30 * 60_000 - Date.now();
  await firm.startBotAgain();
  await firm.bot.sweep();
  const card = await told('Before you meet Linda Pham · Wednesday, Nov 25, 3:00 PM');
  expect(card.text).toContain('All 6 policies were refreshed today.');
  expect(card.text).toContain('Account Value');
  // The portals of the test show Friday's values on a Wednesday.
  expect(card.text).toContain('need a look, as marked below.');
  expect(card.text).toContain('the carrier should show a newer one by now');
  expect(clock()).toBeLessThan(THREE);
  await moveTo(THREE + 1000);
  await firm.bot.sweep();
  expect(await direct('Before you meet')).toHaveLength(1);
  await firm.client.waitFor({
    as: ANA,
    what: 'the bot to be connected',
    read: async () => ((await firm.client.state(ANA)).bot.connected ? true : undefined),
  });
  await firm.client.command(ANA, TEAM, '/sync status');
  await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'a status without the meeting',
    that: ({ ephemeral, text }) =>
      ephemeral && text.startsWith('No sync of yours') && !text.includes('Meet'),
  });
  expect(refused()).toEqual([]);
  expect(firm.logged()).toEqual([]);
  await worker[Symbol.asyncDispose]();
});

it('what could not be refreshed is on the card with why and what to do, and follows until the meeting', async () => {
  await start();
  await plan('pham');
  const worker = await firm.work(at.portals);
  await answerAll();
  at.answer('00181-5266', failure('portal-changed'));
  await moveTo(NOON);
  await told('1 of 6 done');
  await moveTo(THREE - 20 * 60_000);
  const card = await told('Before you meet Linda Pham');
  expect(card.text).toContain('0 of 6 policies refreshed today.');
  const blocks = JSON.stringify(card.blocks);
  expect(blocks).toContain('Not refreshed: 6 policies');
  expect(blocks).toContain('Link Ana – Meridian');

  await linkAs(firm, ANA, 'S-MA-ANA', true, clock);
  await firm.client.waitForMessage({
    as: ANA,
    channel: 'dm',
    what: 'the card with what came later',
    that: ({ ts, text }) => ts === card.ts && text.includes('5 of 6 policies refreshed today.'),
    ms: 50_000,
  });
  expect(await direct('Before you meet')).toHaveLength(1);
  expect(refused()).toEqual([]);
  await worker[Symbol.asyncDispose]();
});

it('who lost the contact gets nothing, and a downtime over the meeting is owned up to', async () => {
  await start();
  await plan('pham');
  await plan('rosenthal');
  await firm.stopBot();
  await firm.db
    .deleteFrom('book')
    .where(
      'contact_id',
      'in',
      firm.db.selectFrom('contact').select('id').where('name', '=', 'Linda Pham'),
    )
    .execute();
  ahead = THREE + 60_000 - Date.now();
  await firm.startBotAgain();
  await firm.bot.sweep();
  const card = await told('Before you meet Daniel Rosenthal');
  expect(card.text).toContain('This comes late');
  expect(card.text).toContain('I was not running before it');
  expect(await direct('Linda Pham')).toEqual([]);
  const ends = await firm.db.selectFrom('meeting').select('ended_why').orderBy('id').execute();
  expect(ends[0]).toEqual({ ended_why: 'no-access' });
});

it('a time is asked again where it is not one, changed with a picker, and cancelled', async () => {
  await start();
  await firm.client.command(ANA, TEAM, '/sync contact pham before tomorrow at 3');
  const asked = await answerTo(firm, ANA, TEAM, 'more than one time');
  await firm.client.click({
    as: ANA,
    channel: TEAM,
    ts: asked.ts,
    text: 'Wednesday, Nov 25, 3:00 PM EST',
  });
  await answerTo(firm, ANA, TEAM, 'Yes, do that');
  await firm.client.click({ as: ANA, channel: TEAM, ts: asked.ts, text: 'Yes, do that' });
  const set = await answerTo(firm, ANA, TEAM, 'Change the time');
  await firm.client.click({ as: ANA, channel: TEAM, ts: set.ts, text: 'Change the time' });
  await firm.client.waitForModal(ANA, (view) => view.callback_id === 'meeting-time');
  const friday = Date.parse('2026-11-27T15:30:00Z') / 1000;
  await firm.client.submit(ANA, {
    meeting: { 'meeting-at': String(friday) },
  });
  await firm.client.waitForModal(ANA, (view) =>
    JSON.stringify(view).includes('Friday, Nov 27, 10:30 AM'),
  );
  const standing = () =>
    firm.db.selectFrom('meeting').select(['at', 'ended_why']).orderBy('id').execute();
  expect(await standing()).toEqual([{ at: friday * 1000, ended_why: null }]);
  await firm.client.closeModal(ANA);
  await firm.client.command(ANA, TEAM, '/sync status');
  const status = await answerTo(firm, ANA, TEAM, 'Ready before your meetings');
  await firm.client.click({ as: ANA, channel: TEAM, ts: status.ts, text: 'Cancel it' });
  await answerTo(firm, ANA, TEAM, 'is cancelled');
  expect(await standing()).toEqual([{ at: friday * 1000, ended_why: 'cancelled' }]);

  await firm.client.command(BEN, TEAM, '/sync contact pham before tomorrow 3pm');
  await answerTo(firm, BEN, TEAM, 'No contact in your book');
  for (const [typed, words] of [
    ['yesterday 3pm', 'has passed'],
    ['Friday', 'At what time'],
    ['whenever', "don't understand"],
  ] as const) {
    await firm.client.command(ANA, TEAM, `/sync contact pham before ${typed}`);
    await answerTo(firm, ANA, TEAM, words);
  }
  expect(refused()).toEqual([]);
});

it('the modal of a contact plans it as well', async () => {
  await start();
  await firm.client.command(ANA, TEAM, '/sync contact pham');
  await firm.client.waitForModal(ANA, (view) => view.callback_id === 'pick-contact-policies');
  await firm.client.submit(ANA, {
    meeting: { 'meeting-at': String(THREE / 1000) },
  });
  await firm.client.waitForModal(ANA, (view) =>
    JSON.stringify(view).includes('Wednesday, Nov 25, 3:00 PM'),
  );
  expect(await firm.db.selectFrom('request').select('id').execute()).toEqual([]);
  expect(refused()).toEqual([]);
});
