import { describe, expect, it } from 'vitest';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { answerTo, isCardOf } from '#test/support/firm.ts';
import { ANA, BEN, GWEN, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const BOT = 'USYNCBOT1';
const SHARED = 'CSHARED01';
const ONE = '00123-4567';

const { firm, at } = useScriptedFirm({ works: true });

const said = async (as: string, channel: string, text: string, thread?: string) => {
  await firm.client.waitFor({
    as,
    what: 'the bot to be connected',
    read: async () => ((await firm.client.state(as)).bot.connected ? true : undefined),
  });
  const { ok, ts = '' } = await firm.client.post(as, channel, text, thread);
  expect(ok).toBe(true);
  return ts;
};

/** Her conversation with the bot; it begins when she opens the app. */
const directOf = async (as: string): Promise<string> => {
  await firm.client.openHome(as);
  return firm.client.waitFor({
    as,
    what: 'the direct messages',
    read: async () =>
      (await firm.client.state(as)).channels.find(({ kind }) => kind === 'direct')?.id,
  });
};

const reads = (
  as: string,
  channel: string,
  words: string,
  thread?: string,
  after = '',
): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as,
    channel,
    ...(thread === undefined ? {} : { thread }),
    what: `"${words}"`,
    that: (message) =>
      message.user === BOT && message.ts > after && JSON.stringify(message).includes(words),
  });

/** Numbers of open policies of her book at Northbridge, one a contact. */
const booked = async (count: number) => {
  const rows = await firm.db
    .selectFrom('policy as p')
    .innerJoin('contact as c', 'c.id', 'p.contact_id')
    .innerJoin('product_status as st', 'st.name', 'p.status')
    .innerJoin('book as b', 'b.contact_id', 'p.contact_id')
    .innerJoin('person as who', 'who.id', 'b.person_id')
    .select(['p.number', 'c.name', 'p.contact_id'])
    .where('who.slack_user_id', '=', ANA)
    .where('st.indicator', '=', 'open')
    .where('p.carrier_id', '=', 'northbridge-life')
    .orderBy('p.number')
    .execute();
  return [...new Map(rows.map((row) => [row.contact_id, row])).values()].slice(0, count);
};

/** A name that one contact of her book has alone. */
const aName = async (): Promise<string> => {
  const rows = await booked(50);
  const last = (name: string): string => name.split(' ').at(-1) ?? '';
  const found = rows.find(
    ({ name }) =>
      last(name).length > 4 && rows.filter((row) => last(row.name) === last(name)).length === 1,
  );
  if (found === undefined) throw new Error('the seed has changed');
  return found.name;
};

const NOWHERE = { kind: 'absent', closeNumbers: [] } as const;

const requests = async (): Promise<number> =>
  (await firm.db.selectFrom('request').select('id').execute()).length;

