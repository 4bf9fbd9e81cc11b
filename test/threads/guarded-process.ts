import { startWatchdog } from '#threads/watchdog.ts';

/** A process that hangs when it is told to, for so many ms. */
process.on('message', (ms: number) => {
  const until = performance.now() + ms;
  while (performance.now() < until);
  process.send?.('moves');
});
startWatchdog('process of the test', Number(process.argv[2]), (error) => {
  throw error;
});
process.send?.('ready');
