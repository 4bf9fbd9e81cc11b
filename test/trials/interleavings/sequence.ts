import type { Database } from '#database/connection.ts';
import type { ScriptedCarrier } from './carrier.ts';

/** One database for all sequences, each with a carrier, logins and policies of its own in it. */
export interface World extends AsyncDisposable {
  db: Database;
  time: { now: number };
  begin: (sequence: number) => Promise<Sequence>;
  /** Of all sequences so far: sessions that made room for others, and cards that were looked at as they waited for a link. */
  so: () => { gaveWay: number; waited: number };
  /** How many policies a browser found at the portal so far; 0 where there is none. */
  foundByBrowser: () => number;
}

/** The acts of one sequence; indexes stand for people, policies and logins. */
export interface Sequence {
  carrier: ScriptedCarrier;
  force: (person: number, policy: number, login: number) => Promise<void>;
  day: (login: number) => Promise<void>;
  link: (login: number, keeps: boolean) => Promise<void>;
  unlink: (login: number) => Promise<void>;
  hold: (login: number) => Promise<void>;
  release: (login: number) => Promise<void>;
  cancel: (nth: number) => Promise<void>;
  /** A worker takes the login's session, which goes on beside what follows; `scarce` says when no slot is free. */
  session: (worker: number, login: number, scarce: () => boolean) => void;
  /** The process ends; what it was doing never ends, and its successor begins. */
  kill: (worker: number) => Promise<void>;
  pass: (ms: number) => Promise<void>;
  sweep: () => Promise<void>;
  /**
   * Lets all that runs come to where it waits for the carrier, or to its end; with an odd number and a
   * server, what comes next begins beside the statements of what runs.
   */
  settle: (n: number) => Promise<void>;
  /** What people are not told now of syncs that wait for a link, once a sweep has looked. */
  withoutLink: () => Promise<string[]>;
  /** Everybody has linked, nobody holds anything, and the workers work until nothing is open. */
  quiet: () => Promise<void>;
  /** What is wrong now; nothing when all is well. */
  wrong: () => Promise<string[]>;
}