describe('the command, without a word of ours', () => {
  it('takes a number alone, and with words around it', async () => {
    await firm.client.command(ANA, TEAM, `/sync ${ONE}`);
    await reads(ANA, TEAM, `Syncing *Margaret Chen* · Northbridge Life *${ONE}*`);
    const [, other] = await booked(2);
    await firm.client.command(ANA, TEAM, `/sync please sync ${other?.number} today.`);
    const said = `Syncing *${other?.name}* · Northbridge Life *${other?.number}*`;
    expect((await reads(ANA, TEAM, said)).ephemeral).toBe(true);
  });

  it.each(['policy number:', 'policy no.', 'Policy #'])(
    'takes a number behind "%s", as a mail has it',
    async (words) => {
      const number = (await booked(4)).at(-1)?.number ?? '';
      const since = (await firm.client.messages(ANA, TEAM)).at(-1)?.ts ?? '';
      await firm.client.command(ANA, TEAM, `/sync ${words} ${number} please`);
      const answer = await firm.client.waitForMessage({
        as: ANA,
        channel: TEAM,
        what: 'the answer',
        that: ({ ephemeral, ts, text }) => ephemeral && ts > since && text.includes(number),
      });
      expect(answer.text).toMatch(/Syncing|is syncing already/);
    },
  );

  it('takes several numbers as one card, and says which are not in the book', async () => {
    const [one, two, three] = await booked(3);
    const before = await requests();
    await firm.client.command(
      ANA,
      TEAM,
      `/sync ${one?.number}, ${two?.number} and ${three?.number}, 99999-8888`,
    );
    const answer = await answerTo(firm, ANA, TEAM, 'Syncing 3 policies');
    expect(JSON.stringify(answer)).toContain('Not in your book: `99999-8888`');
    const card = await reads(ANA, TEAM, `*3 policies*`);
    expect(card.text).toContain(three?.number);
    expect(await requests()).toBe(before + 1);
  });

  it('speaks of one where it knows one of several numbers', async () => {
    const [one] = (await booked(6)).slice(-1);
    await firm.client.command(ANA, TEAM, `/sync ${one?.number} and 99999-7777`);
    const answer = await answerTo(firm, ANA, TEAM, 'Syncing 1 policy. Follow its card here.');
    expect(JSON.stringify(answer)).toContain('99999-7777');
  });

  it('takes a name, and opens the policies of that contact', async () => {
    const name = await aName();
    await firm.client.command(ANA, TEAM, `/sync ${name}`);
    const modal = await firm.client.waitForModal(ANA);
    expect(modal.callback_id).toBe('pick-contact-policies');
    expect(JSON.stringify(modal.blocks)).toContain(name);
    await firm.client.closeModal(ANA);
  });

  it('understands a mistyped word, and says so', async () => {
    await firm.client.command(ANA, TEAM, '/sync polcy 00312-9085');
    const answer = await answerTo(firm, ANA, TEAM, 'I read `polcy` as `policy`');
    expect(JSON.stringify(answer)).toContain('00312-9085');
    await firm.client.command(ANA, TEAM, '/sync stauts');
    await answerTo(firm, ANA, TEAM, 'I read `stauts` as `status`');
  });

  it('takes a name of the book for a name, however near to a command it is', async () => {
    const [{ contact_id: contact } = { contact_id: '' }] = await booked(1);
    const was = await firm.db
      .selectFrom('contact')
      .select(['name', 'search'])
      .where('id', '=', contact)
      .executeTakeFirstOrThrow();
    const rename = (to: { name: string; search: string }) =>
      firm.db.updateTable('contact').set(to).where('id', '=', contact).execute();
    await rename({ name: 'Rose Holt', search: 'rose holt' });
    await firm.client.command(ANA, TEAM, '/sync holt');
    const modal = await firm.client.waitForModal(ANA);
    expect(JSON.stringify(modal.blocks)).toContain('Rose Holt');
    await firm.client.closeModal(ANA);
    await rename(was);
  });

  it('says what it does not know, with help', async () => {
    await firm.client.command(ANA, TEAM, '/sync zzyzx');
    const answer = await answerTo(firm, ANA, TEAM, 'no policy or contact in your book');
    expect(JSON.stringify(answer)).toContain('/sync help');
  });
});

describe('a mention', () => {
  it('in a channel is answered in its thread for that person alone, and its card is there too', async () => {
    const [, , one] = await booked(3);
    const asked = await said(ANA, TEAM, `@Swivel Sync sync ${one?.number} please`);
    const answer = await reads(ANA, TEAM, `*${one?.number}*. Follow its card here`);
    expect(answer.ephemeral).toBe(true);
    const card = await reads(ANA, TEAM, 'asked by Ana Ruiz', asked);
    expect(card.threadTs).toBe(asked);
    const closing = await reads(ANA, TEAM, `<@${ANA}>`, asked);
    expect(closing.threadTs).toBe(asked);
    expect(JSON.stringify(await firm.client.messages(BEN, TEAM))).not.toContain(
      'Follow its card here',
    );
  });

  it('in a thread stays in it, and so does the next card of a click there', async () => {
    const [, , , one] = await booked(4);
    at.answer(one?.number ?? '', NOWHERE, NOWHERE);
    const root = await said(BEN, TEAM, 'How is this one?');
    await said(ANA, TEAM, `<@${BOT}> ${one?.number}`, root);
    const card = await reads(ANA, TEAM, 'asked by Ana Ruiz', root);
    await reads(ANA, TEAM, `<@${ANA}>`, root);
    const before = await requests();
    const guide = await reads(ANA, TEAM, '"re-run"', root);
    await firm.client.click({ as: ANA, channel: TEAM, ts: guide.ts, actionId: 're-run' });
    const next = await firm.client.waitForMessage({
      as: ANA,
      channel: TEAM,
      thread: root,
      what: 'the next card in the same thread',
      that: (message) => message.ts !== card.ts && isAskedBy(message) && message.ts > guide.ts,
    });
    expect(next.threadTs).toBe(root);
    expect(await requests()).toBe(before + 1);
  });

  it('of a contact before a meeting is understood, in the zone of who asks', async () => {
    const name = await aName();
    const root = await said(BEN, TEAM, 'Who meets them?');
    await said(ANA, TEAM, `<@${BOT}> ${name} before tomorrow 3pm`, root);
    const answer = await reads(ANA, TEAM, "I'll refresh", root);
    expect(answer.threadTs).toBe(root);
    expect(JSON.stringify(answer)).toContain('3:00 PM');
    await firm.client.click({ as: ANA, channel: TEAM, ts: answer.ts, text: 'Yes, do that' });
    expect((await reads(ANA, TEAM, 'I refresh', root)).threadTs).toBe(root);
  });

  it('of a name offers the window that no message can open', async () => {
    const name = await aName();
    const asked = await said(ANA, TEAM, `<@${BOT}> ${name}`);
    const answer = await reads(ANA, TEAM, 'Which ones?');
    await firm.client.click({ as: ANA, channel: TEAM, ts: answer.ts, text: 'Choose policies' });
    const modal = await firm.client.waitForModal(ANA);
    expect(modal.callback_id).toBe('pick-contact-policies');
    await firm.client.submit(ANA);
    const card = await reads(ANA, TEAM, `*${name}*`, asked);
    expect(card.threadTs).toBe(asked);
  });

  it('without a word is answered with help', async () => {
    const asked = await said(ANA, TEAM, `<@${BOT}>`);
    const answer = await reads(ANA, TEAM, 'straight from the carrier', undefined, asked);
    expect(answer.ephemeral).toBe(true);
  });

  it('in a channel shared with another company sends the card to the direct messages', async () => {
    const [, , , , one] = await booked(5);
    const asked = await said(ANA, SHARED, `<@${BOT}> ${one?.number}`);
    const answer = await reads(ANA, SHARED, 'The card is in our direct messages');
    expect(answer.ephemeral).toBe(true);
    const others = await firm.client.messages('UMARCUS01', SHARED, asked);
    expect(JSON.stringify(others)).not.toContain(one?.name);
  });

  it('of a guest is refused, and one of a foreign policy finds nothing', async () => {
    const asked = await said(GWEN, SHARED, `<@${BOT}> ${ONE}`);
    const refused = await reads(GWEN, SHARED, 'Guests cannot sync', undefined, asked);
    expect(refused.ephemeral).toBe(true);
    const foreign = await firm.db
      .selectFrom('policy as p')
      .innerJoin('contact as c', 'c.id', 'p.contact_id')
      .select(['p.number', 'c.name'])
      .where('p.contact_id', 'not in', (of) =>
        of
          .selectFrom('book as b')
          .innerJoin('person as who', 'who.id', 'b.person_id')
          .select('b.contact_id')
          .where('who.slack_user_id', '=', BEN),
      )
      .executeTakeFirstOrThrow();
    const theirs = await said(BEN, TEAM, `<@${BOT}> ${foreign.number}`);
    const answer = await reads(BEN, TEAM, foreign.number, undefined, theirs);
    expect(JSON.stringify(answer)).not.toContain(foreign.name);
  });
});

