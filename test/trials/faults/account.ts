import { sql } from 'kysely';
import type { figuresOf, Figure } from '../trial.ts';
import type { FaultFirm } from './firm.ts';
import { openOf, type Load } from './load.ts';
import { isTold, storyOf, withoutRequest } from './lost.ts';
import { TEAM } from '#test/support/people.ts';

const LOOKER = 'UOLIVIA01';

const count = async (
  { db }: FaultFirm,
  query: ReturnType<typeof sql<{ count: number }>>,
): Promise<number> => (await query.execute(db)).rows[0]?.count ?? 0;

/** The answer to who asks again for what is open. */
const STANDS = 'is syncing already';

/** It takes a command that is acknowledged late, and the same choice of a hundred right after it. */
const rarely = (asked: number): number => Math.ceil(asked / 200);

const readBy = async ({ client }: FaultFirm, person: string): Promise<string[]> => {
  const places = await Promise.all(
    [TEAM, 'dm'].map(async (place) =>
      client.messages(person, (await client.resolve(person, place)).channel),
    ),
  );
  return places.flat().map(({ text }) => text);
};

/**
 * How often they asked for a policy whose request stood: nobody does in this load, but where the command
 * before was acknowledged and not written down yet as the next was chosen.
 */
const joinedOf = (texts: readonly string[], number: string): number =>
  texts.filter((text) => text.includes(number) && text.includes(STANDS)).length;

/** What became of everything that was asked, once the load has stopped. */
export const accountOf = async (
  firm: FaultFirm,
  load: Load,
  figure: ReturnType<typeof figuresOf>,
  say: (line: string) => void,
): Promise<Figure[]> => {
  const { db, client, portals } = firm;
  const requests = await db
    .selectFrom('request as r')
    .innerJoin('person as w', 'w.id', 'r.person_id')
    .innerJoin('policy as p', 'p.id', 'r.policy_id')
    .leftJoin('subject_message as m', (on) =>
      on.onRef('m.subject_id', '=', 'r.id').on('m.key', '=', 'card'),
    )
    .select(['r.id', 'r.created_at as madeAt', 'w.slack_user_id as person', 'p.number', 'm.ts'])
    .execute();
  const key = (each: { person: string | null; number: string }): string =>
    `${each.person} ${each.number}`;
  const asked = Map.groupBy(load.asked, key);
  const made = Map.groupBy(requests, key);
  let [lost, told, joined, tooMany] = [0, 0, 0, 0];
  for (const [each, commands] of asked) {
    const there = made.get(each)?.length ?? 0;
    const unmet = Math.max(0, commands.filter(({ acked }) => acked).length - there);
    if (unmet > 0) {
      const [{ person, number } = { person: '', number: '' }] = commands;
      const texts = await readBy(firm, person);
      const stood = Math.min(unmet, joinedOf(texts, number));
      joined += stood;
      const madeAt = (made.get(each) ?? []).map((request) => request.madeAt);
      const without = withoutRequest(commands, madeAt).slice(0, unmet - stood);
      const isSaid = await Promise.all(without.map((command) => isTold(firm, command)));
      const said = isSaid.filter(Boolean).length;
      told += said;
      lost += unmet - stood - said;
      if (unmet > stood) say(`${unmet - stood} without a request of ${each}, ${said} told so:`);
      for (const command of without) for (const line of await storyOf(firm, command)) say(line);
    }
    tooMany += Math.max(0, there - commands.length);
  }

  const cards = (await client.messages(LOOKER, TEAM)).filter(
    (message) =>
      message.user === 'USYNCBOT1' && !message.ephemeral && message.threadTs === undefined,
  );
  let [unanswered, doubled] = [0, 0];
  for (const { ts } of requests) {
    const thread = ts === null ? [] : await client.messages(LOOKER, TEAM, ts);
    const ends = thread.filter(({ text }) => text.includes('<@') && text.includes('Success'));
    if (ends.length === 0) unanswered += 1;
    doubled += Math.max(0, ends.length - 1);
  }

  const finishedTwice = await count(
    firm,
    sql`select count(*) as count from (
      select sync_id from trial_end where status = 'success' group by sync_id having count(*) > 1) as twice`,
  );
  const writtenTwice = await count(
    firm,
    sql`select count(*) as count from (
      select 1 from policy_value group by sync_id, name having count(*) > 1) as twice`,
  );
  const late = await count(
    firm,
    sql`select count(*) as count from trial_end where fence is not null and fence <> lease_fence`,
  );
  // A policy that two logins have is read through one of them. One that needed a link goes on when there is one.
  const { rows: unfinished } = await sql<{ why: string }>`
    select s.status || ', ' || s.reason || ', ended ' || count(e.sync_id) || ' times' as why
    from sync s join background_run b on b.id = s.run_id left join trial_end e on e.sync_id = s.id and e.status <> 'needs-link'
    group by s.id having count(e.sync_id) <> 1
      or not (s.status = 'success' or (s.status = 'cancelled' and s.detail like '%done-elsewhere%'))`.execute(
    db,
  );
  for (const { why } of unfinished) say(`a background sync is ${why}`);
  // No password follows one that is not known to have been accepted, but a person's own.
  const repeated = await count(
    firm,
    sql`select count(*) as count from sign_in_try t where t.automatic = 1 and (
      select coalesce(e.outcome, '') from sign_in_try e
      where e.source_id = t.source_id and e.id < t.id order by e.id desc limit 1) <> 'signed-in'`,
  );
  const tries = await count(firm, sql`select count(*) as count from sign_in_try`);
  const passwords = portals.steps.filter(({ step }) => step === 'sign-in').length;

  return [
    figure('forced syncs asked', load.asked.length, 'commands', '>=', 1),
    figure('background days', load.days(), 'days', '>=', 1),
    figure('lost commands', lost, 'commands', '=', 0),
    figure('not carried out, and told so', told, 'commands', '<=', rarely(load.asked.length)),
    figure('answered by a request that stood', joined, 'commands', '<=', rarely(load.asked.length)),
    figure('doubled requests', tooMany, 'requests', '=', 0),
    figure('stuck', await openOf(firm), 'syncs and requests', '=', 0),
    figure('without a final reply', unanswered, 'requests', '=', 0),
    figure('doubled final replies', doubled, 'replies', '=', 0),
    figure('doubled cards', cards.length - requests.length, 'cards', '=', 0),
    figure('finished twice', finishedTwice, 'syncs', '=', 0),
    figure('values written twice', writtenTwice, 'values', '=', 0),
    figure('written by a session that had lost its login', late, 'syncs', '=', 0),
    figure('background syncs not ended once and well', unfinished.length, 'syncs', '=', 0),
    figure('passwords after one not accepted', repeated, 'passwords', '=', 0),
    figure('passwords without a note before', Math.max(0, passwords - tries), 'passwords', '=', 0),
    figure('sessions in one login at once', portals.mostAtOnce(), 'sessions', '<=', 1),
  ];
};
