import { LogLevel, WebAPIRequestError, WebClient } from '@slack/web-api';
import type { Secret } from '#shared/secret.ts';
import { isPassing, slackErrorOf } from './errors.ts';

/** What Slack says of a bot token. */
export interface Installation {
  client: WebClient;
  team: string;
  teamId: string;
  user: string;
  scopes: readonly string[];
}

/**
 * A refusal in words for whoever typed the token; `isUnreached`: it says nothing about the token;
 * `isUnsent`: no connection came about, so Slack has heard nothing.
 */
export interface Refused {
  refused: string;
  isUnreached?: boolean;
  isUnsent?: boolean;
}

const WORDS: Record<string, string> = {
  invalid_auth: 'Slack does not know this token. Copy it once more, whole.',
  not_authed: 'Slack does not know this token. Copy it once more, whole.',
  token_revoked: 'This token was revoked. Install the app again and take the new one.',
  token_expired: 'This token has expired. Take a new one.',
  account_inactive: 'The app was taken out of the workspace. Install it again.',
  missing_scope: 'This token lacks connections:write. Make one with that scope.',
  not_allowed_token_type: 'This is a token of another kind.',
};

/** What fails before a connection is there; one that broke later may have carried the words. */
const UNCONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const isUnsent = (error: unknown): boolean => {
  if (!(error instanceof WebAPIRequestError)) return false;
  const { cause } = error.original;
  return cause instanceof Error && 'code' in cause && UNCONNECTED.has(String(cause.code));
};

const refusedBy = (error: unknown): Refused => {
  const found = slackErrorOf(error);
  const { code, retryAfterMs } = found;
  if (code === undefined && retryAfterMs === undefined)
    return {
      refused: 'Slack cannot be reached from this machine. Check the network or the proxy.',
      isUnreached: true,
      isUnsent: isUnsent(error),
    };
  if (code === undefined || isPassing(found))
    return { refused: 'Slack has trouble of its own right now.', isUnreached: true };
  return { refused: WORDS[code] ?? `Slack refuses it (${code}).` };
};

/** It says in our words what went wrong, so its own log stays silent. */
const clientOf = (token: Secret, apiUrl: string | undefined, retries = 1): WebClient =>
  new WebClient(token.reveal(), {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    logLevel: LogLevel.ERROR,
    retryConfig: { retries },
  });

export const askBotToken = async (
  token: Secret,
  apiUrl?: string,
): Promise<Installation | Refused> => {
  try {
    const asked = await clientOf(token, apiUrl).auth.test();
    const { team, team_id: teamId, user, response_metadata: about } = asked;
    // Nothing that is said is said again by itself.
    const client = clientOf(token, apiUrl, 0);
    if (teamId === undefined) return { refused: 'Slack did not name the workspace of this token.' };
    return { client, team: team ?? teamId, teamId, user: user ?? '', scopes: about?.scopes ?? [] };
  } catch (error) {
    return refusedBy(error);
  }
};

/** Opens no socket: Slack names the address of one, and that is all. */
export const askAppToken = async (token: Secret, apiUrl?: string): Promise<Refused | undefined> => {
  try {
    await clientOf(token, apiUrl).apps.connections.open();
    return undefined;
  } catch (error) {
    return refusedBy(error);
  }
};

/** A message to one member, found by e-mail. */
export const greet = async (
  { client }: Installation,
  email: string,
  text: string,
): Promise<Refused | undefined> => {
  try {
    const { user } = await client.users.lookupByEmail({ email });
    await client.chat.postMessage({ channel: user?.id ?? '', text });
    return undefined;
  } catch (error) {
    return slackErrorOf(error).code === 'users_not_found'
      ? { refused: `Slack knows nobody with the address ${email}.` }
      : refusedBy(error);
  }
};

/** One message to a channel. It is tried once: what Slack may have taken is not said twice. */
export const sayIn = async (
  { client }: Installation,
  channel: string,
  text: string,
): Promise<Refused | undefined> => {
  try {
    await client.chat.postMessage({ channel, text });
    return undefined;
  } catch (error) {
    return refusedBy(error);
  }
};
