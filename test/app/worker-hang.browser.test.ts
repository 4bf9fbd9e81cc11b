import { expect, it, vi } from 'vitest';
import { askFor, closingOf, isCardOf, startFirm } from '#test/support/firm.ts';
import { ANA, TEAM } from '#test/support/people.ts';

const NUMBER = '00123-4567';
/** At SIGUSR2 the event loop stands still for good. */
const HANGS = `data:text/javascript,process.on('SIGUSR2',()=>{for(;;);})`;
/** Beside what this process was started with, as a clock of another day. */
const OPTIONS = `${process.env['NODE_OPTIONS'] ?? ''} --import ${HANGS}`;

vi.setConfig({ testTimeout: 180_000 });

it('a worker whose event loop hangs for good is ended and started again, and its sync ends', async () => {
  await using firm = await startFirm({
    workerEnv: { HANG_SECONDS: '5', NODE_OPTIONS: OPTIONS },
  });
  const portal = firm.local.portals.northbridge;
  const child = firm.workAsChild();
  await portal.pause(NUMBER);
  const card = await askFor(firm, ANA, TEAM, `/sync policy ${NUMBER}`, isCardOf(ANA, NUMBER));
  await expect.poll(() => portal.held(), { timeout: 60_000 }).toEqual([NUMBER]);
  process.kill(child.pid() ?? 0, 'SIGUSR2');
  await portal.release(NUMBER);
  await expect
    .poll(() => firm.logged(), { timeout: 60_000 })
    .toContain('the worker ended: SIGKILL');
  expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Success');
});
