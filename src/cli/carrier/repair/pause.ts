import { setTimeout as wait } from 'node:timers/promises';
import { loadConfig } from '#app/config.ts';
import { endStateOf } from '#core/sign-in/store/kept-state.ts';
import { openAt, whyAbsent } from '#database/place.ts';
import type { Store } from '#database/store.ts';
import {
  adapterMended,
  oneThatWaits,
  pauseStanding,
} from '#features/carrier-pauses/store/notices.ts';
import type { Carrier } from '#portal/contract.ts';
import { CommandError, type Terminal } from '../../terminal.ts';
import { timeOf } from '../../with-firm.ts';

/** Where no bot ran on this machine there is no database, and nothing to tell it. */
const withStore = async <T>(act: (store: Store) => Promise<T>): Promise<T | undefined> => {
  const config = loadConfig(process.env);
  if (whyAbsent(config) !== undefined) return undefined;
  const db = await openAt(config);
  try {
    using time = await timeOf(config, db);
    return await act({ db, clock: time.clock });
  } finally {
    await db.destroy();
  }
};

/** The policy to repair with, and the login of the firm that sees it, where one is known. */
export interface Waits {
  number: string;
  sourceId?: string;
}

/** The one that is named, else one that waits for the carrier. */
export const policyThatWaits = async (
  terminal: Terminal,
  carrier: Carrier,
  named: string | undefined,
): Promise<Waits> => {
  const waits = await withStore((store) => oneThatWaits(store, carrier.id, named));
  if (waits === undefined && named === undefined)
    throw new CommandError(
      `Nothing waits for ${carrier.name} in this machine's database. Name a policy: --number 00123-4567`,
    );
  if (waits === undefined) return { number: named ?? '' };
  terminal.print(
    `${waits.number} waits for ${carrier.name}, at the login "${waits.login}" of ${waits.holder}: sign in with that one${named === undefined ? ', or name another policy with --number' : ''}.`,
  );
  return waits;
};

const LOOK_EVERY_MS = 1000;
const LONGEST_MS = 90_000;

/** Tells the bot that the adapter was mended: one sync tries with it, and if it is understood all run. */
export const letPauseEnd = async (
  terminal: Terminal,
  carrier: Carrier,
  { sourceId }: Waits,
  hash: string,
): Promise<void> => {
  const told = await withStore(async (store) => {
    // Our sign-in has most likely ended the session that a worker kept: it is not taken for somebody's.
    if (sourceId !== undefined) await endStateOf(store, sourceId);
    const before = await pauseStanding(store, carrier.id);
    if (!(await adapterMended(store, carrier.id, hash))) return 'not-paused' as const;
    terminal.print(
      `${carrier.name} is paused, and ${before.waiting} wait for it. One sync tries now with the mended adapter; this waits for it, ${LONGEST_MS / 1000} seconds at most.`,
    );
    for (let waited = 0; waited < LONGEST_MS; waited += LOOK_EVERY_MS) {
      const now = await pauseStanding(store, carrier.id);
      if (!now.paused) return 'over' as const;
      if (now.probes > before.probes) return 'failed' as const;
      await wait(LOOK_EVERY_MS);
    }
    return 'waiting' as const;
  });
  switch (told) {
    case 'over':
      terminal.print(`${carrier.name} goes on: what waited is being read.`);
      return;
    case 'failed':
      terminal.print(
        'The sync that tried was not understood: the pause stays. Look at the notice, then repair again with the number that it failed on.',
      );
      return;
    case 'waiting':
      terminal.print(
        'The pause ends when a worker has read one policy. Is a worker running, on this machine or with this folder deployed? A login that asks for a code must be linked again first: this sign-in has ended its session.',
      );
      return;
    case 'not-paused':
      terminal.print(`${carrier.name} is not paused: workers use the mended adapter from now on.`);
      return;
    case undefined:
      terminal.print(
        'No bot ran on this machine: deploy the folder, and its pause is tried at once.',
      );
  }
};
