import { sql } from 'kysely';
import { afterEach, expect, it } from 'vitest';
import { answerTo, startFirm, type FirmOptions, type TestFirm } from '#test/support/firm.ts';
import { addFullDay } from '#test/support/full-day.ts';
import { ANA, MARCUS, TEAM } from '#test/support/people.ts';

/** Nine in the morning of a Tuesday in New York. */
const TUESDAY = Date.parse('2026-11-24T14:00:00Z');
const DAY = 24 * 60 * 60_000;

let firm: TestFirm;
let now = 0;

/** Time goes on by itself, so that what waits for it comes; a test moves it further. */
const start = async (options: FirmOptions['config'] = {}): Promise<void> => {
  const began = Date.now();
  now = TUESDAY;
  firm = await startFirm({
    clock: () => now + Date.now() - began,
    config: { digestChannel: TEAM, ...options },
  });
};

afterEach(() => firm[Symbol.asyncDispose]());

const digests = async (channel = TEAM) =>
  (await firm.client.messages(ANA, channel)).filter(
    ({ text, ephemeral }) => !ephemeral && text.includes('Digest of'),
  );

const digestOf = (day: string) =>
  firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: `the digest of ${day}`,
    that: ({ text, ephemeral }) => !ephemeral && text.includes(`Digest of ${day}`),
    ms: 30_000,
  });

const thread = async (ts: string) =>
  (await firm.client.messages(ANA, TEAM, ts)).filter(({ threadTs }) => threadTs === ts);

/** What is marked after the last message comes with no event of the workspace to wait for. */
const shown = async (): Promise<void> => {
  const behind = () =>
    firm.db
      .selectFrom('notification')
      .select('id')
      .where('kind', '=', 'digest')
      .whereRef('shown_version', '<', 'version')
      .execute();
  await expect.poll(behind, { timeout: 60_000 }).toEqual([]);
};

const refused = () =>
  firm.local.workspace.workspace.calls().filter(({ ok, error }) => !ok && error !== 'ratelimited');

it('is posted once a business day, though two bots beat, and not at a weekend', async () => {
  await start();
  const { bot: first } = firm;
  await firm.startBotAgain();
  await Promise.all([first.beat(), firm.bot.beat(), first.beat()]);
  await digestOf('Nov 24, 2026');
  await shown();
  await firm.bot.beat();
  await first[Symbol.asyncDispose]();
  for (const days of [1, 2, 3, 4, 5, 6]) {
    now = TUESDAY + days * DAY;
    await firm.bot.beat();
    await shown();
  }
  await digestOf('Nov 30, 2026');
  await shown();
  const days = (await digests()).map(({ text }) => /Digest of (\w+ \d+)/.exec(text)?.[1]);
  // Thursday is Thanksgiving.
  expect(days).toEqual(['Nov 24', 'Nov 25', 'Nov 27', 'Nov 30']);
});

it('of 10,000 policies is within the limits of Slack, and its numbers are those of the database', async () => {
  await start();
  await addFullDay(firm.db, 10_000, now);
  // Of these nothing was known before the day.
  await sql`update policy_value set observed_at = ${now}
    where policy_id in (select id from policy order by id limit 3000)`.execute(firm.db);
  await firm.bot.beat();
  const card = await digestOf('Nov 24, 2026');
  await shown();
  expect(refused()).toEqual([]);
  expect(firm.logged()).toEqual([]);

  const count = async (where: string): Promise<string> => {
    const { rows } = await sql<{ n: number }>`select count(*) as n from policy p
      join product_status st on st.name = p.status and st.indicator in ('open', 'pending')
      left join sync s on s.id = (select e.id from sync e where e.policy_id = p.id
        and e.finished_at is not null order by e.finished_at desc, e.id desc limit 1)
      where ${sql.raw(where)}`.execute(firm.db);
    return (rows[0]?.n ?? 0).toLocaleString('en-US');
  };
  expect(card.text).toContain(`${await count('1')} syncable policies`);
  const today = `s.finished_at >= ${now - DAY}`;
  expect(card.text).toContain(`Success ${await count(`s.status = 'success' and ${today}`)}`);
  const valued = `s.reason = 'changed' and ${today}`;
  const known = `exists (select 1 from policy_value v
    where v.policy_id = p.id and v.observed_at < ${now - DAY})`;
  expect(card.text).toContain(`changed ${await count(`${valued} and ${known}`)}`);
  expect(card.text).toContain(`first values ${await count(`${valued} and not ${known}`)}`);
  expect(card.text).toContain(`Status differs ${await count(`s.reason = 'status-drift'`)}`);
  // What waits for a link is in the head, in as many as are told beneath.
  const unread =
    (await thread(card.ts)).find(({ text }) => text.includes('Could not be'))?.text ?? '';
  const waiting = /([\d,]+) +\S* ?Needs link/u.exec(unread)?.[1] ?? 'none';
  expect(card.text).toContain(`Needs link ${waiting}`);
  expect(card.text).toContain(`Not Found ${await count(`s.status = 'not-found'`)}`);
  expect(card.blocks.some(({ type }) => type === 'image')).toBe(true);

  const replies = await thread(card.ts);
  const told = JSON.stringify(replies.map(({ blocks }) => blocks));
  expect(replies.length).toBeLessThanOrEqual(9);
  const notFound = await count(`s.reason in ('never-seen', 'gone', 'other-login')`);
  expect(told).toContain(`Not Found: ${notFound}*`);
  expect(told).toContain('Old Harbor Life');

  // Yesterday's numbers make the difference of the next day, and only news counts as one.
  now += DAY;
  await firm.bot.beat();
  const next = await digestOf('Nov 25, 2026');
  await shown();
  expect(next.text).toMatch(/Success 0 \(−[\d,]+\), changed 0 \(−[\d,]+\)/);
  expect(next.text).toMatch(new RegExp(`Not Found ${await count(`s.status = 'not-found'`)}\\b`));
  expect(next.text).not.toContain('The market moved');
});

