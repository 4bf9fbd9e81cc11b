import type { PostgresFacts } from '#database/examine.ts';
import { MINUTE } from '#shared/clock.ts';

/** One thing looked at: what there is, and what to do when that is not enough. */
export interface Finding {
  of: string;
  is: 'good' | 'note' | 'bad';
  found: string;
  next?: string;
}

export type Environment = Record<string, string | undefined>;

/** What the doctor takes from outside, so that a test may plant a fault in it. */
export interface Outside {
  clock: () => number;
  /** Bytes that this user may still write where this path is. */
  freeAt: (path: string) => Promise<number>;
  /** The folder that it was started in. */
  here: string;
  /** The folder in which the units of a machine have their settings. */
  ofUnits: string;
  /** What the Postgres of this address says of itself. */
  postgres: (url: string) => Promise<PostgresFacts>;
}

export const GIB = 1024 ** 3;

export const sized = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;

/** Slack refuses what is signed five minutes off, and codes of an authenticator live half of one. */
export const MOST_OFF_MS = 30_000;

/** `7 minutes ahead of Slack's`; ms that this machine is ahead. */
export const offBy = (ms: number, whose: string): string => {
  const off = Math.abs(ms);
  const much =
    off < 2 * MINUTE ? `${Math.round(off / 1000)} seconds` : `${Math.round(off / MINUTE)} minutes`;
  return `${much} ${ms > 0 ? 'ahead of' : 'behind'} ${whose}`;
};

export const messageOf = (error: unknown): string => {
  const one: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const text = one instanceof Error ? one.message || one.name : String(one);
  return text.split('\n')[0] ?? text;
};

const MARK = { good: 'ok  ', note: 'note', bad: 'BAD ' } as const;

/** `ok   Redis        7.0.15 at /usr/bin/redis-server` */
export const describeFinding = ({ of, is, found, next }: Finding): string =>
  `${MARK[is]} ${of.padEnd(12)} ${next === undefined ? found : `${found.replace(/\.$/, '')}. ${next}`}`;
