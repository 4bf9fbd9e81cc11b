import type { Where } from '#test/support/where.ts';
import { randomOf } from '../trial.ts';
import { ANA, BEN, OLIVIA, readStage, TEAM } from './stage.ts';

const API_MS = 100;

/** Commands and clicks of all sorts, one after the other, each timed from its sending to its ack. */
export const ackTimes = async (
  seed: number,
  count: number,
  where?: Where,
): Promise<{ p50: number; p99: number; count: number }> => {
  await using stage = await readStage({ where });
  const { client } = stage.firm;
  const random = randomOf(seed);
  await client.command(ANA, TEAM, '/sync status');
  const status = await stage.read(ANA, TEAM, 'No sync of yours');
  const acts = [
    () => client.command(ANA, TEAM, '/sync policy 00123-4567'),
    () => client.command(BEN, TEAM, '/sync 00815-7736'),
    () => client.command(ANA, 'dm', '/sync history 00123-4567'),
    () => client.command(BEN, TEAM, '/sync help'),
    () => client.command(OLIVIA, TEAM, '/sync sources'),
    () => client.command(ANA, TEAM, '/sync meetings'),
    () => client.command(BEN, TEAM, '/sync team'),
    () => client.click({ as: ANA, channel: TEAM, ts: status.ts, actionId: 'status-refresh' }),
  ];
  for (const act of acts) await act();
  await client.faults({ delayMs: API_MS });
  const times: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const act = acts[Math.floor(random() * acts.length)];
    const began = performance.now();
    await act?.();
    times.push(performance.now() - began);
  }
  await client.faults({});
  times.sort((a, b) => a - b);
  const at = (part: number): number =>
    Math.round(times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Infinity);
  return { p50: at(0.5), p99: at(0.99), count: times.length };
};
