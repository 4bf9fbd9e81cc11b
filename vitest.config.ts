import { defineConfig } from 'vitest/config';
import { findPostgres } from './src/setup/tools.mjs';

const NOT_QUICK = [
  'test/**/*.browser.test.ts',
  'test/**/*.long.test.ts',
  'test/**/*.postgres.test.ts',
];
/** What the stores do is tested on both databases: these run on Postgres once more. */
const ON_BOTH = [
  'test/app/{bound-workers,kept,looks-in-the-audit,retention,two-workers}.test.ts',
  'test/app/loss.long.test.ts',
  'test/cli/offboard.test.ts',
  'test/core/logins/{consents,ended-links,login-sources,waiting-for-link-a-day}.test.ts',
  'test/core/policies/{erasure,exported,named,no-date}.test.ts',
  'test/core/requests/{asked-again,contact-search,lost-access,messages,other-login,shared-syncs,show-values,unlinked,waiting-for-link}.test.ts',
  'test/core/sessions/{ahead,deaths,finishes}.test.ts',
  'test/core/sign-in/{asked-once,code-prompt,link,link-modal,lost-lease,lost-tries,remembered-devices,sign-in,wrong-clock}.test.ts',
  'test/database/audit.test.ts',
  'test/features/corrections/guided-corrections.test.ts',
  'test/features/daily-sync/daily-sync.test.ts',
  'test/features/digest/{digest,needs-link}.test.ts',
  'test/features/home/{home,open-homes}.test.ts',
  'test/features/import/{another-holder,crm,import,people}.test.ts',
  'test/features/link-reminders/link-reminders.test.ts',
  'test/features/meetings/{calendar-planned,meetings,moved}.test.ts',
  'test/features/message-policies/{plain-words,shortcuts}.test.ts',
  'test/features/my-status/my-status.test.ts',
  'test/features/notifications/operators.test.ts',
  'test/features/status-words/status-words.test.ts',
  'test/features/support-cases/support-cases.test.ts',
  'test/features/team/{leaving,people}.test.ts',
  'test/features/webhooks/events.test.ts',
  'test/features/workflow-step/steps.test.ts',
  'test/slack/{dedupe,overtaken,picture-links,places,two-bots}.test.ts',
];

const hasPostgres = findPostgres(process.env) !== undefined;
if (!hasPostgres)
  process.stderr.write(
    'Postgres is missing, so the stores are tested on SQLite alone. To test them on both: apt install postgresql, or brew install postgresql@17.\n',
  );

const ON_POSTGRES = hasPostgres
  ? [
      {
        extends: true,
        test: {
          name: 'postgres',
          include: ['test/**/*.postgres.test.ts', ...ON_BOTH],
          globalSetup: ['test/support/postgres.ts'],
          setupFiles: ['test/support/on-postgres.ts'],
        },
      },
    ]
  : [];

/**
 * Five projects: `quick` is what `npm run check` runs; `moved` runs the same on other days; `postgres` runs the tests of the stores on a real one; `browser` drives a real Chromium (files named
 * *.browser.test.ts); `long` needs none and takes its time (*.long.test.ts). Tests wait for states, so the time-outs only end what hangs.
 */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: NOT_QUICK,
        },
      },
      {
        extends: true,
        test: {
          name: 'moved',
          include: ['test/**/*.test.ts'],
          // What knows no day is not run twice; the set-up's lock looks at the age of a file besides.
          exclude: [
            ...NOT_QUICK,
            'test/{cli,database,portal,queue,setup,simulator,threads,web}/**',
            'test/app/{access-at-every-entry,forged-clicks,sandbox,stopped-consumer}.test.ts',
            'test/slack/{block-limits,doubtful-answers,failing-slack,hanging-slack,revoked-tokens,stop,two-bots}.test.ts',
          ],
          setupFiles: ['test/support/moved-day.ts'],
        },
      },
      ...ON_POSTGRES,
      { extends: true, test: { name: 'browser', include: ['test/**/*.browser.test.ts'] } },
      { extends: true, test: { name: 'long', include: ['test/**/*.long.test.ts'] } },
    ],
    globalSetup: ['test/support/compiled.ts'],
    pool: 'forks',
    // Files share what they import: it was a third of the time, and none of them changes a module.
    isolate: false,
    // Much of the time is waiting, so there are more than a machine of two cores has.
    maxWorkers: 4,
    // One slip of a busy machine stops no build; the run ends with the names of what was tried twice.
    retry: process.env['CI'] === undefined ? 0 : 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    reporters: ['default', './test/support/count-reporter.ts'],
  },
});
