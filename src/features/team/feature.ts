import type { Feature } from '#slack/feature.ts';
import { listenToPeople } from './people.ts';
import { changeRoleClick, claimFirstOwner, roleChosen, teamAnswer } from './slack.ts';

export const team: Feature = {
  commands: {
    team: {
      help: [['team', 'who is who, and who may do what']],
      run: (deps, { actor }) => teamAnswer(deps, actor),
    },
  },
  clicks: [changeRoleClick],
  submissions: [roleChosen],
  listen: [listenToPeople],
  beforeWho: async (deps, client, word, act) => {
    if (word === 'team') await claimFirstOwner(deps, client, act);
  },
};
