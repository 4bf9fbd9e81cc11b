import type { Feature } from '#slack/feature.ts';
import { listenToPeople } from './people-slack.ts';
import { claimFirstOwner, listenToTeam, teamAnswer } from './slack.ts';

export const team: Feature = {
  commands: { team: (desk, { actor }) => teamAnswer(desk, actor) },
  listen: [listenToTeam, listenToPeople],
  beforeWho: async (desk, client, command, act) => {
    if (command.kind === 'team') await claimFirstOwner(desk, client, act);
  },
};