describe('a direct message to the bot', () => {
  it('is understood as the command is, and answered beneath', async () => {
    const direct = await directOf(ANA);
    const before = await requests();
    await said(ANA, direct, ONE);
    const answer = await reads(ANA, direct, `Syncing *Margaret Chen*`);
    expect(answer.ephemeral).toBe(false);
    await firm.client.waitForMessage({
      as: ANA,
      channel: direct,
      what: 'the card',
      that: isCardOf(ANA, ONE),
    });
    expect(await requests()).toBe(before + 1);
    await said(ANA, direct, 'status');
    await reads(ANA, direct, 'login sources');
    await said(ANA, direct, 'sorces');
    await reads(ANA, direct, 'I read `sorces` as `sources`');
  });

  it('in a thread is answered in that thread', async () => {
    const direct = await directOf(ANA);
    const root = await said(ANA, direct, 'help');
    await said(ANA, direct, 'zzyzx', root);
    expect((await reads(ANA, direct, 'zzyzx', root)).threadTs).toBe(root);
  });

  it('that Slack sends twice is heard once', async () => {
    const direct = await directOf(ANA);
    await firm.client.faults({ repeatEnvelopes: 2 });
    await said(ANA, direct, 'zzyzx twice');
    await reads(ANA, direct, 'zzyzx twice');
    await said(ANA, direct, 'help');
    await reads(ANA, direct, 'straight from the carrier');
    await firm.client.faults({});
    const heard = (await firm.client.messages(ANA, direct)).filter(
      ({ user, text }) => user === BOT && text.includes('zzyzx twice'),
    );
    expect(heard).toHaveLength(1);
  });
});

describe('the shortcut on a message', () => {
  it('puts its card into the thread of that message', async () => {
    const [, , , , , one] = await booked(6);
    const root = await said(BEN, TEAM, 'Before the review');
    const reply = await said(ANA, TEAM, `What of ${one?.number}?`, root);
    await firm.client.shortcut({
      as: ANA,
      name: 'Sync policies in this',
      on: { channel: TEAM, ts: reply },
    });
    await firm.client.waitForModal(ANA, ({ blocks }) =>
      JSON.stringify(blocks).includes('one policy'),
    );
    await firm.client.submit(ANA);
    const card = await reads(ANA, TEAM, 'asked by Ana Ruiz', root);
    expect(card.threadTs).toBe(root);
    expect(card.text).toContain(one?.number);
  });
});

const isAskedBy = (message: LocalMessage): boolean =>
  message.user === BOT && JSON.stringify(message.blocks).includes('asked by Ana Ruiz');
