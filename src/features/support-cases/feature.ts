import type { Feature } from '#slack/feature.ts';
import { caseSubject } from '#shared/subject.ts';
import { drawCase } from './draw.ts';
import { casesBehind } from './store/cases.ts';
import { showCase, SUPPORT_CLICKS, SUPPORT_SUBMISSIONS } from './slack.ts';

const MOST_SHOWN = 200;

export const supportCases: Feature = {
  commands: {
    show: {
      run: async (deps, { actor }, rest) => {
        const number = /^case #?(\d{1,9})$/i.exec(rest)?.[1];
        return number === undefined ? undefined : showCase(deps, actor, Number(number));
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
