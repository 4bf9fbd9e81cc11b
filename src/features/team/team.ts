import { team, setRole, type SlackAccount, type TeamMember } from './store/team.ts';
import type { Store } from '#database/store.ts';
import { may, type Actor, type Role } from '#shared/access.ts';
/** Everybody may see who is who; it holds no client's data. */
export const readTeam = async (
  { store }: { store: Store },
  actor: Actor,
): Promise<TeamMember[] | 'refused'> => (may(actor, 'team.view') ? team(store) : 'refused');

export const changeRole = async (
  { store }: { store: Store },
  actor: Actor,
  account: SlackAccount,
  role: Role,
): Promise<'changed' | 'unchanged' | 'last-owner' | 'deactivated' | 'refused'> =>
  may(actor, 'team.change') ? setRole(store, account, role, actor.id) : 'refused';
