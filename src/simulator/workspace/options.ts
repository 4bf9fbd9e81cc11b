import { list, messageOfProblem, problemsOf } from './checks.ts';
import type { Json } from './json.ts';
import { LIMITS } from './limits.ts';
import { optionGroup, selectOption } from './texts.ts';

const OPTIONS = list(selectOption, LIMITS.options);
const GROUPS = list(optionGroup, LIMITS.optionGroups);

/** What Slack would refuse of an app's answer to an external select. */
export const blockOptionProblems = (answer: Json): string[] => {
  const { options, option_groups: groups } = answer;
  const problems =
    options === undefined && groups !== undefined
      ? problemsOf(GROUPS, groups, '/option_groups')
      : problemsOf(OPTIONS, options, '/options');
  return problems.map(messageOfProblem);
};
