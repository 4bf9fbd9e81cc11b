import type { HomeView } from '@slack/types';
import { scopeOf } from '#core/policies/look-up.ts';
import { may, type Actor } from '#shared/access.ts';
import type { ShownSource } from './home.ts';
import { button, context, name, plain, section, type KnownBlock } from '#slack/blocks.ts';
import { reportBlocks } from './report-blocks.ts';
import { sourceBlocks } from './source-blocks.ts';
import type { HomeState } from './state.ts';
import { teamBlocks } from './team-blocks.ts';
import type { TeamTrouble } from './store.ts';
import type { ReportPage } from '#core/policies/store/report-rows.ts';

/** Everything a Home says; it is a pure function of this. */
export interface HomeData {
  actor: Actor;
  state: HomeState;
  page: ReportPage;
  carriers: readonly { id: string; name: string }[];
  sources: readonly ShownSource[];
  team: TeamTrouble | undefined;
  openBooks: boolean;
  canLink: boolean;
  command: string;
  syncedSince: number;
  now: number;
}

const whoseBook = ({ actor, openBooks }: HomeData): string =>
  scopeOf(actor, openBooks).kind === 'all' ? 'All books of the firm' : 'Your book';

const whenEmpty = ({ actor, carriers }: HomeData): string => {
  if (carriers.length === 0)
    return 'No carrier is set up yet, so there is nothing to sync. Ask your Swivel Sync admin to add one and to import login sources and policies.';
  return actor.role === 'support'
    ? 'You have no book of your own. Type the whole policy number of a case above.'
    : 'There are no policies in your book yet. Ask a manager or owner to add your contacts.';
};

/** More than a phone shows in a line is no example. */
const LONGEST_EXAMPLE = 30;

/** What else there is to type, with a policy of theirs. */
const elsewhere = ({ command, page }: HomeData): KnownBlock => {
  const policy = page.rows
    .map((row) => row.policy)
    .find(({ contactName }) => contactName.length <= LONGEST_EXAMPLE);
  const typed =
    policy === undefined
      ? ['help']
      : [`policy ${name(policy.number)}`, `contact ${name(policy.contactName)}`];
  return context(
    `In any channel: ${typed.map((words) => `\`${command} ${words.replaceAll('`', '')}\``).join(' or ')}.`,
  );
};

const DIVIDER: KnownBlock = { type: 'divider' };

export const homeView = (data: HomeData): HomeView => {
  const { actor, state, page, carriers, sources, team, canLink, now } = data;
  const linkable = new Set(sources.filter(({ mayLink }) => mayLink).map(({ id }) => id));
  const drawing = state.at;
  return {
    type: 'home',
    private_metadata: JSON.stringify(state),
    blocks: [
      { type: 'header', text: plain('Swivel Sync Report', 150) },
      {
        ...section(`${whoseBook(data)}. Only you see this page.`),
        accessory: button({ text: 'Refresh', action: 'home-refresh', value: 'refresh' }),
      },
      ...sourceBlocks({ sources, now, canLink, drawing, saysPaused: team === undefined }),
      DIVIDER,
      ...(team === undefined ? [] : [...teamBlocks(team), DIVIDER]),
      ...reportBlocks({
        state,
        page,
        carriers,
        whenEmpty: whenEmpty(data),
        mayLink: (sourceId) => canLink && (linkable.has(sourceId) || may(actor, 'source.link')),
        syncedSince: data.syncedSince,
        drawing,
      }),
      elsewhere(data),
    ],
  };
};
