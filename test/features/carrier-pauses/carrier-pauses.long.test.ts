import { beforeEach, expect, it } from 'vitest';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { probeAfterDeploy } from '#features/carrier-pauses/pauses.ts';
import { answerTo, askFor, isCardOf } from '#test/support/firm.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';
import { forger } from '#test/support/forgery.ts';
import { linkAs } from '#test/support/person-links.ts';
import { found, failure } from '#test/support/scripted-portals.ts';
import { ANA, BEN, SAM, SUPPORT, TEAM } from '#test/support/people.ts';

const MINUTE = 60_000;
const CHANGED = failure('portal-changed');

let ahead = 0;
/** Ana's policies at Northbridge, by number. */
let numbers: string[];

beforeEach(() => {
  ahead = 0;
});
const { firm, at: scripted } = useScriptedFirm({ each: true, clock: () => Date.now() + ahead });
beforeEach(async () => {
  numbers = (
    await firm.db
      .selectFrom('policy as p')
      .innerJoin('book as b', 'b.contact_id', 'p.contact_id')
      .innerJoin('person as w', 'w.id', 'b.person_id')
      .select('p.number')
      .distinct()
      .where('w.slack_user_id', '=', ANA)
      .where('p.carrier_id', '=', 'northbridge-life')
      .where('p.status', '=', 'In Force')
      .where('p.number', 'like', '00%')
      .orderBy('p.number')
      .limit(8)
      .execute()
  ).map(({ number }) => number);
});

const at = (index: number): string => numbers[index] ?? '';

const carrier = () =>
  firm.db
    .selectFrom('carrier')
    .select(['paused_reason', 'paused_until'])
    .where('id', '=', 'northbridge-life')
    .executeTakeFirstOrThrow();

const paused = async (reason: string | null): Promise<void> => {
  await expect.poll(async () => (await carrier()).paused_reason).toBe(reason);
};

const ask = (number: string, as = ANA): Promise<LocalMessage> =>
  askFor(firm, as, TEAM, `/sync policy ${number}`, isCardOf(as, number));

const says = (card: LocalMessage, words: string, as = ANA): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as,
    channel: TEAM,
    what: `the card to say "${words}"`,
    that: (message) => message.ts === card.ts && JSON.stringify(message).includes(words),
  });

/** Five policies that come back as a page nobody understands. */
const breakCarrier = async (): Promise<LocalMessage[]> => {
  for (const number of numbers) scripted.answer(number, CHANGED);
  const cards: LocalMessage[] = [];
  for (const number of numbers.slice(0, 5)) cards.push(await ask(number));
  await paused('portal-changed');
  return cards;
};

const notice = (words: string): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as: SAM,
    channel: SUPPORT,
    what: `a notice that says "${words}"`,
    that: ({ text, threadTs }) => threadTs === undefined && text.includes(words),
  });

const notices = async (): Promise<number> =>
  (await firm.client.messages(SAM, SUPPORT)).filter(
    ({ text, threadTs }) => threadTs === undefined && text.includes('Northbridge Life'),
  ).length;

const repliesOf = async (card: LocalMessage, words: string): Promise<number> =>
  (await firm.client.messages(ANA, TEAM, card.ts)).filter(
    ({ text, threadTs }) => threadTs === card.ts && text.includes(words),
  ).length;

it('pauses after five failures, tells operators once, and whoever asks why', async () => {
  await firm.work(scripted.portals);
  const [first] = await breakCarrier();
  if (first === undefined) throw new Error('nothing was asked');
  const told = await notice('Northbridge Life is paused');
  expect(told.text).toContain('5 failures at 5 policies');
  await says(first, "its pages changed, and we can't read them yet");

  const reads = scripted.reads().length;
  const card = await ask(at(6));
  await says(card, 'Your sync runs by itself once that is fixed');
  await firm.queueDay('S-NB-ANA');
  await firm.bot.sweep();
  await firm.bot.sweep();
  expect(scripted.reads().length).toBe(reads);
  expect(await notices()).toBe(1);

  await firm.client.command(ANA, TEAM, '/sync status');
  await answerTo(firm, ANA, TEAM, 'Northbridge Life is paused');
});

