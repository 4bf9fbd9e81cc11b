import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { settleEvent } from '#features/meetings/calendar/store/events.ts';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { calendarOfEvents, twentyEvents } from '#test/support/calendar.ts';
import { answerTo, startFirm, type TestFirm } from '#test/support/firm.ts';
import { ANA, BEN, TEAM } from '#test/support/people.ts';

const HOUR = 60 * 60_000;
const START = Date.parse('2026-11-23T14:00:00Z');

let now = START;
let firm: TestFirm;
let server: Server;
let address: string;
let served: { status: number; body: string };
const twins: string[] = [];

beforeAll(async () => {
  server = createServer((_request, response) => {
    response.writeHead(served.status).end(served.body);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ana-secret-token.ics`;
  served = { status: 200, body: twentyEvents(START) };
  firm = await startFirm({ clock: () => now });
  // Two of her book are called alike.
  const ofAna = await firm.db
    .selectFrom('book as b')
    .innerJoin('person as p', 'p.id', 'b.person_id')
    .innerJoin('policy', 'policy.contact_id', 'b.contact_id')
    .innerJoin('product_status as st', 'st.name', 'policy.status')
    .innerJoin('contact as c', 'c.id', 'b.contact_id')
    .select('b.contact_id')
    .distinct()
    .where('p.slack_user_id', '=', ANA)
    .where('policy.carrier_id', '=', 'northbridge-life')
    .where('st.indicator', '=', 'open')
    .where('c.kind', '=', 'individual')
    .where('c.name', 'not in', ['Margaret Chen', 'Beatriz Coelho', 'Siobhán O’Brien'])
    .limit(2)
    .execute();
  for (const [index, { contact_id: contact }] of ofAna.entries()) {
    twins.push(contact);
    await firm.db
      .updateTable('contact')
      .set({ name: 'Twin Testman', email: `twin.${index === 0 ? 'one' : 'two'}@example.com` })
      .where('id', '=', contact)
      .execute();
  }
});
afterAll(async () => {
  await firm[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
});

/** An hour later the calendar is read again, and what it says is done. */
const read = async (): Promise<void> => {
  now += HOUR + 1000;
  await firm.readCalendars();
  await firm.bot.sweep();
};

const planned = async () =>
  (
    await firm.db
      .selectFrom('meeting as m')
      .innerJoin('contact as c', 'c.id', 'm.contact_id')
      .innerJoin('person as p', 'p.id', 'm.person_id')
      .select(['m.id', 'c.name', 'm.contact_id', 'm.at', 'm.zone'])
      .where('p.slack_user_id', '=', ANA)
      .where('m.ended_at', 'is', null)
      .orderBy('m.at')
      .execute()
  ).map((row) => ({ ...row, at: new Date(row.at).toISOString() }));

const timesOf = async (name: string): Promise<string[]> =>
  (await planned()).filter((row) => row.name === name).map(({ at }) => at);

const directMessages = async (words: string): Promise<LocalMessage[]> => {
  const direct = (await firm.client.state(ANA)).channels.find(({ kind }) => kind === 'direct');
  if (direct === undefined) return [];
  return (await firm.client.messages(ANA, direct.id)).filter((message) =>
    JSON.stringify(message).includes(words),
  );
};
const told = (words: string): Promise<LocalMessage> =>
  firm.client.waitFor({
    as: ANA,
    what: `"${words}" in her direct messages`,
    read: async () => (await directMessages(words)).at(-1),
  });

it('a calendar is given in Slack, and its address is nowhere to be read', async () => {
  await firm.client.command(ANA, TEAM, '/sync meetings');
  const answer = await answerTo(firm, ANA, TEAM, 'No meeting is planned');
  await firm.client.click({ as: ANA, channel: TEAM, ts: answer.ts, text: 'Give my calendar' });
  await firm.client.waitForModal(ANA);
  await firm.client.submit(ANA, { labels: { Address: address } });
  await firm.client.waitForModal(ANA, ({ blocks }) =>
    JSON.stringify(blocks).includes('I read your calendar now'),
  );
  await firm.client.closeModal(ANA);
  const kept = JSON.stringify([
    await firm.db.selectFrom('calendar').selectAll().execute(),
    await firm.db.selectFrom('sealed_secret').selectAll().execute(),
    await firm.db.selectFrom('audit').selectAll().execute(),
    firm.logged(),
  ]);
  expect(kept).toContain('calendar.given');
  expect(kept).not.toContain('ana-secret-token');
});

it('of twenty events those that name a contact of the book are planned', async () => {
  await firm.readCalendars();
  await firm.bot.sweep();
  expect(await timesOf('Margaret Chen')).toEqual([
    '2026-11-24T18:00:00.000Z',
    '2026-11-27T19:00:00.000Z',
  ]);
  expect(await timesOf('Beatriz Coelho')).toHaveLength(5);
  expect(await timesOf('Siobhán O’Brien')).toEqual(['2026-11-25T00:00:00.000Z']);
  // By the e-mail address of who is invited.
  const twin = (await planned()).filter(({ name }) => name === 'Twin Testman');
  expect(twin.map(({ contact_id, at }) => [contact_id, at])).toEqual([
    [twins[0], '2026-11-26T17:00:00.000Z'],
  ]);
  expect((await planned()).every(({ zone }) => zone === 'America/New_York')).toBe(true);
});

it('a doubtful event is asked once, and the answer plans it', async () => {
  const question = await told('Who are you meeting?');
  await read();
  await read();
  expect(await directMessages('Who are you meeting?')).toHaveLength(1);
  await firm.client.click({
    as: ANA,
    channel: question.channel,
    ts: question.ts,
    actionId: 'calendar-whom:1',
  });
  await told('I have their values ready before');
  const twin = (await planned()).filter(({ name }) => name === 'Twin Testman');
  expect(twin.map(({ at }) => at)).toContain('2026-11-26T20:00:00.000Z');
  await read();
  expect(await directMessages('Who are you meeting?')).toHaveLength(0);
});

it('the list says what will be ready and from where, to its person alone', async () => {
  await firm.client.command(ANA, TEAM, '/sync meetings');
  const answer = await answerTo(firm, ANA, TEAM, 'from your calendar: Planning');
  expect(answer.text).toContain('Your calendar is read every hour');
  expect(JSON.stringify(answer)).not.toContain('ana-secret-token');
  await firm.client.command(BEN, TEAM, '/sync meetings');
  await answerTo(firm, BEN, TEAM, 'No meeting is planned');
});

it('what moves in the calendar moves, what is cancelled there is cancelled', async () => {
  const before = (await planned()).find(({ at }) => at === '2026-11-27T19:00:00.000Z');
  served.body = twentyEvents(START)
    .replace('DTSTART:20261127T190000Z', 'DTSTART:20261127T210000Z')
    .replace('SUMMARY:Tokyo', 'STATUS:CANCELLED\r\nSUMMARY:Tokyo');
  await read();
  const after = (await planned()).find(({ at }) => at === '2026-11-27T21:00:00.000Z');
  expect(after?.id).toBe(before?.id);
  expect(await timesOf('Siobhán O’Brien')).toEqual([]);
});

it('a person who moves to another zone takes calendar and meetings along', async () => {
  const { changePerson } = firm.local.workspace.workspace;
  const floating = calendarOfEvents([{ title: 'Margaret Chen', start: '20261126T150000' }]);
  served.body = floating;
  await read();
  expect(await timesOf('Margaret Chen')).toEqual(['2026-11-26T20:00:00.000Z']);
  const zones = async () => [...new Set((await planned()).map(({ zone }) => zone))];
  changePerson(ANA, { timeZone: 'America/Los_Angeles' });
  await expect.poll(zones).toEqual(['America/Los_Angeles']);
  await firm.readCalendars();
  await firm.bot.sweep();
  expect(await timesOf('Margaret Chen')).toEqual(['2026-11-26T23:00:00.000Z']);
  const { warn_at: warnAt } = await firm.db
    .selectFrom('meeting')
    .select('warn_at')
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow();
  // 6 PM there, the evening before.
  expect(new Date(warnAt).toISOString()).toBe('2026-11-26T02:00:00.000Z');

  // Slack's word of it is lost: the look of each day finds it.
  changePerson(ANA, { timeZone: 'America/New_York' }, { eventLost: true });
  now += 18 * HOUR;
  await firm.bot.beat();
  await expect.poll(zones).toEqual(['America/New_York']);
  served.body = twentyEvents(START);
  await read();
});

it('what moves while it is being planned moves then', async () => {
  const { person_id, key, at, meeting_id } = await firm.db
    .selectFrom('calendar_event')
    .selectAll()
    .where('state', '=', 'planned')
    .where('meeting_id', 'is not', null)
    .orderBy('at')
    .executeTakeFirstOrThrow();
  const state = async () =>
    (
      await firm.db
        .selectFrom('calendar_event')
        .select('state')
        .where('person_id', '=', person_id)
        .where('key', '=', key)
        .executeTakeFirstOrThrow()
    ).state;
  // It was looked at when the calendar still had it an hour before.
  await settleEvent(
    { db: firm.db, clock: firm.clock },
    { personId: person_id, key, at: at - HOUR },
    { state: 'planned', meetingId: meeting_id ?? '' },
  );
  expect(await state()).toBe('moved');
  await firm.bot.sweep();
  expect(await state()).toBe('planned');
});

it('a meeting that its person cancels stays cancelled', async () => {
  const [first] = await planned();
  await firm.db
    .updateTable('meeting')
    .set({ ended_at: now, ended_why: 'cancelled' })
    .where('id', '=', first?.id ?? '')
    .execute();
  await read();
  expect((await planned()).map(({ id }) => id)).not.toContain(first?.id);
  expect((await planned()).map(({ at }) => at)).not.toContain(first?.at);
});

it('a broken calendar is told once, keeps what is planned, and again when it breaks anew', async () => {
  const before = (await planned()).length;
  const good = served.body;
  served = { status: 404, body: '' };
  await read();
  await told("I can't read your calendar");
  await read();
  await read();
  expect(await directMessages("I can't read your calendar")).toHaveLength(1);
  expect((await planned()).length).toBe(before);
  served = { status: 200, body: good };
  await read();
  served = { status: 200, body: '<html>Sign in</html>' };
  await read();
  await told("doesn't lead to an iCalendar");
  expect(await directMessages("I can't read your calendar")).toHaveLength(2);
  served = { status: 200, body: good };
});

it('one that does not answer for an hour is not told yet', async () => {
  await read();
  served = { status: 503, body: '' };
  const before = (await directMessages("I can't read your calendar")).length;
  await read();
  expect((await directMessages("I can't read your calendar")).length).toBe(before);
  await read();
  await read();
  await told("hasn't answered for some hours");
});

it('what its person asked for stays when the calendar is removed, and its address is deleted', async () => {
  await firm.client.command(ANA, TEAM, '/sync meetings');
  const answer = await answerTo(firm, ANA, TEAM, 'Remove the calendar');
  await firm.client.click({ as: ANA, channel: TEAM, ts: answer.ts, text: 'Remove the calendar' });
  await answerTo(firm, ANA, TEAM, 'Your calendar is removed');
  await firm.client.waitFor({
    as: ANA,
    what: 'what it planned to be cancelled',
    read: async () => ((await planned()).length === 0 ? true : undefined),
  });
  expect(await firm.db.selectFrom('calendar').selectAll().execute()).toEqual([]);
  const secrets = await firm.db
    .selectFrom('sealed_secret')
    .select('owner_id')
    .where('kind', '=', 'calendar')
    .execute();
  expect(secrets).toEqual([]);
});

it('a person who has left is read no more', async () => {
  served = {
    status: 200,
    body: calendarOfEvents([{ title: 'Margaret Chen', start: '20261201T150000Z' }]),
  };
  await firm.client.command(ANA, TEAM, '/sync meetings');
  const answer = await answerTo(firm, ANA, TEAM, 'Give my calendar');
  await firm.client.click({ as: ANA, channel: TEAM, ts: answer.ts, text: 'Give my calendar' });
  await firm.client.waitForModal(ANA);
  await firm.client.submit(ANA, { labels: { Address: address } });
  await firm.client.waitForModal(ANA, ({ blocks }) => JSON.stringify(blocks).includes('now'));
  await firm.db
    .updateTable('person')
    .set({ deactivated_at: now })
    .where('slack_user_id', '=', ANA)
    .execute();
  await read();
  expect(await planned()).toEqual([]);
  expect(await firm.db.selectFrom('calendar').selectAll().execute()).toEqual([]);
});
