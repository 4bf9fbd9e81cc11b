import { afterEach, expect, it } from 'vitest';
import type { LocalView, LoggedCall } from '#simulator/workspace/protocol.ts';
import { answerTo, isCardOf } from '#test/support/firm.ts';
import { forger } from '#test/support/forgery.ts';
import { ANA, OLIVIA, SUPPORT, TEAM } from '#test/support/people.ts';
import { useFirm } from '#test/support/use-firm.ts';

/** Nothing that Slack does not answer, or answers twice, costs a person their act. */

// Nobody has asked in these yet: what Slack says of a channel is kept for a while.
const REVIEWS = 'GPRIV0001';

const firm = useFirm();
afterEach(() => firm.client.faults({}));

const requests = () => firm.db.selectFrom('request').select('id').execute();

const shows =
  (words: string) =>
  (view: LocalView): boolean =>
    JSON.stringify(view.blocks).includes(words);

it('asks Slack who the bot is once, and not before each ack', async () => {
  await firm.client.command(ANA, TEAM, '/sync help');
  await answerTo(firm, ANA, TEAM, 'straight from the carrier');
  await firm.client.command(ANA, TEAM, '/sync status');
  await answerTo(firm, ANA, TEAM, 'No sync of yours is running');
  const asked = (await firm.client.calls()).filter(({ method }) => method === 'auth.test');
  expect(asked).toHaveLength(1);
});

it('makes a request of a command while every call to Slack fails, and shows its card afterwards', async () => {
  const before = (await requests()).length;
  await firm.client.faults({ fail: [{ method: '*', times: 1_000_000, status: 503 }] });
  await firm.client.command(ANA, TEAM, '/sync policy 00123-4567');
  await expect.poll(requests).toHaveLength(before + 1);
  await firm.client.faults({});
  // Nothing is shown before Slack has said that this channel may have it.
  await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the card',
    that: isCardOf(ANA, '00123-4567'),
  });
});

it('answers with the names of clients once Slack tells of the channel again, and not before', async () => {
  const begun = (await firm.client.calls()).length;
  const failed = async (): Promise<number> =>
    (await firm.client.calls())
      .slice(begun)
      .filter(({ method, error }) => method === 'conversations.info' && error !== undefined).length;
  await firm.client.faults({ fail: [{ method: '*', times: 1_000_000, status: 503 }] });
  await firm.client.command(ANA, TEAM, '/sync history 00123-4567');
  await expect.poll(failed).toBeGreaterThan(1);
  await firm.client.faults({});
  await answerTo(firm, ANA, TEAM, 'Values over time');
  const told = firm.local.workspace.workspace.messages(TEAM);
  expect(told.map(({ text }) => text).join('\n')).not.toContain('I show no values');
});

it('brings a card to who waits for it where Slack does not tell of its channel, and says why', async () => {
  await firm.client.faults({
    fail: [{ method: 'conversations.info', times: 1_000_000, status: 503 }],
  });
  await firm.client.command(ANA, REVIEWS, '/sync policy 00229-5167');
  const card = await firm.client.waitForMessage({
    as: ANA,
    channel: 'dm',
    what: 'the card',
    that: isCardOf(ANA, '00229-5167'),
  });
  expect(JSON.stringify(card.blocks)).toContain("Slack doesn't tell me who reads that channel");
  const inTeam = await firm.client.messages(ANA, REVIEWS);
  expect(inTeam.filter(isCardOf(ANA, '00229-5167'))).toEqual([]);
});

it('waits while Slack wants to be asked later of a channel, and the card comes there', async () => {
  await firm.client.faults({
    fail: [
      { method: 'conversations.info', times: 2, status: 429, retryAfter: 1, error: 'ratelimited' },
    ],
  });
  await firm.client.command(ANA, SUPPORT, '/sync policy 00306-4922');
  const card = await firm.client.waitForMessage({
    as: ANA,
    channel: SUPPORT,
    what: 'the card',
    that: isCardOf(ANA, '00306-4922'),
  });
  expect(JSON.stringify(card.blocks)).not.toContain('Slack doesn');
});

