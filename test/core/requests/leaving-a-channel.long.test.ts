import { expect, it } from 'vitest';
import { askFor, isCardOf, startFirm, type TestFirm } from '#test/support/firm.ts';
import { found, scriptPortals } from '#test/support/scripted-portals.ts';
import { ANA, SAM, TEAM } from '#test/support/people.ts';

const NUMBER = '00123-4567';
const GONE = '00774-1099';

/** What everybody there reads. */
const everythingIn = (firm: TestFirm, channel: string): string =>
  JSON.stringify(
    firm.local.workspace.workspace.messages(channel).filter(({ onlyFor }) => onlyFor === undefined),
  );

const cardWithAna = (firm: TestFirm, words: string) =>
  firm.client.waitForMessage({
    as: ANA,
    channel: `D${ANA.slice(1)}`,
    what: `a card with "${words}" in the direct messages`,
    that: (message) =>
      message.threadTs === undefined && JSON.stringify(message.blocks).includes(words),
  });

it('a result does not follow its person out of a channel into the open', async () => {
  await using firm = await startFirm({
    config: { channelValues: 'hidden', supportChannel: 'CSUPPORT1' },
  });
  const { workspace } = firm.local.workspace;
  const at = scriptPortals(firm.facts);
  at.answer(NUMBER, found(NUMBER));
  at.pause(NUMBER);
  await firm.work(at.portals);
  const card = await askFor(firm, ANA, TEAM, `/sync policy ${NUMBER}`);
  await expect.poll(() => at.held()).toContain(NUMBER);
  await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'a card in progress',
    that: ({ ts, text }) => ts === card.ts && text.includes('In progress'),
  });
  workspace.changeChannel(TEAM, { members: [ANA] });
  at.release(NUMBER);

  const moved = await cardWithAna(firm, "because I can't post there");
  expect(JSON.stringify(moved.blocks)).toContain(NUMBER);
  expect(JSON.stringify(moved.blocks)).toContain('$412,812.00');
  await firm.client.waitForMessage({
    as: ANA,
    channel: moved.channel,
    thread: moved.ts,
    what: 'the closing reply',
    that: ({ threadTs, text }) => threadTs === moved.ts && text.includes(`<@${ANA}>`),
  });
  expect(everythingIn(firm, TEAM)).not.toContain(NUMBER);
  expect(everythingIn(firm, TEAM)).not.toContain('412,812');

  // A case leaves its channel in the same way.
  at.answer(GONE, { kind: 'absent', closeNumbers: [] });
  const direct = moved.channel;
  const missing = await askFor(firm, ANA, direct, `/sync policy ${GONE}`, isCardOf(ANA, GONE));
  const guide = await firm.client.waitForMessage({
    as: ANA,
    channel: direct,
    thread: missing.ts,
    what: 'how to resolve it',
    that: ({ threadTs, text }) => threadTs === missing.ts && text.includes('How to resolve it'),
  });
  await firm.client.click({ as: ANA, channel: direct, ts: guide.ts, actionId: 'ask-support' });
  await firm.client.waitForModal(ANA, (view) => view.callback_id === 'ask-support');
  workspace.changeChannel('CSUPPORT1', { archived: true });
  await firm.client.submit(ANA, { words: { words: 'Is that right?' } });
  await firm.client.waitForMessage({
    as: SAM,
    channel: `D${SAM.slice(1)}`,
    what: 'the case with support itself',
    that: (message) => JSON.stringify(message.blocks).includes('Is that right?'),
  });
  expect(everythingIn(firm, 'CSUPPORT1')).not.toContain('Is that right?');
});