it('lets one odd policy fail as often as it is asked for', async () => {
  await firm.work(scripted.portals);
  scripted.answer(at(0), CHANGED);
  for (let time = 1; time <= 6; time += 1) {
    await ask(at(0));
    await expect.poll(() => scripted.readsOf(at(0))).toBe(time);
    await expect
      .poll(async () => {
        const open = await firm.db
          .selectFrom('sync')
          .select('id')
          .where('status', 'in', ['queued', 'in-progress'])
          .execute();
        return open.length;
      })
      .toBe(0);
  }
  expect((await carrier()).paused_reason).toBeNull();
});

it('sends one probe though two workers wait for it, and rests longer when it fails', async () => {
  await firm.work(scripted.portals, { name: 'one' });
  await firm.work(scripted.portals, { name: 'two' });
  await breakCarrier();
  // Another login of the carrier waits as well.
  const bens = await firm.db
    .selectFrom('policy as p')
    .innerJoin('book as b', 'b.contact_id', 'p.contact_id')
    .innerJoin('person as w', 'w.id', 'b.person_id')
    .select('p.number')
    .where('w.slack_user_id', '=', BEN)
    .where('p.carrier_id', '=', 'northbridge-life')
    .where('p.number', '=', '00630-5518')
    .executeTakeFirstOrThrow();
  scripted.answer(bens.number, CHANGED);
  await firm.client.command(BEN, TEAM, `/sync policy ${bens.number}`);
  const reads = scripted.reads().length;

  ahead += 16 * MINUTE;
  await firm.bot.sweep();
  await expect.poll(() => scripted.reads().length).toBe(reads + 1);
  await notice('1 probe failed so far');
  await firm.bot.sweep();
  expect(scripted.reads().length).toBe(reads + 1);
  const rest = ((await carrier()).paused_until ?? 0) - (Date.now() + ahead);
  // Twice the first rest; some of it has passed already.
  expect(rest).toBeGreaterThan(20 * MINUTE);
  expect(rest).toBeLessThanOrEqual(30 * MINUTE);
});

it('goes on when a probe is understood: everything waiting runs, and each asker is told once', async () => {
  await firm.work(scripted.portals);
  const cards = await breakCarrier();
  const late = await ask(at(6));
  await says(late, 'is paused');
  for (const number of numbers) scripted.answer(number, found(number));
  ahead += 16 * MINUTE;
  await firm.bot.sweep();
  await paused(null);
  await firm.bot.sweep();
  for (const card of [...cards, late]) await says(card, 'Success');
  for (const card of [...cards, late]) {
    await expect.poll(() => repliesOf(card, 'is fixed')).toBe(1);
  }
  const over = await notice('has resumed');
  expect(over.text).toContain('a trial sync worked');
  await firm.bot.sweep();
  expect(await notices()).toBe(1);
  await expect.poll(() => repliesOf(late, 'is fixed')).toBe(1);
});

it('is tried at once when another adapter is deployed, and not for the same one', async () => {
  await firm.work(scripted.portals);
  await breakCarrier();
  const store = { db: firm.db, clock: () => Date.now() + ahead };
  const due = (await carrier()).paused_until;
  const [hash] = firm.facts.flatMap((facts) =>
    facts.id === 'northbridge-life' ? [facts.hash] : [],
  );
  const load = (loaded: string | undefined): Promise<void> =>
    probeAfterDeploy(store, (id) => (id === 'northbridge-life' ? loaded : undefined));
  await load(hash);
  expect((await carrier()).paused_until).toBe(due);
  for (const number of numbers) scripted.answer(number, found(number));
  await load('another adapter');
  await firm.bot.sweep();
  await paused(null);
});

