import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { newestRecords, newestValues } from '#core/policies/store/values.ts';
import { openTestDatabase } from '#test/support/database.ts';
import { looksOf } from '#test/support/looks.ts';

const DAYS = 2000;
const NAMES = ['Account Value', 'Death Benefit', 'Surrender Value'];

test('the newest values of a policy are found without a look at each that it had', async () => {
  await using stack = new AsyncDisposableStack();
  const db = stack.adopt(await openTestDatabase(), (one) => one.destroy());
  for (const made of [
    sql`insert into carrier (id, name) values ('near', 'Near')`,
    sql`insert into person (id, name, role) values ('ana', 'Ana', 'advisor')`,
    sql`insert into login_source (id, carrier_id, name, holder_id) values ('login', 'near', 'Login', 'ana')`,
    sql`insert into product_status values ('Active', 'open')`,
    sql`insert into contact (id, external_id, kind, name, search)
      values ('contact', 1, 'individual', 'C', 'c')`,
    sql`insert into policy (id, external_id, contact_id, carrier_id, number, number_key,
        product_name, product_type, plan_type, product_class, status, updated_at)
      select 'policy-' || i, i, 'contact', 'near', i, i, 'P', 'Annuity', 'Variable', 'variable',
        'Active', 0 from generate_series(1, 2) as i`,
    sql`insert into sync (id, policy_id, source_id, priority, status, reason, created_at)
      select 'sync-' || i, 'policy-' || i, 'login', 100, 'success', 'changed', 0
      from generate_series(1, 2) as i`,
    sql`insert into policy_value (id, policy_id, sync_id, name, minor, currency, as_of, observed_at)
      select lpad(day::text, 6, '0') || name || p, 'policy-' || p, 'sync-' || p, name, day, 'USD', '',
        day
      from generate_series(1, ${sql.lit(DAYS)}) as day, generate_series(1, 2) as p,
        unnest(array[${sql.join(NAMES.map((name) => sql.lit(name)))}]) as name`,
    sql`analyze`,
  ])
    await made.execute(db);
  await db.transaction().execute(async (trx) => {
    let values: Awaited<ReturnType<typeof newestValues>> = new Map();
    const looks = await looksOf(trx, 'policy_value', 'idx_tup_fetch', async () => {
      values = await newestValues(trx, ['policy-1', 'policy-2']);
    });
    expect(values.get('policy-2')?.map(({ name }) => name)).toEqual(NAMES);
    expect(values.get('policy-2')?.map(({ amount }) => amount.minor)).toEqual([DAYS, DAYS, DAYS]);
    const records = await newestRecords(trx, ['policy-1'], 2);
    expect(records.map(({ observedAt }) => observedAt)).toEqual(
      NAMES.flatMap(() => [DAYS, DAYS - 1]),
    );
    expect(looks).toBeGreaterThan(0);
    expect(looks).toBeLessThan(100);
  });
});
