import type { Feature } from '#slack/feature.ts';
import { CODE_CLICKS, CODE_SUBMISSIONS } from './code-slack.ts';
import { codeSubject } from '#shared/subject.ts';
import { drawCode } from './draw.ts';
import { sweepSignIns } from './sign-in-run.ts';
import { codesBehind } from './store/code-prompts.ts';
import { endModals, LINK_CLICKS, LINK_SUBMISSIONS } from './link-slack.ts';

export const signIn: Feature = {
  clicks: [...CODE_CLICKS, ...LINK_CLICKS],
  submissions: [...CODE_SUBMISSIONS, ...LINK_SUBMISSIONS],
  subjects: { code: drawCode },
  // Whatever shows a step of a sign-in comes with its end.
  follow: (deps) => endModals(deps, deps.client),
  sweep: ({ store, clock, changed, show }) => [
    { name: 'sign-ins', run: () => sweepSignIns({ store, clock, changed }) },
    {
      name: 'codes',
      run: async () => {
        for (const signInId of await codesBehind(store)) await show(codeSubject(signInId));
      },
    },
  ],
};
