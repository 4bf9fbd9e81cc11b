import type { SlackClient, SlackDeps } from './deps.ts';
import { isZone } from '#shared/schedule.ts';

/** A person's own zone as Slack knows it; the firm's where Slack names none that is known. */
export const zoneOf = async (
  deps: SlackDeps,
  client: SlackClient,
  slackId: string,
): Promise<string> => {
  const zone = (await deps.members.look(client, slackId))?.tz;
  return zone !== undefined && isZone(zone) ? zone : deps.zone;
};
