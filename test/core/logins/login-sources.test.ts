import { loginRow } from '#test/support/logins.ts';
import { expect, it } from 'vitest';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { answerTo, askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { ANA, BEN, MARCUS, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const LONG = 20_000;

const { firm, at } = useScriptedFirm({ works: true });

/** The newest answer with these words; an answer that was replaced keeps its place. */
const list = async (as: string, words: string): Promise<LocalMessage> => {
  await firm.client.command(as, TEAM, '/sync sources');
  return answerTo(firm, as, TEAM, words);
};

const isAnswer =
  (...words: string[]) =>
  (message: LocalMessage): boolean =>
    message.ephemeral && words.every((word) => JSON.stringify(message).includes(word));

const sourceRow = (id: string) => loginRow(firm.db, id);

const audited = async (sourceId: string): Promise<string[]> =>
  (
    await firm.db
      .selectFrom('audit')
      .select('action')
      .where('subject_id', '=', sourceId)
      .orderBy('id')
      .execute()
  ).map(({ action }) => action);

/** A line of the menu beside a login, in the list as it is now. */
const choose = async (as: string, on: LocalMessage, source: string, act: string) => {
  const now = (await firm.client.messages(as, TEAM)).find(({ ts }) => ts === on.ts);
  const row = now?.blocks.find(
    (block) => block.type === 'section' && JSON.stringify(block).includes(source),
  );
  const menu = row?.type === 'section' ? row.accessory : undefined;
  if (menu?.type !== 'overflow') throw new Error(`there is no menu of ${source}`);
  const option =
    menu.options.find(({ value = '' }) => value.includes(`"source-${act}"`))?.value ?? '';
  const actionId = menu.action_id ?? '';
  return firm.client.choose({ as, channel: TEAM, ts: on.ts, actionId, option });
};

it('lists the own logins with how each stands, Link buttons in one row', async () => {
  const answer = await list(ANA, 'Your login sources');
  const drawn = await firm.client.transcript(ANA, TEAM);
  expect(drawn).toContain('Ana – Northbridge');
  expect(drawn).toContain('Harbor Agency – Meridian');
  expect(drawn).not.toContain('Olivia – Northbridge');
  const links = answer.blocks.find(({ block_id }) => block_id === 'links');
  expect(JSON.stringify(links)).toContain('Link Ana – Meridian');
  expect(JSON.stringify(links)).not.toContain('Link Ana – Northbridge');
});

it(
  'holds a login at once at the policy boundary, tells the cards, and goes on when it is over',
  async () => {
    const source = await firm.sourceId('S-NB-ANA');
    at.pause('00123-4567');
    const running = await askFor(
      firm,
      ANA,
      TEAM,
      '/sync policy 00123-4567',
      isCardOf(ANA, '00123-4567'),
    );
    await expect.poll(() => at.held(), { timeout: LONG }).toContain('00123-4567');
    const waiting = await askFor(
      firm,
      ANA,
      TEAM,
      '/sync policy 00312-9085',
      isCardOf(ANA, '00312-9085'),
    );
    await firm.client.command(ANA, TEAM, '/sync hold northbridge ana');
    const answer = await answerTo(firm, ANA, TEAM, 'is yours until');
    at.release('00123-4567');
    expect((await closingOf(firm, ANA, TEAM, running)).text).toContain('Success');
    await firm.client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'the card to say that it is on hold',
      that: ({ ts, text }) => ts === waiting.ts && text.includes('on hold'),
    });
    await expect
      .poll(async () => (await sourceRow(source)).lease_expires_at, { timeout: LONG })
      .toBe(0);
    expect(at.readsOf('00312-9085')).toBe(0);
    await firm.client.click({ as: ANA, channel: TEAM, ts: answer.ts, actionId: 'hold-end' });
    expect((await closingOf(firm, ANA, TEAM, waiting)).text).toContain('Success');
    expect(await audited(source)).toEqual(
      expect.arrayContaining(['source.held', 'source.hold-ended']),
    );
  },
  3 * LONG,
);

/** Ana's login on hold by her, and a card that waits for it. */
const waitsForHold = async () => {
  const source = await firm.sourceId('S-NB-ANA');
  await firm.client.command(ANA, TEAM, '/sync hold northbridge ana');
  await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the hold',
    that: isAnswer('is yours until', source),
  });
  const card = await askFor(
    firm,
    ANA,
    TEAM,
    '/sync policy 00774-1099',
    isCardOf(ANA, '00774-1099'),
  );
  return { source, card };
};

it('ends a hold from the card that waits for it, by whoever may', async () => {
  const { source, card } = await waitsForHold();
  const release = { channel: TEAM, ts: card.ts, actionId: `release:${source}` };
  await firm.client.click({ as: BEN, ...release });
  await answerTo(firm, BEN, TEAM, 'is not yours to change');
  expect((await sourceRow(source)).held_until).not.toBeNull();

  await firm.client.click({ as: ANA, ...release });
  await answerTo(firm, ANA, TEAM, 'has ended');
  expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Success');
});

it('ends a hold by itself when its time is over', async () => {
  const { source, card } = await waitsForHold();
  await firm.db
    .updateTable('login_hold')
    .set({ until: firm.clock() - 1 })
    .where('source_id', '=', source)
    .execute();
  expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Success');
  await expect.poll(async () => (await sourceRow(source)).held_until).toBeNull();
});

