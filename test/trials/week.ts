import { warningsShown } from '#features/link-reminders/store.ts';
import { Command } from 'commander';
import { isBusinessDay } from '#shared/calendar.ts';
import { attemptsOf, forgottenOf, lateOf, twiceOf, weekFigures } from './week/figures.ts';
import { isRight } from './week/digests.ts';
import { startWeekFirm, TEAM_CHANNEL } from './week/firm.ts';
import { DAYS, dayOf, dayWindow, DOWN, START } from './week/plan.ts';
import { runWeek } from './week/run.ts';
import { createTime } from './week/time.ts';

/** A week in which less happened proves nothing. */
const LEAST_SYNCS = 12_000;
const LEAST_FORCES = 50;

/** Business days on which anything of ours ran. */
const DIGESTS_DUE = DAYS.filter((day) => {
  const { from, to } = dayWindow(day);
  return isBusinessDay(day) && !(DOWN.from <= from && DOWN.to >= to);
}).length;

const FIGURES = `
What the figures mean:
  sources, policies  of the firm
  syncs         syncs that read something in the week: a value, an absence or a failure
  forgotten     policies of a day that were not read, though the login that sees them could be used for
                at least 40 minutes of it while everything of ours ran (0 is right)
  twice         background syncs that read a policy again on a day on which it had succeeded already, or
                had been looked for through the same login (0 is right)
  forcesLate    people's syncs that background work overtook: after the asking and before their read one
                began at the same login, or at another while theirs was free (0 is right)
  warnedTwice   people who had more than one warning about their logins on one day (0 is right)
  digests       digests in the team's channel, once for each business day on which anything of ours ran
                and with the totals that a plain count over all syncs gives (${DIGESTS_DUE} are right)
A day begins at 02:00 of the firm. The clock is a virtual one and leaps when all sessions are at a portal;
leases therefore last longer than usual. Portals are scripted; everything else is what runs in production.
The exit code is 1 when a figure is not what is right.`;

const week = async ({ json }: { json?: true }): Promise<number> => {
  const say = json ? console.error : console.log;
  const began = performance.now();
  const time = createTime(START);
  await using firm = await startWeekFirm(time);
  const { forces, links, digests } = await runWeek(firm, time, (line) =>
    say(`${new Date(time.now()).toISOString()}  ${line}`),
  );
  const attempts = await attemptsOf(firm);
  const warnings = await warningsShown({ db: firm.db, clock: time.now });
  const posted = firm.workspace
    .messages(TEAM_CHANNEL)
    .filter(({ threadTs }) => threadTs === undefined).length;
  const figures = weekFigures({
    attempts,
    linked: firm.linked,
    warnedTwice: warnings.filter(({ messages }) => messages > 1).length,
    digests: digests.filter(isRight).length,
  });
  const perDay = Map.groupBy(attempts, ({ finished_at }) => dayOf(finished_at));
  for (const day of DAYS) say(`${day}  ${perDay.get(day)?.length ?? 0} syncs`);
  say(
    `${links} links by people, ${forces} forces, ${warnings.length} warnings, ${posted} digests posted`,
  );
  for (const line of [
    ...firm.problems,
    ...digests.filter((digest) => !isRight(digest)),
    ...forgottenOf(attempts, firm.linked),
    ...twiceOf(attempts),
    ...lateOf(attempts),
  ].slice(0, MOST_SAID))
    say(typeof line === 'string' ? line.trim() : JSON.stringify(line));
  say(`The week took ${Math.round((performance.now() - began) / 1000)} s.`);
  console.log(json ? JSON.stringify(figures) : figures);
  const { forgotten, twice, forcesLate, warnedTwice } = figures;
  const isWhole =
    forgotten + twice + forcesLate + warnedTwice === 0 &&
    figures.digests === DIGESTS_DUE &&
    posted === DIGESTS_DUE &&
    figures.syncs >= LEAST_SYNCS &&
    forces >= LEAST_FORCES;
  return isWhole ? 0 : 1;
};

const MOST_SAID = 20;

const program = new Command('week')
  .description(
    'A week of a firm: 200 logins, 5,000 policies, a clock change, a holiday, a day down.',
  )
  .option('--json', 'print the figures on standard output, and nothing else there')
  .addHelpText('after', FIGURES);
program.action(async (asked: { json?: true }) => {
  process.exitCode = await week(asked);
});
await program.parseAsync();
