import type { Feature } from '#slack/feature.ts';
import { listenToHome, type Homes } from './slack.ts';

/** The Home tabs that are open belong to one bot. */
export const home = (): Feature => {
  let homes: Homes | undefined;
  return {
    listen: [
      (app, deps) => {
        homes = listenToHome(app, deps);
      },
    ],
    follow: async (_deps, subjectId) => homes?.requestChanged(subjectId),
    sweep: () => [{ name: 'homes', run: async () => homes?.look() }],
    start: async () => ({
      [Symbol.asyncDispose]: async () => homes?.[Symbol.asyncDispose](),
    }),
  };
};
