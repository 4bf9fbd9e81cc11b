import type { Feature } from '#slack/feature.ts';
import { notificationSubject } from '#shared/subject.ts';
import { drawNotification } from './draw.ts';
import { notice, type Drawings } from './messages.ts';
import { notificationsBehind } from './store.ts';

const MOST_SHOWN = 200;

/** What each feature tells by itself is drawn by that feature. */
export const notifications = (drawings: Omit<Drawings, 'notice'>): Feature => ({
  subjects: { notification: drawNotification({ ...drawings, notice: (about) => [notice(about)] }) },
  sweep: ({ store, show }) => [
    {
      name: 'notifications',
      run: async () => {
        for (const id of await notificationsBehind(store, MOST_SHOWN))
          await show(notificationSubject(id));
      },
    },
  ],
});
