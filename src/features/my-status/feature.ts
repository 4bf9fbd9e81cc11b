import type { Feature } from '#slack/feature.ts';
import { statusClicks, type statusWith } from './slack.ts';

export const myStatus = (status: ReturnType<typeof statusWith>): Feature => ({
  commands: {
    status: {
      help: [['status', 'your syncs: running, waiting, or needing you']],
      run: (deps, { actor }) => status(deps, actor),
    },
  },
  clicks: statusClicks(status),
});
