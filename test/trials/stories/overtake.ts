import { keepBook } from '#core/sessions/store/books.ts';
import { producerConnection } from '#queue/connection.ts';
import { createSessionQueue } from '#queue/sessions.ts';
import { BUSY_LOGIN, CASES, SAME_NUMBER } from '#simulator/portals/cases.ts';
import { queueDay } from '#features/daily-sync/queue-day.ts';
import { askFor } from '#test/support/firm.ts';
import { ANA, replyWith, TEAM, until, type Stage, type Story } from '../stage.ts';

/** Policies made to show something else. */
const SPECIAL = new Set<string>([SAME_NUMBER, ...Object.values(CASES).map(({ number }) => number)]);

/** The background reads some policies before Ana comes, so that it is seen to be at work. */
const READ_BEFORE = 3;

export const overtake: Story = {
  name: 'overtake',
  about: 'a force sync overtakes a running background session of the same login source',
  tell: async (stage) => {
    const { client, local, db, redis } = stage.firm;
    const { northbridge } = local.portals;
    const source = await db
      .selectFrom('login_source')
      .select(['id', 'name'])
      .where('external_id', '=', BUSY_LOGIN.source)
      .executeTakeFirstOrThrow();
    await using sessions = createSessionQueue(producerConnection(redis.url), 2);
    const store = { db, clock: Date.now };

    const day = new Date().toISOString().slice(0, 10);
    const planned = await plannedOf(stage, source.id);
    const held = planned[READ_BEFORE];
    const wanted = planned.findLast(({ number }) => !SPECIAL.has(number));
    if (held === undefined || wanted === undefined) throw new Error('Too few policies.');
    // Its book was listed just now, so that the background reads one policy after another.
    await keepBook(
      store,
      { fence: 0, source: { ...source, carrierId: '', holderId: '' } },
      {
        ended: 'whole',
      },
    );
    // Held at the portal, so that Ana surely comes while the background is at work.
    await northbridge.pause(held.number);
    const queued = await queueDay({ store, wake: sessions.wake }, source.id, day);
    stage.say(`The background work of today is queued: ${queued} policies of ${source.name}.`);
    await until(`the background to read ${held.number}`, async () =>
      (await northbridge.held()).find((number) => number === held.number),
    );
    stage.say(`It has read ${READ_BEFORE}, and is reading ${held.number}.`);
    stage.prove('more than 50 were waiting', queued > 50, true);

    stage.say(
      `Ana types in #team: /sync policy ${wanted.number}, which is number ${planned.indexOf(wanted) + 1} of them.`,
    );
    const card = await askFor(stage.firm, ANA, TEAM, `/sync policy ${wanted.number}`);
    stage.show(await client.transcript(ANA, TEAM, card.ts));
    await northbridge.release(held.number);
    await replyWith(stage, ANA, card, 'Success');
    const left = (await readsOf(stage, source.id)).filter(({ started }) => started === null).length;
    stage.say(`Ana has her answer while ${left} of the background still wait.`);
    stage.show(await client.transcript(ANA, TEAM, card.ts));

    const order = await until(
      'the background to end',
      async () => {
        const reads = await readsOf(stage, source.id);
        return reads.every(({ finished }) => finished !== null) ? reads : undefined;
      },
      120_000,
    );
    stage.say('The order of reads:');
    stage.show(
      order
        .slice(0, READ_BEFORE + 4)
        .map(
          ({ number }, at) => `${at + 1}. ${number}${number === wanted.number ? '  <- Ana' : ''}`,
        )
        .concat(`… ${order.length} in all`)
        .join('\n'),
    );
    stage.prove(
      'Ana’s is read right after the one under way',
      order.map(({ number }) => number),
      [
        ...planned.slice(0, READ_BEFORE + 1),
        wanted,
        ...planned.slice(READ_BEFORE + 1).filter((each) => each !== wanted),
      ].map(({ number }) => number),
    );
    stage.prove('her force raised the queued row, it made no second one', order.length, queued);
    stage.prove('the portal read it once', (await northbridge.reads(wanted.number)).reads, 1);
    stage.prove(
      'all in one session: one sign-in',
      (await northbridge.ledger(BUSY_LOGIN.user)).length,
      1,
    );
    return `read ${READ_BEFORE + 2} of ${order.length}, after one wait for the policy under way.`;
  },
};

/** What the day holds of this source, in the order it is queued. */
const plannedOf = ({ firm }: Stage, sourceId: string): Promise<{ number: string }[]> =>
  firm.db
    .selectFrom('policy as p')
    .innerJoin('product_status as st', 'st.name', 'p.status')
    .select('p.number')
    .where('p.home_source_id', '=', sourceId)
    .where('st.indicator', 'in', ['pending', 'open'])
    .orderBy('p.id')
    .execute();

/** Syncs of the day in the order they were read; those not yet read come last. */
const readsOf = ({ firm }: Stage, sourceId: string) =>
  firm.db
    .selectFrom('sync as s')
    .innerJoin('policy as p', 'p.id', 's.policy_id')
    .select(['p.number', 's.started_at as started', 's.finished_at as finished'])
    .where('s.source_id', '=', sourceId)
    .where('s.run_id', 'is not', null)
    .orderBy('s.finished_at', (order) => order.asc().nullsLast())
    .orderBy('s.id')
    .execute();
