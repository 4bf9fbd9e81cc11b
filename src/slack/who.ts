import { askingFirst } from './ack.ts';
import type { SlackDeps, SlackClient } from './deps.ts';
import type { Member } from './members.ts';
import type { Person } from '#shared/access.ts';
import { standingOf, type SlackStanding } from './standing.ts';
import { personOnSlack, bindByEmail, firmHas } from './store.ts';

export type Who = { kind: 'person'; person: Person } | { kind: 'refused'; why: string };

const refused = (why: string): Who => ({ kind: 'refused', why });

const NOT_KNOWN =
  'You are not in the CRM as a user yet, so I cannot show you any policies. Ask an owner or manager at your firm to add you with the e-mail address you use in Slack.';

const NOT_HERE: Record<Exclude<SlackStanding, 'member'>, string> = {
  deactivated: 'Your access has ended. Ask an owner at your firm.',
  guest: 'Guests cannot sync policies. Ask a member of the team to do it for you.',
  stranger: 'This works only for members of the workspace it is installed in.',
  absent: NOT_KNOWN,
};

/** Of an installation that is not complete, what it lacks comes before what the person lacks. */
const unknown = async ({
  store,
  settings,
}: Pick<SlackDeps, 'store' | 'settings'>): Promise<Who> => {
  if (!(await firmHas(store, 'people')))
    return refused(
      `Swivel Sync is installed, but your firm has no people in it yet. If you own this Slack workspace, type \`${settings.command} team\` to become the first owner. Otherwise ask your Swivel Sync admin to import your firm's people.`,
    );
  if (!(await firmHas(store, 'people on Slack')))
    return refused(
      `Nobody at your firm is matched with Slack yet. Ask your Swivel Sync admin to compare the e-mail addresses of the firm's people with those in Slack.`,
    );
  return refused(NOT_KNOWN);
};

/**
 * The person of the firm behind a Slack account, asked at every act. Guests, deactivated accounts
 * and people of other workspaces are refused, whatever a button's value says, and what is seen of them
 * ends their access.
 */
export const whoIs = async (
  deps: Pick<SlackDeps, 'store' | 'members' | 'teamId' | 'settings' | 'log'>,
  client: SlackClient,
  act: { userId: string; userTeam?: string | undefined },
): Promise<Who> => {
  const { store, members, teamId, log } = deps;
  if (act.userTeam !== undefined && act.userTeam !== teamId) return refused(NOT_HERE.stranger);
  const known = await personOnSlack(store, act.userId);
  if (known?.active === false) return refused(NOT_HERE.deactivated);
  let user: Member | undefined;
  try {
    user = await askingFirst(() => members.look(client, act.userId));
  } catch (error) {
    // Slack delivered the act as theirs, and the firm knows them: its trouble costs them nothing.
    if (known === undefined) throw error;
    log(`Slack does not say who ${act.userId} is; the firm's own record counts`, error);
    return { kind: 'person', person: known };
  }
  if (user === undefined) return unknown(deps);
  const standing = standingOf(user, teamId);
  if (standing !== 'member') return refused(NOT_HERE[standing]);
  if (known !== undefined) return { kind: 'person', person: known };
  const email = user.profile?.email;
  const bound = email === undefined ? undefined : await bindByEmail(store, email, act.userId);
  if (bound === undefined) {
    log(`the Slack user ${act.userId} is no person of the firm`);
    return unknown(deps);
  }
  return bound.active ? { kind: 'person', person: bound } : refused(NOT_HERE.deactivated);
};
