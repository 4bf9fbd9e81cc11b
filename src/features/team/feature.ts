import type { Feature } from '#slack/feature.ts';
import { listenToPeople } from './people.ts';
import { changeRoleClick, claimFirstOwner, roleChosen, teamAnswer } from './slack.ts';

export const team: Feature = {
  commands: { team: (deps, { actor }) => teamAnswer(deps, actor) },
  clicks: [changeRoleClick],
  submissions: [roleChosen],
  listen: [listenToPeople],
  beforeWho: async (deps, client, command, act) => {
    if (command.kind === 'team') await claimFirstOwner(deps, client, act);
  },
};
