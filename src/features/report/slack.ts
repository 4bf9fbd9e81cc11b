import { scopeOf } from '#core/policies/look-up.ts';
import type { Actor } from '#shared/access.ts';
import { readTotals } from '#core/policies/report.ts';
import type { ReportPage } from '#core/policies/store/report-rows.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { section, policies, count } from '#slack/blocks.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { spoken } from '#slack/spoken.ts';
const words = (n: number, what: string): string[] => (n === 0 ? [] : [`${count(n)} ${what}`]);

/** The totals of the book, and where the report itself is. */
export const reportMessage = (
  totals: ReportPage['totals'],
  whole: boolean,
  place: { teamId: string; appId: string },
): Answer => {
  const title = whole ? 'The whole firm' : 'Your book';
  const lines = [
    [
      ...words(totals.success, 'Success'),
      ...words(totals['not-found'], 'Not Found'),
      ...words(totals['not-synced'], 'not synced in the last 7 days'),
    ],
    [
      ...words(totals['needs-link'], totals['needs-link'] === 1 ? 'needs a link' : 'need a link'),
      ...words(totals.stale, totals.stale === 1 ? 'has an old value' : 'have old values'),
    ],
  ].flatMap((parts) => (parts.length === 0 ? [] : [parts.join(' · ')]));
  const home = `slack://app?team=${place.teamId}&id=${place.appId}&tab=home`;
  return spoken([
    section([`*${title}*  ${policies(totals.all)}`, ...lines].join('\n')),
    section(
      `Every policy with its newest value, search and filters: <${home}|open the report>. It is the *Home* tab when you tap my name.`,
    ),
  ]);
};

export const reportAnswer = async (
  deps: SlackDeps,
  actor: Actor,
  place: { teamId: string; appId: string },
): Promise<Answer> => {
  const totals = await readTotals(deps, actor);
  if (totals === undefined) return answers.notYours();
  return reportMessage(totals, scopeOf(actor, deps.openBooks).kind === 'all', place);
};