it('answers each act before Slack answers it anything, with its request written down', async () => {
  const [first, second, third] = ['00123-4567', '00312-9085', '00276-1185'];
  await firm.client.command(ANA, TEAM, `/sync policy ${first}`);
  const card = await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'her card',
    that: isCardOf(ANA, first ?? ''),
  });
  await firm.client.click({ as: ANA, channel: TEAM, ts: card.ts, text: 'Cancel' });
  await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the card with its button',
    that: (message) => message.ts === card.ts && JSON.stringify(message).includes('Sync again'),
  });
  const { ts = '' } = await firm.client.post(ANA, TEAM, `Please check ${first} and ${third}.`);
  await firm.client.shortcut({
    as: ANA,
    name: 'sync-from-message',
    on: { channel: TEAM, ts },
  });
  await firm.client.waitForModal(ANA, shows(third ?? ''));
  const before = (await requests()).length;
  const isWritten = async (acts: number) => expect(await requests()).toHaveLength(before + acts);

  await firm.client.faults({ delayMs: 5000 });
  await firm.client.command(ANA, TEAM, `/sync policy ${second}`);
  await isWritten(1);
  await firm.client.command(ANA, TEAM, `/sync ${second} ${third}`);
  await isWritten(2);
  await firm.client.click({ as: ANA, channel: TEAM, ts: card.ts, text: 'Sync again' });
  await isWritten(3);
  await firm.client.submit(ANA);
  await isWritten(4);
});

const isOpening = ({ method }: { method: string }): boolean => method === 'views.open';

it('opens a modal once when the answer to its opening is lost, and it works', async () => {
  await firm.client.faults({ dropAfter: [{ method: 'views.open', times: 1 }] });
  await firm.client.command(OLIVIA, TEAM, '/sync contact');
  await firm.client.waitForModal(OLIVIA);
  await firm.client.choose({
    as: OLIVIA,
    actionId: 'contact-search',
    typed: 'Chen Family',
    option: 'Chen Family Trust',
  });
  await firm.client.submit(OLIVIA);
  await firm.client.waitForModal(OLIVIA, shows('Chen Family Trust'));
  await firm.client.closeModal(OLIVIA);
  const opened = () => firm.client.calls().then((calls) => calls.filter(isOpening).length);
  await expect.poll(opened).toBe(2);
  await firm.client.command(OLIVIA, TEAM, '/sync help');
  const answer = await answerTo(firm, OLIVIA, TEAM, 'straight from the carrier');
  const told = firm.local.workspace.workspace.messages(TEAM);
  expect(told.filter(({ onlyFor }) => onlyFor === OLIVIA).map(({ ts }) => ts)).toEqual([answer.ts]);
});

it('fills a modal that opened empty when the answers to opening and filling it are lost', async () => {
  const { ts = '' } = await firm.client.post(ANA, TEAM, 'Please check 00123-4567 today.');
  await firm.client.faults({
    dropAfter: [
      { method: 'views.open', times: 1 },
      { method: 'views.update', times: 1 },
    ],
  });
  await firm.client.shortcut({
    as: ANA,
    name: 'Sync policies in this',
    on: { channel: TEAM, ts },
  });
  const filled = await firm.client.waitForModal(ANA, shows('00123-4567'));
  expect(JSON.stringify(filled.blocks)).not.toContain('Looking for');
  await firm.client.closeModal(ANA);
});

it('offers the way to a modal that Slack does not open', async () => {
  await firm.client.faults({ fail: [{ method: 'views.open', times: 9, error: 'internal_error' }] });
  await firm.client.command(ANA, TEAM, '/sync contact chen family trust');
  const offer = await answerTo(firm, ANA, TEAM, 'Press *Choose policies*');
  await firm.client.faults({});
  await firm.client.click({ as: ANA, channel: TEAM, ts: offer.ts, text: 'Choose policies' });
  const opened = await firm.client.waitForModal(ANA, shows('Chen Family Trust'));
  expect(opened.type).toBe('modal');
  await firm.client.closeModal(ANA);
});

it('acknowledges what nobody listens to, and says that it is old', async () => {
  const forge = forger(firm, TEAM);
  expect(await forge.click(ANA, 'a-button-of-last-year', '{}')).toMatchObject({ kind: 'acked' });
  await answerTo(firm, ANA, TEAM, 'out of date');
  expect(await forge.submit(ANA, 'a-modal-of-last-year', '{}', {})).toMatchObject({
    kind: 'acked',
    payload: { response_action: 'update' },
  });
  const { workspace } = firm.local.workspace;
  const base = { team: { id: firm.local.workspace.teamId }, user: { id: ANA } };
  const from = { person: ANA, channel: TEAM };
  const suggestion = { ...base, type: 'block_suggestion', action_id: 'gone', value: 'x' };
  expect(await workspace.forge('interactive', from, suggestion)).toEqual({
    kind: 'acked',
    payload: { options: [] },
  });
  const shortcut = { ...base, type: 'shortcut', callback_id: 'a-shortcut-of-last-year' };
  expect(await workspace.forge('interactive', from, shortcut)).toMatchObject({ kind: 'acked' });
  await firm.client.waitForModal(ANA, shows('out of date'));
  await firm.client.closeModal(ANA);
});

