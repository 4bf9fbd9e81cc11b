import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { KeptChild } from '#app/child.ts';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { ANA, TEAM } from '#test/support/people.ts';
import { useFirm } from '#test/support/use-firm.ts';

const NUMBER = '00123-4567';

// A child starts Node and Chromium, and is started twice.
vi.setConfig({ testTimeout: 120_000 });

let child: KeptChild;

const firm = useFirm({ each: true });
beforeEach(async () => {
  child = firm.workAsChild();
});
afterEach(async () => {
  await firm.local.portals.northbridge.reset();
});

const ask = (): Promise<LocalMessage> =>
  askFor(firm, ANA, TEAM, `/sync policy ${NUMBER}`, isCardOf(ANA, NUMBER));

const heldIs = async (what: string): Promise<void> => {
  await expect
    .poll(() => firm.local.portals.northbridge.held(), { timeout: 30_000 })
    .toEqual([what]);
};

const kill = (): void => {
  process.kill(child.pid() ?? 0, 'SIGKILL');
};

const closingsOf = async (card: LocalMessage): Promise<LocalMessage[]> =>
  (await firm.client.messages(ANA, TEAM, card.ts)).filter(({ text }) => text.includes('<@'));

it('finishes a sync once when its worker is killed during the read', async () => {
  const portal = firm.local.portals.northbridge;
  await portal.pause(NUMBER);
  const card = await ask();
  await heldIs(NUMBER);
  kill();
  await portal.release(NUMBER);

  const closing = await closingOf(firm, ANA, TEAM, card);
  expect(closing.text).toContain('Success');
  await expect
    .poll(() => firm.client.transcript(ANA, TEAM, card.ts))
    .toContain('$409,112.90 → $412,806.44');
  expect(await closingsOf(card)).toHaveLength(1);
  const finished = await firm.db
    .selectFrom('policy_value')
    .innerJoin('sync', 'sync.id', 'policy_value.sync_id')
    .innerJoin('request_sync', 'request_sync.sync_id', 'sync.id')
    .select('policy_value.name')
    .execute();
  expect(finished.map(({ name }) => name)).toEqual([...new Set(finished.map(({ name }) => name))]);
  expect(await portal.ledger('aruiz')).toHaveLength(1);
  expect(await portal.sessions('aruiz')).toHaveLength(1);
});

it('submits a password no second time when its worker is killed before the portal answers it', async () => {
  const portal = firm.local.portals.northbridge;
  await portal.pause('aruiz');
  const card = await ask();
  await heldIs('ARUIZ');
  kill();
  await portal.release('aruiz');

  const closing = await closingOf(firm, ANA, TEAM, card);
  expect(closing.text).toContain('Needs link');
  expect(closing.text).toContain('another try could lock it');
  expect(await portal.ledger('aruiz')).toHaveLength(1);

  // Whoever asks again is asked to link; no path submits the password by itself.
  const again = await askFor(
    firm,
    ANA,
    TEAM,
    '/sync policy 00312-9085',
    isCardOf(ANA, '00312-9085'),
  );
  expect(again.text).toContain('is unlinked');
  expect(await portal.ledger('aruiz')).toHaveLength(1);
});