it(
  'unlinks and removes at once: secrets, lease and consent are gone, and what waits is told',
  async () => {
    const id = await firm.sourceId('S-NB-ANA');
    at.pause('00947-2210');
    const running = await askFor(
      firm,
      ANA,
      TEAM,
      '/sync policy 00947-2210',
      isCardOf(ANA, '00947-2210'),
    );
    await expect.poll(() => at.held(), { timeout: LONG }).toContain('00947-2210');
    const answer = await list(ANA, id);
    await choose(ANA, answer, id, 'unlink');
    await firm.client.waitForModal(ANA, (view) => view.callback_id === 'change-source:unlink');
    await firm.client.submit(ANA);
    await firm.client.waitForModal(ANA, (view) => JSON.stringify(view).includes('is unlinked'));
    await firm.client.closeModal(ANA);
    await firm.client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'the card to ask for a link',
      that: ({ ts, text }) => ts === running.ts && text.includes('is unlinked'),
    });
    const secrets = () =>
      firm.db.selectFrom('sealed_secret').select('kind').where('source_id', '=', id).execute();
    expect(await secrets()).toEqual([]);
    expect(await sourceRow(id)).toMatchObject({ linked: 0, consent_by: null, lease_expires_at: 0 });
    at.release('00947-2210');

    await firm.client.command(MARCUS, TEAM, '/sync sources');
    const mine = await answerTo(firm, MARCUS, TEAM, 'Your login sources');
    await firm.client.click({
      as: MARCUS,
      channel: TEAM,
      ts: mine.ts,
      actionId: 'source-list:firm',
    });
    const all = await firm.client.waitForMessage({
      as: MARCUS,
      channel: TEAM,
      what: 'every login of the firm',
      that: isAnswer("The firm's login sources", 'Olivia'),
    });
    await choose(MARCUS, all, id, 'remove');
    await firm.client.waitForModal(MARCUS, (view) => view.callback_id === 'change-source:remove');
    await firm.client.submit(MARCUS);
    await firm.client.waitForMessage({
      as: MARCUS,
      channel: TEAM,
      what: 'the list of the firm, without it',
      that: (message) =>
        message.ephemeral &&
        JSON.stringify(message.blocks).includes("The firm's login sources") &&
        !JSON.stringify(message.blocks).includes(id),
    });
    const closing = await closingOf(firm, ANA, TEAM, running);
    expect(closing.text).toContain('was removed');
    const row = await sourceRow(id);
    expect(row.removed_at).not.toBeNull();
    expect(await audited(id)).toEqual(
      expect.arrayContaining(['source.unlinked', 'source.removed']),
    );
    await firm.client.click({ as: ANA, channel: TEAM, ts: running.ts, actionId: 're-run' });
    await answerTo(firm, ANA, TEAM, 'No login source of');
  },
  3 * LONG,
);

it('adds, renames and shares a login, each in a modal, and the list follows', async () => {
  const answer = await list(ANA, 'Your login sources');
  await firm.client.click({ as: ANA, channel: TEAM, ts: answer.ts, actionId: 'source-add' });
  await firm.client.waitForModal(ANA, ({ callback_id }) => callback_id === 'add-source');
  const added = await firm.client.submit(ANA, {
    carrier: { carrier: 'meridian-annuity' },
    name: { name: 'Second desk' },
  });
  expect(added.problem).toBeUndefined();
  await firm.client.waitForModal(ANA, (view) => JSON.stringify(view).includes('Second desk'));
  const { id } = await firm.db
    .selectFrom('login_source')
    .select('id')
    .where('name', '=', 'Second desk')
    .executeTakeFirstOrThrow();
  await firm.client.closeModal(ANA);
  const follows = await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the list with the new login',
    that: isAnswer('Your login sources', 'Second desk'),
  });

  await choose(ANA, follows, id, 'rename');
  await firm.client.waitForModal(ANA, (view) => view.callback_id === 'change-source:rename');
  await firm.client.submit(ANA, { name: { name: 'ana – meridian' } });
  const refused = await firm.client.waitForModal(ANA, ({ errors }) => errors !== undefined);
  expect(refused.errors).toEqual({ name: expect.stringContaining('of that name') as string });
  await firm.client.submit(ANA, { name: { name: 'Front desk' } });
  await firm.client.waitForModal(ANA, (view) => JSON.stringify(view).includes('is now called'));
  await firm.client.closeModal(ANA);
  await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the list with the new name',
    that: isAnswer('Your login sources', 'Front desk'),
  });

  await choose(ANA, follows, id, 'share');
  await firm.client.waitForModal(ANA, (view) => view.callback_id === 'change-source:share');
  await firm.client.submit(ANA, { people: { people: [BEN] } });
  await firm.client.waitForModal(ANA, (view) => JSON.stringify(view).includes('is shared'));
  await firm.client.closeModal(ANA);
  await firm.client.waitForMessage({
    as: BEN,
    channel: 'dm',
    what: 'what he may do with it from now on',
    that: ({ text }) => text.includes('Front desk is shared with you') && text.includes('Ana Ruiz'),
  });
  const his = await list(BEN, 'Front desk');
  // Shared is to use and to link it; the rest stays the holder's.
  const menu = his.blocks.find(
    (block) => block.type === 'section' && JSON.stringify(block).includes('Front desk'),
  );
  expect(JSON.stringify(menu)).not.toContain('Remove');
  expect(await audited(id)).toEqual(['source.added', 'source.renamed', 'source.shared']);
});
