import type { Store } from '#database/store.ts';
import type { LargeFirm } from './large-firm.ts';

/** One cost that the bench measures on the large firm. */
export interface Measure {
  name: string;
  /** ms of the processor */
  target: number;
  run: (firm: LargeFirm, nth: number) => Promise<unknown>;
  /** What counts is its longest statement, and not all of them. */
  longest?: true;
  /** It changes the firm so that it can be done once; what it needs is made ready before. */
  once?: (firm: LargeFirm) => Promise<void>;
}

export const storeOf = ({ db, now }: LargeFirm): Store => ({ db, clock: () => now });
