import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { secondsPerPolicy } from '#core/requests/store/views.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { looksOf } from '#test/support/looks.ts';

const LOGINS = 6;
const SYNCS = 3000;

test('the pace of a carrier is told without a look at each sync of the firm', async () => {
  await using stack = new AsyncDisposableStack();
  const db = stack.adopt(await openTestDatabase(), (one) => one.destroy());
  const numbers = sql`generate_series(1, ${sql.lit(SYNCS)}) as i`;
  const logins = sql.lit(LOGINS);
  for (const made of [
    sql`insert into carrier (id, name) values ('near', 'Near'), ('far', 'Far')`,
    sql`insert into person (id, name, role) values ('ana', 'Ana', 'advisor')`,
    sql`insert into login_source (id, carrier_id, name, holder_id)
      select 'login-' || i, case when i = 1 then 'near' else 'far' end, 'Login', 'ana'
      from generate_series(1, ${logins}) as i`,
    sql`insert into product_status values ('Active', 'open')`,
    sql`insert into contact (id, external_id, kind, name, search)
      values ('contact', 1, 'individual', 'C', 'c')`,
    sql`insert into policy (id, external_id, contact_id, carrier_id, number, number_key,
        product_name, product_type, plan_type, product_class, status, updated_at)
      select 'policy-' || i, i, 'contact', 'near', i, i, 'P', 'Annuity', 'Variable', 'variable',
        'Active', 0 from ${numbers}`,
    sql`insert into sync (id, policy_id, source_id, priority, status, reason, created_at,
        started_at, finished_at)
      select 'sync-' || lpad(i::text, 6, '0'), 'policy-' || i, 'login-' || (i % ${logins} + 1), 100,
        'success', 'unchanged', 0, 0, 4000 from ${numbers}`,
    sql`analyze`,
  ])
    await made.execute(db);
  await db.transaction().execute(async (trx) => {
    const looks = await looksOf(trx, 'sync', 'idx_scan', async () => {
      expect(await secondsPerPolicy(trx, 'far')).toBe(4);
    });
    expect(looks).toBeGreaterThan(0);
    expect(looks).toBeLessThan(10 * LOGINS);
  });
});
