import { expect, it } from 'vitest';
import { askFor, closingOf, isCardOf, startFirm } from '#test/support/firm.ts';
import { scriptPortals } from '#test/support/scripted-portals.ts';
import { ANA, TEAM } from '#test/support/people.ts';

it('keeps two workers from ever being in one login at the same time', async () => {
  await using firm = await startFirm({ slots: 4 });
  const at = scriptPortals(firm.facts);
  await firm.work(at.portals, { name: 'one' });
  await firm.work(at.portals, { name: 'two' });
  const source = await firm.sourceId('S-NB-ANA');
  const howMany = await firm.queueDay('S-NB-ANA');
  // Forces and wake-ups while the day runs: each could bring a second session of the login.
  for (const number of ['00123-4567', '00312-9085', '00560-4413']) {
    const card = await askFor(firm, ANA, TEAM, `/sync policy ${number}`, isCardOf(ANA, number));
    await firm.bot.sweep();
    await closingOf(firm, ANA, TEAM, card);
  }
  await expect
    .poll(
      async () =>
        (
          await firm.db
            .selectFrom('sync')
            .select('id')
            .where('source_id', '=', source)
            .where('run_id', 'is not', null)
            .where('status', 'in', ['success', 'failed'])
            .execute()
        ).length,
      { timeout: 40_000 },
    )
    .toBe(howMany);
  expect(at.mostAtOnce()).toBe(1);
  expect(at.passwords()).toEqual([source]);
});
