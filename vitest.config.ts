import { defineConfig } from 'vitest/config';

const NOT_QUICK = ['test/**/*.browser.test.ts', 'test/**/*.long.test.ts'];
/** What fills the memory of a browser, or kills and freezes processes: its limits need a machine that is not busy. */
const HEAVY = [
  'test/portal/hostile.browser.test.ts',
  'test/trials/faults.long.test.ts',
  'test/app/worker-{death,freeze}.browser.test.ts',
];
/** Two cores bear three files, as most of them wait for a browser or a timer. */
const AT_ONCE = 3;

/**
 * Five projects: `quick` is what `npm run check` runs; `moved` runs the same on other days; `browser` drives a real Chromium (files named
 * *.browser.test.ts); `long` needs none and takes its time (*.long.test.ts);
 * `heavy` is what of both would feel its neighbours, and runs after them. Tests wait for states, so the time-outs only end what hangs.
 */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          // Files share what they import: it was a third of the time, and none of them changes a module.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: NOT_QUICK,
        },
      },
      {
        extends: true,
        test: {
          name: 'moved',
          isolate: false,
          include: ['test/**/*.test.ts'],
          // What knows no day is not run twice; the set-up's lock looks at the age of a file besides.
          exclude: [
            ...NOT_QUICK,
            'test/{cli,database,portal,queue,setup,simulator,web}/**',
            'test/slack/block-limits.test.ts',
          ],
          setupFiles: ['test/support/moved-day.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'browser', include: ['test/**/*.browser.test.ts'], exclude: HEAVY },
      },
      {
        extends: true,
        test: { name: 'long', include: ['test/**/*.long.test.ts'], exclude: HEAVY },
      },
      {
        extends: true,
        test: { name: 'heavy', include: HEAVY, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
    ],
    pool: 'forks',
    maxWorkers: AT_ONCE,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    reporters: ['default', './test/support/count-reporter.ts'],
  },
});
