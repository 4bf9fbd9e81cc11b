import { sql } from 'kysely';
import type { Clock } from '#sync/clock.ts';
import type { DayStore } from '#sync/queue-day.ts';
import type { Database } from './database.ts';
import { idMaker } from './ids.ts';

export const dayStore = (db: Database, clock: Clock): DayStore => {
  const nextId = idMaker(clock);
  return {
    startRun: async (sourceId, day) => {
      await db
        .insertInto('background_run')
        .values({ id: nextId(), source_id: sourceId, day, created_at: clock() })
        .onConflict((on) => on.columns(['source_id', 'day']).doNothing())
        .execute();
      const run = await db
        .selectFrom('background_run')
        .select('id')
        .where('source_id', '=', sourceId)
        .where('day', '=', day)
        .executeTakeFirstOrThrow();
      return run.id;
    },

    addToRun: (runId, sourceId, limit) =>
      db.transaction().execute(async (trx) => {
        const missing = await trx
          .selectFrom('policy as p')
          .innerJoin('product_status as st', 'st.name', 'p.status')
          .select('p.id')
          .where('p.home_source_id', '=', sourceId)
          .where('st.indicator', 'in', ['pending', 'open'])
          .where(
            sql<boolean>`not exists (select 1 from sync s
              where s.policy_id = p.id
                and (s.run_id = ${runId}
                  or (s.source_id = ${sourceId} and s.status in ('queued', 'in-progress'))))`,
          )
          .orderBy('p.id')
          .limit(limit)
          .execute();
        const source = await trx
          .selectFrom('login_source')
          .select('linked')
          .where('id', '=', sourceId)
          .executeTakeFirstOrThrow();
        for (const { id } of missing)
          await trx
            .insertInto('sync')
            .values({
              id: nextId(),
              policy_id: id,
              source_id: sourceId,
              run_id: runId,
              priority: 100,
              status: 'queued',
              reason: source.linked === 1 ? 'waiting' : 'waiting-for-link',
              detail: null,
              fence: null,
              created_at: clock(),
              started_at: null,
              finished_at: null,
            })
            .execute();
        return missing.length;
      }),
  };
};
