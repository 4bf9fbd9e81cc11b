import type { Feature } from '#slack/feature.ts';
import { listenToMeetings, meetingCommand } from './slack.ts';

export const meetings: Feature = {
  commands: {
    meeting: (desk, { actor, client, user }, { query, before }) =>
      meetingCommand(desk, { actor, client, slackId: user }, query, before),
  },
  listen: [listenToMeetings],
};
