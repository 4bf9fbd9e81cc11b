import type { Feature } from '#slack/feature.ts';
import { caseSubject } from '#shared/subject.ts';
import { drawCase } from './draw.ts';
import { casesBehind } from './store/cases.ts';
import { showCase, SUPPORT_CLICKS, SUPPORT_SUBMISSIONS } from './slack.ts';

const MOST_SHOWN = 200;

export const supportCases: Feature = {
  commands: { case: (deps, { actor }, { number }) => showCase(deps, actor, number) },
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
