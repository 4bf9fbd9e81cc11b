import * as answers from '#slack/answers.ts';
import type { SlackDeps } from '#slack/deps.ts';
import type { Feature } from '#slack/feature.ts';
import { caseSubject } from '#shared/subject.ts';
import { drawCase } from './draw.ts';
import { casesBehind } from './store/cases.ts';
import { showCase, SUPPORT_CLICKS, SUPPORT_SUBMISSIONS } from './slack.ts';

const whichCase = ({ settings }: SlackDeps) =>
  answers.say(`Which case? Type \`${settings.command} show case\` and its number.`);

const MOST_SHOWN = 200;

export const supportCases: Feature = {
  commands: {
    show: {
      orPlainWords: true,
      run: async (deps, { actor }, rest) => {
        const number = /^(?:case\s*#?\s*(\d{1,9})|#?(\d{1,3}))[.!?]*$/i.exec(rest);
        const named = number?.[1] ?? number?.[2];
        if (named !== undefined) return showCase(deps, actor, Number(named));
        return /^(?:cases?\b|$)/i.test(rest) ? whichCase(deps) : undefined;
      },
    },
    case: {
      asTyped: true,
      unlessName: true,
      run: async (deps, { actor }, rest) => {
        const number = /^#?\s*(\d{1,9})[.!?]*$/.exec(rest)?.[1];
        return number === undefined ? whichCase(deps) : showCase(deps, actor, Number(number));
      },
    },
  },
  clicks: SUPPORT_CLICKS,
  submissions: SUPPORT_SUBMISSIONS,
  subjects: { case: drawCase },
  sweep: ({ store, show }) => [
    {
      name: 'cases',
      run: async () => {
        for (const id of await casesBehind(store, MOST_SHOWN)) await show(caseSubject(id));
      },
    },
  ],
};
