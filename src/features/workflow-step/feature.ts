import type { Feature } from '#slack/feature.ts';
import { privacyIn } from '#slack/project.ts';
import { completeSteps, listenToStep } from './slack.ts';
import { requestsOfSteps } from './store.ts';

const MOST_SHOWN = 200;

export const workflowStep: Feature = {
  listen: [listenToStep],
  // Where its outputs go is the workflow's to say, so they are as careful as in a channel.
  follow: (deps, subjectId) => completeSteps(deps, subjectId, privacyIn(deps, 'any channel')),
  sweep: ({ store, show }) => [
    {
      name: 'workflow steps',
      run: async () => {
        for (const requestId of await requestsOfSteps(store, MOST_SHOWN)) await show(requestId);
      },
    },
  ],
};
