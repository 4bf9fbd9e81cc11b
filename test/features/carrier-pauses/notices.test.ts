import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { Database } from '#database/connection.ts';
import { tellListings } from '#features/carrier-pauses/listings.ts';
import { tellOperators } from '#features/carrier-pauses/pauses.ts';
import { pauseCarrier, resumeCarrier } from '#features/carrier-pauses/store/notices.ts';
import { FACTS, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';
import { SUPPORT } from '#test/support/people.ts';

/** What operators are told stays true, whenever a bot that tells them stands still or is killed. */

const bot = ({ clock }: LinkFirm, db: Database) => ({
  store: { db, clock },
  show: () => Promise.resolve(),
  channel: SUPPORT,
  log: () => undefined,
});

const notices = async ({ db }: LinkFirm): Promise<unknown[]> =>
  (await db.selectFrom('notification').select('about').execute()).map(
    ({ about }) => JSON.parse(about) as unknown,
  );

/** A bot that has read the facts of a pause, and goes on only when this is done. */
const standsStill = (db: Database, meanwhile: () => Promise<unknown>): Database => {
  let isStanding = false;
  return db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      if (!isStanding && result.rows[0]?.['paused_until'] !== undefined) {
        isStanding = true;
        await meanwhile();
      }
      return result;
    },
  });
};

it.each(['which another bot has told', 'of which nobody was told'])(
  'a bot that stood still brings back no pause that is over, and %s',
  async (told) => {
    await using firm = await openLinkFirm();
    const { db, store } = firm;
    await pauseCarrier(store, FACTS.id, 'mona');
    const { id } = await db.selectFrom('carrier_pause').select('id').executeTakeFirstOrThrow();
    if (told === 'which another bot has told') {
      await tellOperators(bot(firm, db));
      await db
        .updateTable('carrier_pause')
        .set((of) => ({ version: of('version', '+', 1) }))
        .execute();
    }
    const still = standsStill(db, async () => {
      await resumeCarrier(store, id, 'mona');
      await tellOperators(bot(firm, db));
    });
    await tellOperators(bot(firm, still));
    await tellOperators(bot(firm, db));
    expect(await notices(firm)).toMatchObject([{ id, ended: { how: 'by-hand' } }]);
  },
);

it('trouble with a listing is told though the bot is killed as it writes of it', async () => {
  await using firm = await openLinkFirm();
  const { db } = firm;
  await db
    .insertInto('book_reading')
    .values({
      source_id: 'source',
      read_at: firm.time.now,
      trouble: JSON.stringify({ what: 'not-understood' }),
      ended: 'failure',
      entries: null,
      untold: 1,
    })
    .execute();
  await sql`alter table notification rename to away`.execute(db);
  await expect(tellListings(bot(firm, db))).rejects.toThrow('notification');
  await sql`alter table away rename to notification`.execute(db);
  await tellListings(bot(firm, db));
  await tellListings(bot(firm, db));
  expect(await notices(firm)).toMatchObject([
    { carrier: { id: FACTS.id }, logins: [{ trouble: { what: 'not-understood' } }] },
  ]);
});
