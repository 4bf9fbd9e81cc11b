import { expect, it } from 'vitest';
import type { LocalMessage, LocalView } from '#simulator/workspace/protocol.ts';
import { messageSheet, requestPolicies } from '#features/message-policies/message-policies.ts';
import { personOnSlack } from '#slack/store.ts';
import { ANA, BEN, GWEN, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const RANDOM = 'CNOBOT001';
const ON_MESSAGE = 'Sync policies in this';

const { firm } = useScriptedFirm({ works: true });

/** Policies of a carrier in a person's book and in nobody else's of these two, one a contact. */
const booked = async (slackId: string, carrier: string, count: number) => {
  const other = slackId === ANA ? BEN : ANA;
  const rows = await firm.db
    .selectFrom('policy as p')
    .innerJoin('contact as c', 'c.id', 'p.contact_id')
    .innerJoin('product_status as st', 'st.name', 'p.status')
    .innerJoin('book as b', 'b.contact_id', 'p.contact_id')
    .innerJoin('person as who', 'who.id', 'b.person_id')
    .select(['p.id', 'p.number', 'p.contact_id', 'c.name'])
    .where('who.slack_user_id', '=', slackId)
    .where('st.indicator', 'in', ['open', 'pending'])
    .where('p.carrier_id', '=', carrier)
    .where('p.contact_id', 'not in', (of) =>
      of
        .selectFrom('book as theirs')
        .innerJoin('person as them', 'them.id', 'theirs.person_id')
        .select('theirs.contact_id')
        .where('them.slack_user_id', '=', other),
    )
    .orderBy('p.number')
    .execute();
  const ofEach = [...new Map(rows.map((row) => [row.contact_id, row])).values()];
  if (ofEach.length < count) throw new Error('the seed has changed');
  return ofEach.slice(0, count);
};

const post = async (as: string, channel: string, text: string, thread?: string) => {
  const { ts = '' } = await firm.client.post(as, channel, text, thread);
  return { channel, ts };
};

const isAnswer = ({ blocks }: LocalView): boolean =>
  !JSON.stringify(blocks).includes('Looking for');

const titleOf = (view: LocalView): string => ('title' in view ? view.title.text : '');

const useOn = async (as: string, on: { channel: string; ts: string }): Promise<LocalView> => {
  expect(await firm.client.shortcut({ as, name: ON_MESSAGE, on })).toEqual({ ok: true });
  return firm.client.waitForModal(as, isAnswer);
};

const cardWith =
  (...words: string[]) =>
  (message: LocalMessage): boolean =>
    message.user === 'USYNCBOT1' &&
    !message.ephemeral &&
    words.every((word) => message.text.includes(word));

/** The conversation with the bot begins with its first message. */
const directOf = (as: string): Promise<string> =>
  firm.client.waitFor({
    as,
    what: 'the direct messages',
    read: async () =>
      (await firm.client.state(as)).channels.find(({ kind }) => kind === 'direct')?.id,
  });

const requests = async (): Promise<number> =>
  (await firm.db.selectFrom('request').select('id').execute()).length;

it('finds the policies of a message, syncs them as one card, and closes with the totals', async () => {
  const [one, two, three] = await booked(ANA, 'northbridge-life', 3);
  const [foreign] = await booked(BEN, 'northbridge-life', 1);
  const modal = await useOn(
    ANA,
    await post(
      ANA,
      TEAM,
      `Before 2026-11-25 please: ${one?.number}, ${two?.number} and ${three?.number.replaceAll('-', ' ')}. Not ${foreign?.number}, not $4,128.00.`,
    ),
  );
  const shown = JSON.stringify(modal.blocks);
  expect(shown).toContain('3 policies');
  for (const policy of [one, two, three])
    expect(shown).toContain(`${policy?.number} · ${policy?.name}`);
  expect(shown).toContain(`Not in your book: \`${foreign?.number}\``);
  expect(shown).not.toContain(foreign?.name);
  expect(shown).not.toContain('2026-11-25');
  const before = await requests();
  await firm.client.submit(ANA);
  const card = await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the card of three',
    that: cardWith('3 policies', one?.number ?? '', three?.name ?? ''),
  });
  const closing = await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    thread: card.ts,
    what: 'the closing reply',
    that: ({ text }) => text.includes(`<@${ANA}> 3 policies: 3 synced`),
  });
  expect(closing.threadTs).toBe(card.ts);
  const [ended] = await firm.client.messages(ANA, TEAM, card.ts);
  const table = JSON.stringify(ended?.blocks.find(({ type }) => type === 'data_table'));
  for (const policy of [one, two, three]) expect(table).toContain(policy?.name);
  expect(await requests()).toBe(before + 1);
});

