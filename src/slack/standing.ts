/** What an account is in this workspace; `absent`: Slack knows none by that id. */
export type SlackStanding = 'member' | 'guest' | 'deactivated' | 'stranger' | 'absent';

export interface Seen {
  slackId: string;
  standing: SlackStanding;
}

/** Only a full member of this workspace acts here. */
export const isHere = (standing: string): boolean =>
  standing === ('member' satisfies SlackStanding);

/** What Slack's record of an account says of it. */
interface Account {
  deleted?: boolean;
  is_restricted?: boolean;
  is_ultra_restricted?: boolean;
  is_stranger?: boolean;
  team_id?: string;
}

export const standingOf = (member: Account, teamId: string): SlackStanding => {
  if (member.deleted === true) return 'deactivated';
  if (member.is_stranger === true) return 'stranger';
  if (member.is_restricted === true || member.is_ultra_restricted === true) return 'guest';
  return member.team_id !== undefined && member.team_id !== teamId ? 'stranger' : 'member';
};
