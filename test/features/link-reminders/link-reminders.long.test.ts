import { giveConsent, trustDevice } from '#core/logins/store/consent.ts';
import { warningsShown } from '#features/link-reminders/store.ts';
import { beforeAll, expect, it } from 'vitest';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { warnOfLinks } from '#features/link-reminders/remind.ts';
import { linkAs } from '#test/support/person-links.ts';
import { ANA } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const ZONE = 'America/New_York';
const HOUR = 60 * 60_000;

/** Friday at seven in the morning in New York: before people are told of their logins. */
const time = { now: Date.parse('2026-11-20T12:00:00Z') };
const clock = (): number => time.now;

const { firm, at } = useScriptedFirm({ clock });
beforeAll(async () => {
  await allLinked();
  // Nothing is kept that could link them again.
  await firm.db.deleteFrom('sealed_secret').execute();
});

/** Only what a test unlinks is unlinked. */
const allLinked = async (): Promise<void> => {
  await firm.db.updateTable('login_link').set({ linked: 1, ends_at: null }).execute();
  await firm.db.deleteFrom('login_consent').execute();
};

const idOf = async (slackId: string): Promise<string> => {
  const row = await firm.db
    .selectFrom('person')
    .select('id')
    .where('slack_user_id', '=', slackId)
    .executeTakeFirstOrThrow();
  return row.id;
};

const notifications = (kind: string) =>
  firm.db
    .selectFrom('notification')
    .select(['id', 'name', 'channel'])
    .where('kind', '=', kind)
    .orderBy('id')
    .execute();

const told = (words: string): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as: ANA,
    channel: 'dm',
    what: `a direct message with "${words}"`,
    that: ({ text, ephemeral }) => !ephemeral && text.includes(words),
    ms: 30_000,
  });

it('says nothing in the morning when there is nothing to say', async () => {
  time.now += HOUR;
  await firm.bot.beat();
  expect(await notifications('link-warning')).toEqual([]);
});

it('tells the holder once of a link that was lost, for all the policies that wait, and checks it off', async () => {
  const sourceId = await firm.sourceId('S-NB-ANA');
  const day = await firm.db.selectFrom('work_day').select('day').executeTakeFirst();
  expect(day).toEqual({ day: '2026-11-20' });
  const worker = await firm.work(at.portals);
  const message = await told('Ana – Northbridge at Northbridge Life is unlinked');
  const waiting = Number(
    /Northbridge Life is unlinked: the carrier ended the link\. (\d+) policies are waiting/.exec(
      message.text,
    )?.[1],
  );
  expect(waiting).toBeGreaterThanOrEqual(40);
  await firm.bot.sweep();
  await firm.bot.sweep();
  const lost = (await notifications('link-lost')).filter(({ channel }) => channel === ANA);
  const about = await firm.db
    .selectFrom('notification_source')
    .select('notification_id')
    .where('source_id', '=', sourceId)
    .execute();
  expect(about).toHaveLength(1);
  expect(lost.length).toBeLessThanOrEqual(2);

  await linkAs(firm, ANA, 'S-NB-ANA', false, clock);
  await told('Ana – Northbridge at Northbridge Life is linked.');
  await worker[Symbol.asyncDispose]();
});

it('warns of all that a person has to do in one message a day, though two bots beat, and is checked off', async () => {
  time.now = Date.parse('2026-11-21T12:00:00Z');
  await firm.bot.beat();
  expect(await notifications('link-warning')).toEqual([]);
  time.now += HOUR;
  const ana = await idOf(ANA);
  await firm.db
    .updateTable('login_link')
    .set({ linked: 0, unlinked_reason: 'session-ended' })
    .where('source_id', 'in', (of) =>
      of.selectFrom('login_source').select('id').where('holder_id', '=', ana),
    )
    .execute();
  const other = {
    store: { db: firm.db, clock },
    clock,
    zone: ZONE,
    show: () => Promise.resolve(),
    log: (problem: string) => expect.unreachable(problem),
  };
  await Promise.all([firm.bot.beat(), firm.bot.beat(), warnOfLinks(other, '2026-11-21')]);
  await firm.bot.beat();
  const mine = (await notifications('link-warning')).filter(({ channel }) => channel === ANA);
  expect(mine).toEqual([{ id: mine[0]?.id, name: `${await idOf(ANA)}:2026-11-21`, channel: ANA }]);
  const message = await told('need you today');
  const links = JSON.stringify(message.blocks).match(/"action_id":"link:\d+"/g) ?? [];
  expect(links.length).toBeGreaterThan(1);

  const worker = await firm.work(at.portals);
  await linkAs(firm, ANA, 'S-NB-ANA', false, clock);
  const after = await firm.client.waitForMessage({
    as: ANA,
    channel: 'dm',
    what: 'the warning with one login checked off',
    that: ({ ts, text }) => ts === message.ts && text.includes('is linked.'),
    ms: 30_000,
  });
  expect(JSON.stringify(after.blocks).match(/"action_id":"link:\d+"/g)).toHaveLength(
    links.length - 1,
  );
  await worker[Symbol.asyncDispose]();
  const shown = await warningsShown({ db: firm.db, clock });
  expect(shown.filter(({ messages }) => messages !== 1)).toEqual([]);
  expect(shown.length).toBeGreaterThan(0);
});

it('warns again the next day while it is so, and of a remembered device on a business day only', async () => {
  await allLinked();
  const id = await firm.sourceId('S-NB-BEN');
  const ben = 'UBENCART1';
  const ends = Date.parse('2026-11-26T15:00:00Z');
  await giveConsent(firm.db, id, { personId: await idOf(ben), at: time.now, automatic: false });
  await trustDevice(firm.db, id, ends);
  const warnedOn = async (instant: string): Promise<boolean> => {
    time.now = Date.parse(instant);
    await firm.bot.beat();
    const day = instant.slice(0, 10);
    return (await notifications('link-warning')).some(
      ({ name, channel }) => channel === ben && name.endsWith(day),
    );
  };
  expect(await warnedOn('2026-11-22T14:00:00Z')).toBe(false);
  expect(await warnedOn('2026-11-23T14:00:00Z')).toBe(true);
  expect(await warnedOn('2026-11-24T14:00:00Z')).toBe(false);
  // The last business day before, for the next is Thanksgiving.
  expect(await warnedOn('2026-11-25T14:00:00Z')).toBe(true);
});
