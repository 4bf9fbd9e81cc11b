import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { expect } from 'vitest';

/** Days on which the calendar, the market or the clock is another: the hour is UTC. */
const DAYS: readonly (readonly [at: string, zone: string])[] = [
  ['2026-12-05T15:00:00Z', 'America/New_York'], // a Saturday
  ['2027-12-24T15:00:00Z', 'UTC'], // the market keeps Christmas on this Friday
  ['2028-02-29T23:30:00Z', 'Asia/Kathmandu'],
  ['2027-11-07T05:40:00Z', 'America/New_York'], // New York's clocks go back in twenty minutes
  ['2027-03-14T06:40:00Z', 'America/Los_Angeles'], // New York's go forward in twenty minutes
  ['2028-11-28T15:00:00Z', 'Europe/Berlin'],
];

/** Each file has a day of its own, the same at every run. MOVED_DAY=0..5 is that day for all of them. */
const dayOf = (file: string): number =>
  Number(
    process.env['MOVED_DAY'] ??
      createHash('sha256').update(file).digest().readUInt32BE() % DAYS.length,
  );

// eslint-disable-next-line vitest/no-standalone-expect -- it names the file that is set up
const file = expect.getState().testPath?.slice(process.cwd().length) ?? '';
const [at, zone] = DAYS[dayOf(file)] ?? DAYS[0]!;
const module = pathToFileURL(join(import.meta.dirname, 'moved-clock.mjs')).href;
const real = (globalThis as { realClock?: { now: () => number } }).realClock ?? { now: Date.now };
process.env['MOVED_CLOCK_MS'] = String(Date.parse(at) - real.now());
process.env['NODE_OPTIONS'] = `--import ${module}`;
process.env['TZ'] = zone;
await import(`${module}?${dayOf(file)}-${real.now()}`);
