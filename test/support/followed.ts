import { giveConsent } from '#core/logins/store/consent.ts';
import { audit } from '#database/audit.ts';
import type { Database } from '#database/connection.ts';
import { breathe } from '#shared/clock.ts';
import { setLinked } from './logins.ts';

/** A firm that is written to until its machine is lost, while an engine follows. */

/** A login that signs in by itself. */
export const keepLogin = async (db: Database): Promise<void> => {
  await db.insertInto('carrier').values({ id: 'nb', name: 'Northbridge' }).execute();
  await db.insertInto('person').values({ id: 'ana', name: 'Ana', role: 'advisor' }).execute();
  const login = { id: 'kept', carrier_id: 'nb', holder_id: 'ana', name: 'Kept' };
  await db.insertInto('login_source').values(login).execute();
  await setLinked(db, true, 'kept');
  await giveConsent(db, 'kept', { personId: 'ana', at: 1, automatic: true });
};

/** Writes one after another until it cannot; when each was acknowledged. */
export const writeOn = async (db: Database, signal?: AbortSignal): Promise<number[]> => {
  const acknowledged: number[] = [];
  try {
    for (;;) {
      signal?.throwIfAborted();
      const subject = ['policy', `${acknowledged.length}`] as const;
      await audit(db, Date.now(), { personId: 'ana', action: 'seen', subject });
      acknowledged.push(Date.now());
      await breathe();
    }
  } catch {
    // It was told to stop, or whom it wrote to is gone.
  }
  return acknowledged;
};

export const seen = async (db: Database): Promise<string[]> =>
  (
    await db
      .selectFrom('audit')
      .select('subject_id')
      .where('action', '=', 'seen')
      .orderBy('seq')
      .execute()
  ).map(({ subject_id: id }) => id);

/** Until when everything is there, as a restore says it. */
export const untilSaid = (said: string): number =>
  Date.parse(`${/everything until (\S+ \S+) UTC/.exec(said)?.[1]?.replace(' ', 'T') ?? ''}Z`);