it('comes later, once, when Slack is away at its hour', async () => {
  await start();
  await firm.local.workspace.workspace.pause();
  await firm.bot.beat();
  await firm.local.workspace.workspace.resume();
  const card = await digestOf('Nov 24, 2026');
  await shown();
  await firm.bot.beat();
  await firm.bot.sweep();
  expect(await digests()).toHaveLength(1);
  const replies = await thread(card.ts);
  expect(new Set(replies.map(({ text }) => text)).size).toBe(replies.length);
});

it('its buttons act for who clicks: an advisor changes nothing outside the own book', async () => {
  await start();
  await addFullDay(firm.db, 1000, now);
  await firm.bot.beat();
  const card = await digestOf('Nov 24, 2026');
  await shown();
  const reply = (await thread(card.ts)).find(({ text }) => text.includes('The status differs'));
  const policy = /"policy\\":\\"(full-policy-\d+)/.exec(JSON.stringify(reply?.blocks))?.[1] ?? '';
  const { person_id: owner } = await firm.db
    .selectFrom('policy as p')
    .innerJoin('book as b', 'b.contact_id', 'p.contact_id')
    .select('b.person_id')
    .where('p.id', '=', policy)
    .executeTakeFirstOrThrow();
  const { slack_user_id: who } = await firm.db
    .selectFrom('person')
    .select('slack_user_id')
    .where('id', '=', owner)
    .executeTakeFirstOrThrow();
  const stranger = who === ANA ? 'UBENCART1' : ANA;
  const click = { channel: TEAM, ts: reply?.ts ?? '', text: 'Update status' };
  await firm.client.click({ as: stranger, ...click });
  await answerTo(firm, stranger, TEAM, 'not in your book', card.ts);
  await firm.client.click({ as: who ?? '', ...click });
  const modal = await firm.client.waitForModal(
    who ?? '',
    (view) => view.callback_id === 'choose-status',
  );
  expect(JSON.stringify(modal.blocks)).toContain('Surrendered');
});

it('is there any time for who asks: their own book, or the firm for a manager', async () => {
  await start();
  await addFullDay(firm.db, 1000, now);
  await firm.client.command(MARCUS, TEAM, '/sync digest');
  const whole = await answerTo(firm, MARCUS, TEAM, 'Digest of Nov 24, 2026');
  await firm.client.command(ANA, TEAM, '/sync digest');
  const own = await answerTo(firm, ANA, TEAM, 'Your book of Nov 24, 2026');
  const policies = ({ text }: { text: string }) =>
    Number(/([\d,]+) syncable/.exec(text)?.[1]?.replace(',', ''));
  expect(policies(own)).toBeGreaterThan(100);
  expect(policies(own)).toBeLessThan(policies(whole));
  expect(own.blocks.some(({ type }) => type === 'image')).toBe(true);
  await firm.client.command(ANA, 'CSHARED01', '/sync digest');
  await answerTo(firm, ANA, 'CSHARED01', 'shared with another company');
});

it('shows what it keeps from a channel to who taps, as far as it is theirs', async () => {
  await start({ channelValues: 'hidden' });
  await addFullDay(firm.db, 1000, now);
  await firm.bot.beat();
  const card = await digestOf('Nov 24, 2026');
  await shown();
  expect(JSON.stringify(card.blocks)).not.toMatch(/\$[\d,]+\.\d\d/);
  for (const who of [MARCUS, ANA])
    await firm.client.click({ as: who, channel: TEAM, ts: card.ts, text: 'Show me which' });
  const whole = await answerTo(firm, MARCUS, TEAM, 'Digest of Nov 24, 2026');
  expect(whole.text).toMatch(/Moved by[^]*\$[\d,]+\.\d\d/);
  await answerTo(firm, ANA, TEAM, 'Your book of Nov 24, 2026');
});

it('goes to somebody of the firm instead of a channel that another company reads', async () => {
  await start({ digestChannel: 'CSHARED01' });
  await firm.bot.beat();
  const support = 'USAMOKAF1';
  const where = () =>
    firm.db
      .selectFrom('notification')
      .select(['channel', 'version', 'shown_version as shown'])
      .where('kind', '=', 'digest')
      .execute();
  await expect
    .poll(where, { timeout: 20_000 })
    .toEqual([{ channel: support, version: 2, shown: 2 }]);
  expect(await digests('CSHARED01')).toEqual([]);
  expect(await firm.client.transcript(support, 'dm')).toContain('Digest of Nov 24, 2026');
  expect(firm.logged().join('')).toContain('shared with another company');
});
