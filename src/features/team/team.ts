import {
  team,
  setRole,
  type RoleChange,
  type SlackAccount,
  type TeamMember,
} from './store/team.ts';
import type { Store } from '#database/store.ts';
import type { Show } from '#queue/messages.ts';
import { may, type Actor, type Role } from '#shared/access.ts';
/** Everybody may see who is who; it holds no client's data. */
export const readTeam = async (
  { store }: { store: Store },
  actor: Actor,
): Promise<TeamMember[] | 'refused'> => (may(actor, 'team.view') ? team(store) : 'refused');

export const changeRole = async (
  { store, show }: { store: Store; show: Show },
  actor: Actor,
  account: SlackAccount,
  role: Role,
): Promise<RoleChange | 'refused'> => {
  if (!may(actor, 'team.change')) return 'refused';
  const { kind, requests } = await setRole(store, account, role, actor.id);
  for (const requestId of requests) await show(requestId);
  return kind;
};