it('goes on and pauses as an operator says, and as nobody else does', async () => {
  await firm.work(scripted.portals);
  await breakCarrier();
  const told = await notice('is paused');
  const forge = forger(firm, TEAM);
  const { id } = await firm.db.selectFrom('carrier_pause').select('id').executeTakeFirstOrThrow();
  for (const act of ['carrier-resume', 'carrier-probe', 'pause-picture', 'pause-trace']) {
    const before = forge.told(ANA).length;
    await forge.click(ANA, act, JSON.stringify({ pause: id }));
    await expect.poll(() => forge.told(ANA).length).toBe(before + 1);
    expect(forge.told(ANA).at(-1)?.text).toContain('Only support, a manager or an owner');
  }
  await paused('portal-changed');

  for (const number of numbers) scripted.answer(number, found(number));
  await firm.client.click({ as: SAM, channel: SUPPORT, ts: told.ts, text: 'Resume' });
  await paused(null);
  const over = await notice('Sam Okafor resumed it');
  await firm.client.click({ as: SAM, channel: SUPPORT, ts: over.ts, text: 'Pause it' });
  await paused('by-hand');
  await says(await ask(at(7)), 'Sam Okafor paused Northbridge Life');
  await notice('It resumes when someone presses Resume');
  const audited = await firm.db
    .selectFrom('audit')
    .select('action')
    .where('subject_type', '=', 'carrier')
    .orderBy('id')
    .execute();
  expect(audited.map(({ action }) => action)).toEqual(['carrier.resumed', 'carrier.paused']);
});

it('tells operators of a sign-in that nobody can do any more, and tries at once when one is done', async () => {
  await firm.work(scripted.portals);
  const sources = ['S-MA-ANA', 'S-MA-BEN'];
  const people = [ANA, BEN];
  for (const source of sources) scripted.answerSignIn(await firm.sourceId(source), CHANGED);
  for (let time = 0; time < 5; time += 1) {
    await linkAs(firm, people[time % 2] ?? '', sources[time % 2] ?? '');
    await firm.bot.sweep();
    await expect.poll(() => scripted.passwords().length).toBe(time + 1);
    await expect
      .poll(() =>
        firm.db
          .selectFrom('sign_in')
          .select('id')
          .where('finished_at', 'is', null)
          .executeTakeFirst(),
      )
      .toBeUndefined();
  }
  const told = await firm.client.waitForMessage({
    as: SAM,
    channel: SUPPORT,
    what: 'a notice of the paused carrier',
    that: ({ text }) => text.includes('Meridian Annuity is paused'),
  });
  expect(told.text).toContain('5 failures at 2 policies or logins');

  scripted.answerSignIn(await firm.sourceId('S-MA-ANA'), { kind: 'signed-in' });
  await linkAs(firm, ANA, 'S-MA-ANA');
  await firm.queueDay('S-MA-ANA');
  await firm.bot.sweep();
  await expect
    .poll(async () => {
      await firm.bot.sweep();
      const { paused_reason: reason } = await firm.db
        .selectFrom('carrier')
        .select('paused_reason')
        .where('id', '=', 'meridian-annuity')
        .executeTakeFirstOrThrow();
      return reason;
    })
    .toBeNull();
});

it('stays paused by hand, whatever a session that was under way comes to', async () => {
  await firm.work(scripted.portals);
  scripted.pause(at(0));
  scripted.answer(at(0), failure('blocked'));
  await ask(at(0));
  await expect.poll(() => scripted.held()).toContain(at(0));
  await forger(firm, TEAM).click(SAM, 'carrier-pause', '{"carrier":"northbridge-life"}');
  await paused('by-hand');
  scripted.releaseAll();
  await expect
    .poll(() =>
      firm.db.selectFrom('sync').select('id').where('reason', '=', 'blocked').executeTakeFirst(),
    )
    .toBeDefined();
  expect(await carrier()).toEqual({ paused_reason: 'by-hand', paused_until: null });
});

it('rests a carrier that shuts us out in the same way, and tells who else waits', async () => {
  await firm.work(scripted.portals);
  scripted.answer(at(0), failure('blocked'));
  const shutOut = await ask(at(0));
  await paused('blocked');
  const other = await ask(at(1));
  await says(other, 'it does not let us in for now');
  await notice('does not let us in');
  scripted.answer(at(0), found(at(0)));
  ahead += 4 * 60 * MINUTE + MINUTE;
  await firm.bot.sweep();
  await paused(null);
  await firm.bot.sweep();
  await says(shutOut, 'Success');
  await says(other, 'Success');
  await expect.poll(() => repliesOf(other, 'has resumed')).toBe(1);
});
