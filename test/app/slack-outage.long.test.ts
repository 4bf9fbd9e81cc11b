import { expect, it } from 'vitest';
import type { Faults, LocalMessage } from '#simulator/workspace/protocol.ts';
import { askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { linkAs } from '#test/support/person-links.ts';
import { failure } from '#test/support/scripted-portals.ts';
import { ANA, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const NUMBER = '00123-4567';

const { firm, at } = useScriptedFirm({ each: true });

const ask = (number = NUMBER): Promise<LocalMessage> =>
  askFor(firm, ANA, TEAM, `/sync policy ${number}`, isCardOf(ANA, number));

const held = async (what: string): Promise<void> => {
  await expect.poll(() => at.held(), { timeout: 20_000 }).toEqual([what]);
};

/** Everything a channel holds that people see, without the times of this run. */
const seen = async (): Promise<string> =>
  (await firm.client.messages(ANA, TEAM)).map(({ text }) => text).join('\n');

const repliesOf = async (card: LocalMessage): Promise<string[]> =>
  (await firm.client.messages(ANA, TEAM, card.ts))
    .filter(({ threadTs }) => threadTs === card.ts)
    .map(({ text }) => text);

/** A sync through refusal, link and success, as its thread ends: the longest thread there is. */
const wholeStory = async (faults: Faults): Promise<{ card: string; replies: string[] }> => {
  at.answerSignIn(await firm.sourceId('S-NB-ANA'), failure('bad-credentials'), {
    kind: 'signed-in',
  });
  await firm.work(at.portals);
  firm.local.workspace.workspace.setFaults(faults);
  const asked = await ask();
  await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    thread: asked.ts,
    what: 'the refusal',
    that: ({ text, threadTs }) => threadTs === asked.ts && text.includes('Needs link'),
    ms: 40_000,
  });
  await linkAs(firm, ANA, 'S-NB-ANA');
  await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    thread: asked.ts,
    what: 'the success',
    that: ({ text, threadTs }) => threadTs === asked.ts && text.includes('Success'),
    ms: 40_000,
  });
  await everythingShown();
  const cards = (await firm.client.messages(ANA, TEAM)).filter(isCardOf(ANA, NUMBER));
  expect(cards).toHaveLength(1);
  const [card] = cards;
  if (card === undefined) throw new Error('There is no card.');
  return { card: card.text, replies: await repliesOf(card) };
};

const everythingShown = async (): Promise<void> => {
  await expect
    .poll(
      () =>
        firm.db
          .selectFrom('request')
          .select('id')
          .whereRef('shown_version', '<', 'version')
          .execute(),
      { timeout: 40_000 },
    )
    .toEqual([]);
};

/** The card, then its replies, as Slack shows them when it behaves. */
const WHOLE = {
  card: expect.stringContaining('Success'),
  replies: [
    expect.stringContaining('Needs link'),
    expect.stringContaining('is linked. The sync starts by itself.'),
    expect.stringContaining('Success'),
  ],
};

it('completes the thread after Slack was out of reach from the read to the result', async () => {
  await firm.work(at.portals);
  at.pause(NUMBER);
  const card = await ask();
  await held(NUMBER);
  const slack = firm.local.workspace.workspace;
  await slack.pause();
  at.release(NUMBER);
  await expect
    .poll(
      async () =>
        (
          await firm.db
            .selectFrom('sync as s')
            .innerJoin('request_sync as r', 'r.sync_id', 's.id')
            .select('s.status')
            .executeTakeFirstOrThrow()
        ).status,
      { timeout: 20_000 },
    )
    .toBe('success');
  await slack.resume();
  await closingOf(firm, ANA, TEAM, card);
  await everythingShown();
  expect(await repliesOf(card)).toEqual([expect.stringContaining('Success')]);
  const cards = (await firm.client.messages(ANA, TEAM)).filter(isCardOf(ANA, NUMBER));
  expect(cards.map(({ text }) => text)).toEqual([expect.stringContaining('Success')]);

  // The bot hears commands again without being started anew.
  await expect.poll(() => slack.connections(), { timeout: 40_000 }).toBeGreaterThan(0);
  await closingOf(firm, ANA, TEAM, await ask('00312-9085'));
});

it('shows the same thread when Slack limits it, fails it and drops its answers', async () => {
  expect(
    await wholeStory({
      fail: [
        { method: 'chat.postMessage', times: 1, retryAfter: 1 },
        { method: 'chat.update', times: 1, retryAfter: 1 },
      ],
      dropAfter: [
        { method: 'chat.postMessage', times: 2 },
        { method: 'chat.update', times: 1 },
      ],
    }),
  ).toEqual(WHOLE);
  expect(at.passwords()).toHaveLength(2);
});

it('shows the same thread when every envelope comes three times', async () => {
  expect(await wholeStory({ repeatEnvelopes: 3 })).toEqual(WHOLE);
  expect(at.passwords()).toHaveLength(2);
});

it('makes one request of each command when envelopes come repeated and out of order', async () => {
  await firm.work(at.portals);
  firm.local.workspace.workspace.setFaults({ repeatEnvelopes: 2, reorderEnvelopes: 2 });
  await Promise.all([
    firm.client.command(ANA, TEAM, `/sync policy ${NUMBER}`),
    firm.client.command(ANA, TEAM, '/sync policy 00312-9085'),
  ]);
  for (const number of [NUMBER, '00312-9085']) {
    const card = await firm.client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'the card',
      that: isCardOf(ANA, number),
    });
    await closingOf(firm, ANA, TEAM, card);
    expect(at.readsOf(number)).toBe(1);
  }
  await everythingShown();
  expect(await firm.db.selectFrom('request').select('id').execute()).toHaveLength(2);
  expect((await seen()).match(/Syncing/g)).toHaveLength(2);
});

it('answers a modal as if its submission had come once, though it came twice', async () => {
  const OLIVIA = 'UOLIVIA01';
  firm.local.workspace.workspace.setFaults({ repeatEnvelopes: 2 });
  await firm.client.command(OLIVIA, TEAM, '/sync policy');
  await firm.client.waitForModal(OLIVIA);
  await firm.client.choose({
    as: OLIVIA,
    actionId: 'policy-search',
    typed: NUMBER,
    option: `${NUMBER} · Margaret Chen`,
  });
  await firm.client.submit(OLIVIA);
  const picker = await firm.client.waitForModal(OLIVIA, (view) =>
    JSON.stringify(view.blocks).includes('Login source'),
  );
  expect(JSON.stringify(picker.blocks)).toContain('Ana – Northbridge');
});

it('answers somebody whom neither Slack nor the firm knows just now', async () => {
  const OLIVIA = 'UOLIVIA01';
  await firm.db
    .updateTable('person')
    .set({ slack_user_id: null, email: 'nobody@harborpoint.example' })
    .where('name', '=', 'Olivia Grant')
    .execute();
  firm.local.workspace.workspace.setFaults({
    fail: [{ method: 'users.info', times: 1000, status: 500 }],
  });
  // What the list of accounts said of her counts no more.
  firm.local.workspace.workspace.changePerson(OLIVIA, {});
  await expect
    .poll(async () => {
      await firm.client.command(OLIVIA, TEAM, `/sync policy ${NUMBER}`);
      return firm.client.transcript(OLIVIA, TEAM);
    })
    .toContain('did not work just now');
  firm.local.workspace.workspace.setFaults({});
  expect((await ask()).text).toContain('Queued');
});
