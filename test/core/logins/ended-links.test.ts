import { setLinked } from '#test/support/logins.ts';
import { expect, it } from 'vitest';
import { sql } from 'kysely';
import { markFailed } from '#core/logins/store/link-state.ts';
import { closeSource, settleEndedLinks } from '#core/logins/store/source-ends.ts';
import { seeAccounts } from '#core/logins/store/access.ts';
import { USUAL_PAUSE_RULE } from '#core/sessions/pause-rules.ts';
import { noteAdapterFailure } from '#core/sessions/store/pauses.ts';
import { addWaitingSync, openLinkFirm, type LinkFirm } from '#test/support/link-firm.ts';

const LEFT = [{ slackId: 'UDANA', standing: 'deactivated' }] as const;
const BACKGROUND = 1000;
const STEP = 300;

/** A linked login with a forced sync, one that runs in the background, and a thousand that wait. */
const open = async (): Promise<LinkFirm> => {
  const firm = await openLinkFirm();
  await addWaitingSync(firm);
  await setLinked(firm.db, true);
  await firm.db
    .updateTable('person')
    .set({ slack_user_id: 'UDANA' })
    .where('id', '=', 'dana')
    .execute();
  await firm.db.updateTable('sync').set({ reason: 'waiting' }).execute();
  const count = `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${BACKGROUND})`;
  await sql
    .raw(
      `${count} insert into policy (id, external_id, contact_id, carrier_id, number, number_key,
        product_name, product_type, plan_type, product_class, status, updated_at, home_source_id)
       select 'policy' || i, 'x' || i, contact_id, carrier_id, 'n' || i, 'n' || i, product_name,
        product_type, plan_type, product_class, status, 0, 'source'
       from n join policy on policy.id = 'policy'`,
    )
    .execute(firm.db);
  await sql
    .raw(
      `${count} insert into sync (id, policy_id, source_id, priority, status, reason, created_at, fence)
       select 'z' || i, 'policy' || i, 'source', 100,
        case when i = 1 then 'in-progress' else 'queued' end,
        case when i = 1 then 'reading' else 'waiting' end, ${firm.clock()},
        case when i = 1 then 1 end from n`,
    )
    .execute(firm.db);
  return firm;
};

const counted = async ({ db }: LinkFirm): Promise<Record<string, number>> => {
  const rows = await db
    .selectFrom('sync')
    .select(['status', 'reason', 'priority', ({ fn }) => fn.countAll<number>().as('n')])
    .groupBy(['status', 'reason', 'priority'])
    .execute();
  return Object.fromEntries(
    rows.map(({ status, reason, priority, n }) => [`${status} ${reason} ${priority}`, n]),
  );
};

/** How many steps it takes until there is nothing left to settle. */
const settle = async (firm: LinkFirm): Promise<number> => {
  let steps = 0;
  while (await settleEndedLinks(firm.store, STEP)) steps += 1;
  return steps;
};

it('somebody who leaves writes few rows at once, and their background syncs follow in small steps', async () => {
  await using firm = await open();
  expect(await seeAccounts(firm.store, LEFT, 'event')).toEqual(['source']);
  expect(await counted(firm)).toEqual({
    'queued waiting-for-link 1': 1,
    'queued waiting-for-link 100': 1,
    'queued waiting 100': BACKGROUND - 1,
  });
  expect(await settle(firm)).toBe(Math.ceil(BACKGROUND / STEP));
  expect(await counted(firm)).toEqual({
    'queued waiting-for-link 1': 1,
    'queued waiting-for-link 100': BACKGROUND,
  });
  expect(await settleEndedLinks(firm.store, STEP)).toBe(false);
});

it('background syncs of a login that is linked again meanwhile run as they are', async () => {
  await using firm = await open();
  await seeAccounts(firm.store, LEFT, 'event');
  await setLinked(firm.db, true);
  await settle(firm);
  expect(await counted(firm)).toMatchObject({ 'queued waiting 100': BACKGROUND - 1 });
});

it('background syncs of a removed login end with it, in small steps', async () => {
  await using firm = await open();
  await firm.db
    .transaction()
    .execute((trx) => closeSource(trx, firm.clock(), 'source', 'dana', 'remove'));
  expect(await counted(firm)).toMatchObject({ 'cancelled cancelled 1': 1 });
  expect(await settle(firm)).toBe(Math.ceil(BACKGROUND / STEP));
  expect(await counted(firm)).toEqual({
    'cancelled cancelled 1': 1,
    'cancelled cancelled 100': BACKGROUND,
  });
});

it('background syncs of a login whose password was refused wait for its link', async () => {
  await using firm = await open();
  await firm.db
    .transaction()
    .execute((trx) => markFailed(trx, firm.clock(), 'source', 'dana', 'bad-credentials'));
  await settle(firm);
  expect(await counted(firm)).toMatchObject({ 'queued waiting-for-link 100': BACKGROUND - 1 });
});

it('what failed goes back to wait for a link that has ended since', async () => {
  await using firm = await open();
  await firm.db
    .updateTable('sync')
    .set({
      status: 'failed',
      reason: 'portal-changed',
      run_id: 'run',
      finished_at: firm.clock(),
      fence: null,
    })
    .where('priority', '=', 100)
    .execute();
  await setLinked(firm.db, false);
  const { carrier_id: carrierId } = await firm.db
    .selectFrom('login_source')
    .select('carrier_id')
    .where('id', '=', 'source')
    .executeTakeFirstOrThrow();
  const source = { id: 'source', name: 'Dana', carrierId, holderId: 'dana' };
  await noteAdapterFailure(firm.store, { source, fence: 1 }, USUAL_PAUSE_RULE);
  await settle(firm);
  expect(await counted(firm)).toMatchObject({ 'queued waiting-for-link 100': BACKGROUND });
});
