import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { queueDay } from '#features/daily-sync/queue-day.ts';
import { linkAs } from '#test/support/person-links.ts';
import { ASKERS, LOGINS, type FaultFirm } from './firm.ts';
import { TEAM } from '#test/support/people.ts';

const ASK_EVERY_MS = 400;
const LOOK_EVERY_MS = 500;
/** With fewer background syncs open than that, the next day begins. */
const LEAST_BACKGROUND = 30;
const FIRST_DAY = Date.parse('2026-01-05');
const DAY_MS = 24 * 60 * 60_000;

export interface AskedCommand {
  person: string;
  number: string;
  text: string;
  at: number;
  /** Epoch ms: when it was typed, and when Slack had an answer or gave it up. */
  typedAt: number;
  endedAt: number;
  /** Slack showed no failure: the person does not ask again. */
  acked: boolean;
}

export interface Load {
  asked: readonly AskedCommand[];
  days: () => number;
  /** How often a person linked a login anew. */
  links: () => number;
  /** Asks for nothing more. What is open still runs; a login that loses its link is linked. */
  stop: () => Promise<void>;
}

/** A steady load of force and background syncs, and people who link what lost its link. */
export const startLoad = (
  firm: FaultFirm,
  random: () => number,
  {
    askEveryMs = ASK_EVERY_MS,
    leastBackground = LEAST_BACKGROUND,
    // Of the release whose tables are there.
    queue = () => Promise.resolve(queueDay),
  } = {},
): Load => {
  const { db, client } = firm;
  const asked: AskedCommand[] = [];
  let [days, links] = [0, 0];
  let stopped = false;

  const free = async (): Promise<{ person: string; number: string }[]> => {
    const rows = await db
      .selectFrom('policy as p')
      .innerJoin('book as b', 'b.contact_id', 'p.contact_id')
      .innerJoin('person as w', 'w.id', 'b.person_id')
      .innerJoin('product_status as s', 's.name', 'p.status')
      .select(['w.slack_user_id as person', 'p.number'])
      .where('p.carrier_id', '=', 'northbridge-life')
      .where('s.indicator', '=', 'open')
      .where('w.slack_user_id', 'in', Object.keys(ASKERS))
      // A number that two policies have is answered by a question, and makes no request.
      .where(
        sql<boolean>`not exists (select 1 from policy o where o.number_key = p.number_key and o.id <> p.id)`,
      )
      .where(
        sql<boolean>`not exists (select 1 from request r where r.policy_id = p.id and r.ended_at is null)`,
      )
      .orderBy('p.id')
      .execute();
    return rows.map(({ person, number }) => ({ person: person ?? '', number }));
  };

  const ask = async (): Promise<void> => {
    const choices = await free();
    const chosen = choices[Math.floor(random() * choices.length)];
    if (chosen === undefined) return;
    const [at, typedAt, text] = [performance.now(), Date.now(), `/sync policy ${chosen.number}`];
    const { ok } = await client.command(chosen.person, TEAM, text);
    asked.push({ ...chosen, text, at, typedAt, endedAt: Date.now(), acked: ok });
  };

  const fill = async (): Promise<void> => {
    const { open } = await db
      .selectFrom('sync')
      .select((of) => of.fn.countAll<number>().as('open'))
      .where('status', 'in', ['queued', 'in-progress'])
      .executeTakeFirstOrThrow();
    if (open >= leastBackground) return;
    const day = new Date(FIRST_DAY + days * DAY_MS).toISOString().slice(0, 10);
    days += 1;
    const deps = { store: { db, clock: Date.now }, wake: () => Promise.resolve(true) };
    const queueOne = await queue();
    for (const source of Object.keys(LOGINS))
      await queueOne(deps, await firm.sourceId(source), day);
  };

  const link = async (): Promise<void> => {
    const rows = await db
      .selectFrom('login_source as l')
      .innerJoin('login_link as k', 'k.source_id', 'l.id')
      .select('l.external_id as source')
      .where('k.linked', '=', 0)
      .where('l.external_id', 'in', Object.keys(LOGINS))
      .where(
        sql<boolean>`not exists (select 1 from sign_in i where i.source_id = l.id and i.finished_at is null)`,
      )
      .execute();
    for (const { source } of rows) {
      await linkAs(firm, LOGINS[source ?? ''] ?? '', source ?? '', true);
      links += 1;
    }
  };

  const repeat = async (ms: number, isOver: () => boolean, act: () => Promise<void>) => {
    while (!isOver()) {
      await act();
      await sleep(ms);
    }
  };
  const isStopped = (): boolean => stopped;
  const asking = repeat(askEveryMs, isStopped, ask);
  const filling = repeat(LOOK_EVERY_MS, isStopped, fill);
  let ended = false;
  const linking = repeat(LOOK_EVERY_MS, () => ended, link);
  return {
    asked,
    days: () => days,
    links: () => links,
    stop: async () => {
      stopped = true;
      await Promise.all([asking, filling]);
      await settle(firm);
      ended = true;
      await linking;
    },
  };
};

/** What is open after that long is stuck. */
const PATIENCE_MS = 120_000;

export const openOf = async ({ db }: FaultFirm): Promise<number> => {
  const { syncs } = await db
    .selectFrom('sync as s')
    .innerJoin('login_source as l', 'l.id', 's.source_id')
    .select((of) => of.fn.countAll<number>().as('syncs'))
    .where('s.status', 'in', ['queued', 'in-progress'])
    .where('l.external_id', 'in', Object.keys(LOGINS))
    .executeTakeFirstOrThrow();
  const { requests } = await db
    .selectFrom('request')
    .select((of) => of.fn.countAll<number>().as('requests'))
    .where((is) => is.or([is('ended_at', 'is', null), is('shown_version', '<', is.ref('version'))]))
    .executeTakeFirstOrThrow();
  return syncs + requests;
};

const settle = async (firm: FaultFirm): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS;
  while ((await openOf(firm)) > 0 && performance.now() < deadline) await sleep(LOOK_EVERY_MS);
};