it('works on a reply in a thread and on the card of the bot itself', async () => {
  const [one] = await booked(ANA, 'northbridge-life', 1);
  const root = await post(ANA, TEAM, 'A question');
  const reply = await useOn(ANA, await post(ANA, TEAM, `About ${one?.number}`, root.ts));
  expect(JSON.stringify(reply.blocks)).toContain('one policy');
  await firm.client.submit(ANA);
  const card = await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    thread: root.ts,
    what: 'the card of one',
    that: (message) => cardWith(one?.number ?? '')(message) && !message.text.includes('3 policies'),
  });
  const again = await useOn(ANA, { channel: TEAM, ts: card.ts });
  expect(JSON.stringify(again.blocks)).toContain(one?.number);
  await firm.client.closeModal(ANA);
});

it('offers close numbers unticked, and says what it looked for', async () => {
  const [one] = await booked(ANA, 'northbridge-life', 1);
  const number = one?.number ?? '';
  const slip = number.replace(/\d(?=\d$)/, (digit) => String((Number(digit) + 1) % 10));
  const modal = await useOn(ANA, await post(ANA, TEAM, `What about ${slip}?`));
  const shown = JSON.stringify(modal.blocks);
  expect(shown).toContain(`I looked for \`${slip}\``);
  expect(shown).toContain(`${number} · ${one?.name}`);
  expect(shown).not.toContain('initial_options');
  await firm.client.submit(ANA);
  const { errors } = await firm.client.waitForModal(ANA, (view) => view.errors !== undefined);
  expect(Object.values(errors ?? {})).toEqual(['Tick at least one policy.']);
  await firm.client.closeModal(ANA);
});

it('says that a message names no policy', async () => {
  const modal = await useOn(ANA, await post(ANA, TEAM, 'Lunch at 12:30 on 11/20/2026? $12.50'));
  expect(JSON.stringify(modal.blocks)).toContain('no policy number in this message');
  expect(modal).not.toHaveProperty('submit');
  await firm.client.closeModal(ANA);
});

it('posts to the direct messages where the bot is not in the channel, and says why', async () => {
  const [one, two] = await booked(ANA, 'northbridge-life', 2);
  await useOn(ANA, await post(ANA, RANDOM, `${one?.number} ${two?.number}`));
  await firm.client.submit(ANA);
  const told = await firm.client.waitForModal(ANA, ({ blocks }) =>
    JSON.stringify(blocks).includes('direct messages'),
  );
  expect(JSON.stringify(told.blocks)).toContain('I am not in that channel');
  await firm.client.waitForMessage({
    as: ANA,
    channel: await directOf(ANA),
    what: 'the card in the DM',
    that: cardWith('2 policies', one?.number ?? ''),
  });
  await firm.client.closeModal(ANA);
});

it('asks for the login of a carrier that has several, and makes one card for the same list', async () => {
  const [one, two] = await booked(ANA, 'meridian-annuity', 2);
  const on = await post(ANA, TEAM, `${one?.number} and ${two?.number}`);
  const modal = await useOn(ANA, on);
  expect(JSON.stringify(modal.blocks)).toContain('Login source at Meridian');
  const before = await requests();
  await firm.client.submit(ANA);
  await firm.client.waitForModal(ANA, (view) => titleOf(view).includes('Link'));
  await firm.client.closeModal(ANA);
  await useOn(ANA, on);
  await firm.client.submit(ANA);
  await firm.client.waitForModal(ANA, (view) => titleOf(view).includes('Link'));
  await firm.client.closeModal(ANA);
  expect(await requests()).toBe(before + 1);
});

