import { SLACK_BUDGET } from '#slack/budget.ts';
import { expect, it } from 'vitest';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { contactSheet, requestContact } from '#core/requests/contacts.ts';
import { answerTo } from '#test/support/firm.ts';
import { isContactCardOf, syncForty } from '#test/support/forty-policies.ts';
import { failure } from '#test/support/scripted-portals.ts';
import { personOnSlack } from '#slack/store.ts';
import { ANA, BEN, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

/** Slack's limits with ten seconds in one. */
const TENFOLD = { updatesPerMinute: 450, floorMs: 300, postBurst: 3, retryMs: 300 };

const { firm, at } = useScriptedFirm({ works: true });

const closingOf = (as: string, card: LocalMessage): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as,
    channel: TEAM,
    thread: card.ts,
    what: 'the closing reply',
    that: (message) => message.threadTs === card.ts && message.text.includes(`<@${as}>`),
  });

/** What of the trust is synced at Northbridge. */
const trustPolicies = () =>
  firm.db
    .selectFrom('policy as p')
    .innerJoin('contact as c', 'c.id', 'p.contact_id')
    .innerJoin('product_status as st', 'st.name', 'p.status')
    .select(['p.id', 'p.number', 'p.carrier_id'])
    .where('c.name', '=', 'Chen Family Trust')
    .where('st.indicator', 'in', ['open', 'pending'])
    .where('p.carrier_id', '=', 'northbridge-life')
    .orderBy('p.number')
    .execute();

it('finds a contact by words in any order, without accents, and by a slip of the fingers', async () => {
  for (const typed of ['margaret chen', 'CHEN Margaret', 'margret chen']) {
    await firm.client.command(ANA, TEAM, `/sync contact ${typed}`);
    const modal = await firm.client.waitForModal(ANA);
    expect(JSON.stringify(modal.blocks)).toContain('Margaret Chen');
    await firm.client.closeModal(ANA);
  }
});

it('offers several contacts of one name with what tells them apart', async () => {
  await firm.client.command(ANA, TEAM, '/sync contact chen');
  const answer = await answerTo(firm, ANA, TEAM, 'Which one?');
  const shown = JSON.stringify(answer.blocks);
  expect(shown).toContain('Chen Family Trust');
  expect(shown).toContain('born 1954');
});

it('knows no contact outside the book', async () => {
  await firm.client.command(BEN, TEAM, '/sync contact margaret chen');
  const answer = await answerTo(firm, BEN, TEAM, 'No contact in your book');
  expect(JSON.stringify(answer)).not.toContain('born 1954');
});

it('syncs what is ticked as one card, and one bad policy does not hold the rest', async () => {
  const mine = await trustPolicies();
  const bad = mine[0]?.number ?? '';
  at.answer(bad, failure('portal-changed'));
  await firm.client.command(ANA, TEAM, '/sync contact chen family trust');
  const modal = await firm.client.waitForModal(ANA);
  expect(JSON.stringify(modal.blocks)).toContain('Not synced');
  const boxes = modal.blocks.find(({ block_id }) => block_id === 'policies:northbridge-life:0');
  const other = modal.blocks.find(({ block_id }) =>
    block_id?.startsWith('policies:meridian-annuity'),
  );
  await firm.client.submit(ANA, {
    [boxes?.block_id ?? '']: { policies: mine.map(({ id }) => id) },
    [other?.block_id ?? '']: { policies: [] },
  });
  const card = await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the card of the contact',
    that: isContactCardOf('Ana Ruiz', 'Chen Family Trust'),
  });
  const closing = await closingOf(ANA, card);
  expect(closing.text).toContain(`${mine.length - 1} synced`);
  expect(closing.text).toContain('1 failed');
  expect(closing.text).toContain(bad);
  const [ended] = await firm.client.messages(ANA, TEAM, card.ts);
  expect(ended?.blocks.map(({ type }) => type)).toContain('data_table');
});

it('says in its window that all of it is syncing already, and where', async () => {
  const mine = await trustPolicies();
  for (const { number } of mine) at.pause(number);
  const ask = async (): Promise<void> => {
    await firm.client.command(ANA, TEAM, '/sync contact chen family trust');
    const { blocks } = await firm.client.waitForModal(ANA);
    const other = blocks.find(({ block_id }) => block_id?.startsWith('policies:meridian-annuity'));
    await firm.client.submit(ANA, { [other?.block_id ?? '']: { policies: [] } });
  };
  await ask();
  await expect.poll(() => at.held().length).toBeGreaterThan(0);
  await ask();
  const said = await firm.client.waitForModal(ANA, ({ blocks }) =>
    JSON.stringify(blocks).includes('See the thread'),
  );
  expect(JSON.stringify(said.blocks)).toContain('syncing already');
  await firm.client.closeModal(ANA);
  at.releaseAll();
});

it('refuses a contact, policies and logins that somebody forged into the modal', async () => {
  const [foreign] = await firm.db
    .selectFrom('policy as p')
    .innerJoin('book as b', 'b.contact_id', 'p.contact_id')
    .innerJoin('person as who', 'who.id', 'b.person_id')
    .select(['p.id', 'p.contact_id'])
    .where('who.slack_user_id', '=', BEN)
    .where('p.contact_id', 'not in', (of) =>
      of
        .selectFrom('book as hers')
        .innerJoin('person as ana', 'ana.id', 'hers.person_id')
        .select('hers.contact_id')
        .where('ana.slack_user_id', '=', ANA),
    )
    .execute();
  const before = await firm.db.selectFrom('request').select('id').execute();
  const store = { db: firm.db, clock: Date.now };
  const actor = await personOnSlack(store, ANA);
  if (actor === undefined || foreign === undefined) throw new Error('the seed has changed');
  const deps = {
    store,
    openBooks: false,
    wake: () => Promise.resolve(true),
    show: () => Promise.resolve(),
    mostForced: 100,
  };
  expect(await contactSheet(deps, actor, foreign.contact_id)).toBe('refused');
  const intent = { sources: {}, origin: { askedIn: TEAM, channel: TEAM }, dedupeKey: 'forged' };
  const asked = { ...intent, contactId: foreign.contact_id, policyIds: [foreign.id] };
  expect(await requestContact(deps, actor, asked)).toEqual({ kind: 'refused' });
  expect(await firm.db.selectFrom('request').select('id').execute()).toEqual(before);
});

it('costs a contact of forty policies at most twelve calls of Slack, and reads the same when Slack is in trouble', async () => {
  const quiet = await syncForty({}, SLACK_BUDGET);
  expect(quiet.calls.length).toBeLessThanOrEqual(12);
  const troubled = await syncForty(
    {
      repeatEnvelopes: 2,
      fail: [
        { method: 'chat.postMessage', times: 2, status: 429, retryAfter: 1 },
        { method: 'chat.update', times: 2, status: 429, retryAfter: 1 },
      ],
    },
    TENFOLD,
  );
  expect(troubled.thread).toBe(quiet.thread);
});
