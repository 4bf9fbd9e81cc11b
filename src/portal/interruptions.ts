import type { Page } from 'playwright';
import type { Carrier } from './contract.ts';
import { find, isShown } from './kit/find.ts';
import { rulesThatHold } from './outcomes.ts';

const LOOK_EVERY_MS = 250;
const CLICK_MS = 3000;
/** One that comes back again and again is not closed by what the adapter presses. */
const MOST = 10;

/** Closes what comes between, as long as a step runs; the step itself waits meanwhile, and goes on. */
export const closeInterruptions = (page: Page, carrier: Carrier): { stop: () => void } => {
  const { interruptions = [] } = carrier;
  const ended = new AbortController();

  const closeThem = async (): Promise<number> => {
    let closed = 0;
    for (const { close } of await rulesThatHold(page, interruptions)) {
      if (!(await isShown(page, close))) continue;
      await (await find(page, close)).click({ timeout: CLICK_MS, noWaitAfter: true });
      closed += 1;
    }
    return closed;
  };
  const run = async (): Promise<void> => {
    for (let closed = 0; !ended.signal.aborted && closed < MOST;) {
      // What cannot be pressed now is tried again; a page that has gone fails the step itself.
      closed += await closeThem().catch(() => 0);
      if (page.isClosed()) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  };
  if (interruptions.length > 0) void run();
  return { stop: () => ended.abort() };
};
