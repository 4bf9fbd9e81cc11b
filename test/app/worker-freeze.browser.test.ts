import { expect, it, vi } from 'vitest';
import { askFor, closingOf, isCardOf, startFirm, type TestFirm } from '#test/support/firm.ts';
import { ANA, TEAM } from '#test/support/people.ts';

const NUMBER = '00123-4567';
const NEXT = '00312-9085';

vi.setConfig({ testTimeout: 180_000 });

const valuesOf = (firm: TestFirm) =>
  firm.db
    .selectFrom('policy_value as v')
    .innerJoin('policy as p', 'p.id', 'v.policy_id')
    .innerJoin('request_sync as r', 'r.sync_id', 'v.sync_id')
    .select(['v.name', 'v.minor'])
    .where('p.number', '=', NUMBER)
    .orderBy('v.id')
    .execute();

it('lets a worker that was frozen past its lease write nothing late', async () => {
  await using firm = await startFirm();
  const portal = firm.local.portals.northbridge;
  const child = firm.workAsChild();
  await portal.pause(NUMBER);
  const card = await askFor(firm, ANA, TEAM, `/sync policy ${NUMBER}`, isCardOf(ANA, NUMBER));
  await expect.poll(() => portal.held(), { timeout: 60_000 }).toEqual([NUMBER]);
  const pid = child.pid() ?? 0;
  process.kill(pid, 'SIGSTOP');
  // Its browser gets this page, and it reads it only after it is thawed.
  await portal.release(NUMBER);
  await expect.poll(() => portal.held()).toEqual([]);
  await portal.set(NUMBER, { values: [{ name: 'Account Value', amount: '500000.00' }] });

  const second = await firm.work(undefined, { name: 'second' });
  const closing = await closingOf(firm, ANA, TEAM, card);
  expect(closing.text).toContain('$500,000.00');
  const written = await valuesOf(firm);
  await second[Symbol.asyncDispose]();

  process.kill(pid, 'SIGCONT');
  const next = await askFor(firm, ANA, TEAM, `/sync policy ${NEXT}`, isCardOf(ANA, NEXT));
  expect((await closingOf(firm, ANA, TEAM, next)).text).toContain('Success');
  expect(child.pid()).toBe(pid);
  expect(await valuesOf(firm)).toEqual(written);
  const closings = (await firm.client.messages(ANA, TEAM, card.ts)).filter(({ text }) =>
    text.includes('<@'),
  );
  expect(closings).toHaveLength(1);
  expect(await portal.ledger('aruiz')).toHaveLength(1);
});
