import { carrierNames } from '#core/policies/store/report.ts';
import type { HomeView } from '@slack/types';
import { reportCuts } from '#core/policies/report-rules.ts';
import { readOwnSources, readTeamTrouble } from './home.ts';
import { readReport } from '#core/policies/report.ts';
import { refusal } from '#slack/answers.ts';
import type { SlackDeps, SlackClient } from '#slack/deps.ts';
import { whoIs } from '#slack/who.ts';
import type { HomeState } from './state.ts';
import { homeView } from './view.ts';
import type { Person } from '#shared/access.ts';

type HomeDeps = Pick<SlackDeps, 'store' | 'clock' | 'openBooks'> & {
  settings: Pick<SlackDeps['settings'], 'publicUrl' | 'command'>;
};

/** What this person's Home shows now, read anew and by their rights of now. */
export const drawHome = async (
  deps: HomeDeps,
  person: Person,
  state: HomeState,
): Promise<HomeView | undefined> => {
  const { carrier } = state;
  const page = await readReport(deps, person, {
    query: state.query,
    filter: state.filter,
    page: state.page,
    ...(carrier === undefined ? {} : { carrierId: carrier }),
  });
  if (page === undefined) return undefined;
  const now = deps.clock();
  return homeView({
    actor: person,
    state: { ...state, page: page.page },
    page,
    carriers: await carrierNames(deps.store),
    sources: await readOwnSources(deps, person),
    team: await readTeamTrouble(deps, person),
    openBooks: deps.openBooks,
    canLink: deps.settings.publicUrl !== undefined,
    command: deps.settings.command,
    syncedSince: reportCuts(now).syncedSince,
    now,
  });
};

/** Shows it to the person; whoever has no access sees why, and nothing of before. */
export const publishHome = async (
  deps: SlackDeps,
  client: SlackClient,
  act: { userId: string; userTeam?: string | undefined },
  state: HomeState,
  over?: string,
): Promise<string | undefined> => {
  const who = await whoIs(deps, client, act);
  const refused = (why: string): HomeView => ({ type: 'home', blocks: refusal(why).blocks });
  const view =
    who.kind === 'refused'
      ? refused(who.why)
      : ((await drawHome(deps, who.person, state)) ?? refused('Your access has ended.'));
  const published = await client.views.publish({
    user_id: act.userId,
    view,
    ...(over === undefined ? {} : { hash: over }),
  });
  return published.view?.hash;
};
