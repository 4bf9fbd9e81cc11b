import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { askFor, startFirm } from '#test/support/firm.ts';

it('a row that breaks the first step stops neither the start of the bot nor the other steps', async () => {
  await using firm = await startFirm();
  await askFor(firm, 'UANARUIZ1', 'CTEAM0001', '/sync policy 00123-4567');
  await firm.stopBot();
  await sql`insert into login_hold (source_id, until) select id, 1 from login_source`.execute(
    firm.db,
  );
  await sql`create trigger broken_hold before delete on login_hold
    begin select raise(abort, 'this row cannot be written'); end`.execute(firm.db);
  await firm.db
    .updateTable('request')
    .set((of) => ({ version: of('version', '+', 1) }))
    .execute();

  await firm.startBotAgain();

  await expect
    .poll(() =>
      firm.db
        .selectFrom('request')
        .select('id')
        .whereRef('version', '<>', 'shown_version')
        .execute(),
    )
    .toEqual([]);
  expect(firm.logged().join('\n')).toMatch(/the step \W*holds\W* of the sweep failed/);
});
