import type { Feature } from '#slack/feature.ts';
import { ALL_ACCOUNTS } from '#shared/subject.ts';
import { missingParts } from './installation.ts';
import { listenToPeople, reconcilePeople, type Reconciliation } from './people.ts';
import { changeRoleClick, claimFirstOwner, roleChosen, teamAnswer } from './slack.ts';

/** Who was looked at is remembered by one bot. */
export const team = (): Feature => {
  let people: Reconciliation | undefined;
  return {
    commands: {
      team: {
        help: [['team', 'who is who, and who may do what']],
        outside: 'answer',
        alone: () => 'shows everybody.',
        run: (deps, { actor }) => teamAnswer(deps, actor),
      },
    },
    clicks: [changeRoleClick],
    submissions: [roleChosen],
    listen: [
      (app, deps) => {
        people = reconcilePeople(deps);
        listenToPeople(app, deps);
      },
    ],
    subjects: {
      account: ({ client }, id) =>
        Promise.resolve(id === 'all' ? people?.next(client) : people?.check(client, id)),
    },
    start: async (deps) => {
      for (const missing of await missingParts(deps)) deps.log(missing);
      await people?.begin();
      return { [Symbol.asyncDispose]: () => Promise.resolve() };
    },
    sweep: ({ show }) => [
      {
        name: 'people',
        run: async () => {
          if (people?.isStuck() === true) await show(ALL_ACCOUNTS);
          else if ((await people?.hasNewPeople()) === true) await people?.begin();
        },
      },
    ],
    daily: ({ zone }) => [
      {
        name: 'people',
        schedule: { zone, at: '02:30', days: 'every' },
        run: async () => people?.begin(),
      },
    ],
    beforeWho: async (deps, client, word, act) => {
      if (word === 'team') await claimFirstOwner(deps, client, act);
    },
  };
};
