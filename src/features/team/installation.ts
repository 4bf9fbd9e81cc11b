import type { SlackDeps } from '#slack/deps.ts';
import { partsOf } from './store/installation.ts';

/** What a fresh installation still lacks, for its log: each with the next step. */
export const missingParts = async ({
  store,
  settings,
}: Pick<SlackDeps, 'store' | 'settings'>): Promise<string[]> => {
  const { people, carriers } = await partsOf(store);
  return [
    ...(people
      ? []
      : [
          `The firm has no people yet. Import them (npm run -s sync -- import people.csv), or type ${settings.command} team in Slack as an owner of the workspace.`,
        ]),
    ...(carriers
      ? []
      : [
          'There is no carrier yet, so nothing can be synced. Set CARRIERS_PATH, then import login sources and policies.',
        ]),
  ];
};

/** Said once the accounts of Slack were looked through. */
export const unmatchedPeople = async ({ store }: Pick<SlackDeps, 'store'>): Promise<string[]> => {
  const { people, matched } = await partsOf(store);
  return !people || matched
    ? []
    : [
        'Nobody of the firm is matched with a Slack account yet. The e-mail addresses of people.csv must be those of Slack, and the app needs the scope users:read.email.',
      ];
};
