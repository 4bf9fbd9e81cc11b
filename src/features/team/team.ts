import { may, type Actor, type Person } from '#shared/access.ts';
import type { Role } from '#shared/role.ts';

export interface TeamMember extends Person {
  slackId: string | null;
  email: string | null;
}

/** An account as Slack knows it, looked up by us and not taken from a click. */
export interface SlackAccount {
  slackId: string;
  name: string;
  email: string | undefined;
}

export interface TeamStore {
  /** Active people, owners first, then by name. */
  team: () => Promise<TeamMember[]>;
  hasOwner: () => Promise<boolean>;
  /** Makes this account's person an owner, if the firm still has none; false when it has. */
  claimOwnership: (account: SlackAccount) => Promise<boolean>;
  /** The account's person gets this role, and is added when the firm does not know it yet. */
  setRole: (
    account: SlackAccount,
    role: Role,
    byId: string,
  ) => Promise<'changed' | 'unchanged' | 'last-owner' | 'deactivated'>;
}

/** Everybody may see who is who; it holds no client's data. */
export const readTeam = async (
  { store }: { store: TeamStore },
  actor: Actor,
): Promise<TeamMember[] | 'refused'> => (may(actor, 'team.view') ? store.team() : 'refused');

export const changeRole = async (
  { store }: { store: TeamStore },
  actor: Actor,
  account: SlackAccount,
  role: Role,
): Promise<'changed' | 'unchanged' | 'last-owner' | 'deactivated' | 'refused'> =>
  may(actor, 'team.change') ? store.setRole(account, role, actor.id) : 'refused';