it('a repeated envelope opens one modal and makes one request', async () => {
  const [one, two] = await booked(ANA, 'northbridge-life', 2);
  await firm.client.faults({ repeatEnvelopes: 2 });
  const before = await requests();
  await useOn(ANA, await post(ANA, TEAM, `${one?.number} + ${two?.number}`));
  const { modals } = await firm.client.state(ANA);
  expect(modals).toHaveLength(1);
  await firm.client.submit(ANA);
  await firm.client.faults({});
  await firm.client.waitFor({
    as: ANA,
    what: 'the modal to close',
    read: async () => ((await firm.client.state(ANA)).modals.length === 0 ? true : undefined),
  });
  expect(await requests()).toBe(before + 1);
});

it('refuses a guest, a foreign policy and a deactivated person, whatever the modal says', async () => {
  const [mine] = await booked(ANA, 'northbridge-life', 1);
  const [foreign] = await booked(BEN, 'northbridge-life', 1);
  const modal = await useOn(GWEN, await post(GWEN, RANDOM, `${mine?.number}`));
  expect(JSON.stringify(modal.blocks)).toContain('Guests cannot sync policies');
  expect(JSON.stringify(modal.blocks)).not.toContain(mine?.name);
  const store = { db: firm.db, clock: Date.now };
  const ana = await personOnSlack(store, ANA);
  if (ana === undefined) throw new Error('the seed has changed');
  const deps = {
    store,
    openBooks: false,
    mostForced: 100,
    wake: () => Promise.resolve(true),
    show: () => Promise.resolve(),
  };
  const before = await requests();
  const intent = { sources: {}, origin: { askedIn: TEAM, channel: TEAM }, dedupeKey: 'forged' };
  const forged = { ...intent, policyIds: [mine?.id ?? '', foreign?.id ?? ''] };
  expect(await requestPolicies(deps, ana, forged)).toEqual({ kind: 'refused' });
  const gone = { ...ana, active: false };
  const own = { ...intent, policyIds: [mine?.id ?? ''] };
  expect(await requestPolicies(deps, gone, own)).toEqual({ kind: 'refused' });
  expect(await messageSheet(deps, gone, [])).toBe('refused');
  expect(await requests()).toBe(before);
});

it('the global shortcut searches the book from anywhere, and answers in its modal', async () => {
  const [one] = await booked(ANA, 'northbridge-life', 1);
  expect(await firm.client.shortcut({ as: ANA, name: 'Sync a policy' })).toEqual({ ok: true });
  await firm.client.waitForModal(ANA, (view) => titleOf(view) === 'Sync a policy');
  const number = one?.number ?? '';
  await firm.client.choose({ as: ANA, actionId: 'policy-search', typed: number, option: number });
  await firm.client.submit(ANA);
  const told = await firm.client.waitForModal(ANA, (view) => titleOf(view) === 'Swivel Sync');
  expect(JSON.stringify(told.blocks)).toContain(number);
  await firm.client.waitForMessage({
    as: ANA,
    channel: await directOf(ANA),
    what: 'the card in the DM',
    that: (message) => cardWith(number)(message) && !message.text.includes('policies'),
  });
});

it('the shortcut for a contact finds one by name and goes on to its policies, from anywhere', async () => {
  const [one] = await booked(ANA, 'northbridge-life', 1);
  const name = one?.name ?? '';
  expect(await firm.client.shortcut({ as: ANA, name: 'Sync a contact' })).toEqual({ ok: true });
  await firm.client.waitForModal(ANA, (view) => titleOf(view) === 'Sync a contact');
  const search = { as: ANA, actionId: 'contact-search' };
  expect(await firm.client.options({ ...search, typed: 'zzzz' })).toEqual([]);
  await firm.client.choose({ ...search, typed: name.slice(0, 6), option: name });
  await firm.client.submit(ANA);
  const sheet = await firm.client.waitForModal(ANA, (view) =>
    JSON.stringify(view.blocks).includes(one?.number ?? 'nothing'),
  );
  expect(titleOf(sheet)).toBe('Sync a contact');
  await firm.client.closeModal(ANA);
});
