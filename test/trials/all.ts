import { fuzz } from './fuzz.ts';
import type { Trial } from './trial.ts';

/** In the order in which `npm run trials` runs them. */
export const TRIALS: readonly Trial[] = [fuzz];
