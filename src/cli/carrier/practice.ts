import { SANDBOX, SANDBOX_NUMBERS } from '#simulator/portals/sandbox.ts';
import { startPortals } from '#simulator/portals/start.ts';
import type { Terminal } from '../terminal.ts';

const CARRIER = 'lakeside-benefit';
const USUAL_PORT = 4805;

/** Runs a portal that no carrier is written for, until it is stopped. */
export const practise = async (terminal: Terminal, port = USUAL_PORT): Promise<void> => {
  const portals = await startPortals({
    data: { logins: [], policies: [] },
    only: [CARRIER],
    options: { [CARRIER]: { port } },
  });
  terminal.print(`Lakeside Benefit  ${portals.addresses[CARRIER]}/log-on`);
  terminal.print(`Producer ID       sandbox`);
  terminal.print(`Password          ${SANDBOX.password}`);
  terminal.print(
    `Contract number   ${SANDBOX_NUMBERS.fine} (${SANDBOX_NUMBERS.closed} is surrendered, ${SANDBOX_NUMBERS.partial} lacks an amount)`,
  );
  terminal.print('Ctrl+C stops it.');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await portals.close();
};
