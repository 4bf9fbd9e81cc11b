import { access } from './access.ts';
import { clockAndDisk } from './clock-and-disk.ts';
import { databases } from './databases.ts';
import { emptyRedis } from './faults/empty-redis.ts';
import { freeze } from './faults/freeze.ts';
import { kills } from './faults/kills.ts';
import { steps } from './faults/steps.ts';
import { lockout } from './lockout.ts';
import { fuzz } from './fuzz.ts';
import { hostile } from './hostile.ts';
import { interleavings } from './interleavings.ts';
import { secrets } from './secrets.ts';
import { several } from './several.ts';
import { slack } from './slack.ts';
import type { Trial } from './trial.ts';
import { upgradeTrial } from './upgrade.ts';
import { year } from './year.ts';

/** In the order in which `npm run trials` runs them. */
export const TRIALS: readonly Trial[] = [
  fuzz,
  databases,
  interleavings,
  kills,
  steps,
  freeze,
  emptyRedis,
  several,
  upgradeTrial,
  lockout,
  access,
  secrets,
  hostile,
  clockAndDisk,
  slack,
  year,
];
