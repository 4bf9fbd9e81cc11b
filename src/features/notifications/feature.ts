import type { Feature } from '#slack/feature.ts';
import { letterSubject } from '#shared/subject.ts';
import { drawLetter } from './draw.ts';
import { notice, type Drawings } from './messages.ts';
import { lettersBehind } from './store.ts';

const MOST_SHOWN = 200;

/** What each feature tells by itself is drawn by that feature. */
export const notifications = (drawings: Omit<Drawings, 'notice'>): Feature => ({
  subjects: { letter: drawLetter({ ...drawings, notice: (about) => [notice(about)] }) },
  sweep: ({ store, show }) => [
    {
      name: 'notifications',
      run: async () => {
        for (const id of await lettersBehind(store, MOST_SHOWN)) await show(letterSubject(id));
      },
    },
  ],
});