it('acknowledges what a connection brought before that connection goes', async () => {
  const calls = async (that: (call: LoggedCall) => boolean) =>
    (await firm.client.calls()).filter(that).length;
  const opened = () => calls(({ method }) => method === 'apps.connections.open');
  const before = await opened();
  // Who a stranger is, is asked before the ack.
  await firm.client.faults({ hang: [{ method: 'users.info', times: 9, carriedOut: false }] });
  const sent = forger(firm, TEAM).command('UNOBODY01', 'help');
  await expect
    .poll(() => calls(({ error }) => error === 'not_answered'), { interval: 5 })
    .toBeGreaterThan(0);
  firm.local.workspace.workspace.refreshConnections();
  expect(await sent).toMatchObject({ kind: 'acked' });
  await firm.client.faults({});
  await expect.poll(opened).toBe(before + 2);
  await expect.poll(() => firm.local.workspace.workspace.connections(), { interval: 5 }).toBe(2);
});

const cardsIn = async (channel: string, number: string) =>
  (await firm.client.messages(ANA, channel)).filter(isCardOf(ANA, number));

/** So many more requests are there, and Slack shows them all. */
const shownAfter = async (before: number): Promise<void> => {
  await expect.poll(requests).toHaveLength(before + 1);
  await expect
    .poll(() =>
      firm.db
        .selectFrom('request')
        .select('id')
        .whereRef('shown_version', '<', 'version')
        .execute(),
    )
    .toEqual([]);
};

it('shows one card in a direct message when the answer to its post is lost', async () => {
  await firm.db.deleteFrom('direct_channel').execute();
  let made = (await requests()).length;
  // Nobody has told which conversation it is: the second post does, and the first one goes.
  await firm.client.faults({ dropAfter: [{ method: 'chat.postMessage', times: 1 }] });
  await firm.client.command(ANA, 'dm', '/sync policy 00312-9085');
  await shownAfter(made);
  expect(await cardsIn('dm', '00312-9085')).toHaveLength(1);
  made = (await requests()).length;
  // From now on it is known, and the earlier post is found.
  const posts = async () =>
    (await firm.client.calls()).filter(({ method }) => method === 'chat.postMessage').length;
  const before = await posts();
  await firm.client.faults({ dropAfter: [{ method: 'chat.postMessage', times: 1 }] });
  await firm.client.command(ANA, 'dm', '/sync policy 00774-1099');
  await shownAfter(made);
  expect(await cardsIn('dm', '00774-1099')).toHaveLength(1);
  expect(await posts()).toBe(before + 1);
});

const toldTo = (person: string): string[] =>
  firm.local.workspace.workspace
    .messages(TEAM)
    .filter(({ onlyFor }) => onlyFor === person)
    .map(({ text }) => text);

it('says neither twice nor untruly what it has said when the answer to its saying is lost', async () => {
  const BEN = 'UBENCART1';
  await firm.client.faults({
    dropAfter: [
      { method: 'response_url', times: 1 },
      { method: 'chat.postEphemeral', times: 1 },
    ],
  });
  await firm.client.command(BEN, TEAM, '/sync status');
  await answerTo(firm, BEN, TEAM, 'No sync of yours');
  await firm.client.post(BEN, TEAM, '@Swivel Sync help');
  await answerTo(firm, BEN, TEAM, 'straight from the carrier');
  // What comes after it in its turn is there: nothing is on its way any more.
  const before = (await firm.client.calls()).length;
  await firm.client.post(BEN, TEAM, '@Swivel Sync help');
  await expect.poll(async () => (await firm.client.calls()).length).toBeGreaterThan(before);
  await expect.poll(() => toldTo(BEN).length).toBe(3);
  expect(toldTo(BEN).join('\n')).not.toContain('could not');
});
