import type { WebClientOptions } from '@slack/web-api';
import { beforeAsking } from './ack.ts';
import type { Clock } from '#shared/clock.ts';

type Token = 'bot' | 'app';
type Fetch = NonNullable<WebClientOptions['fetch']>;

/** Slack's names for a token that is good for nothing any more. */
const REVOKED = new Set([
  'token_revoked',
  'token_expired',
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'user_removed_from_team',
  'team_access_not_granted',
]);

export const isRevoked = (code: string | undefined): boolean =>
  code !== undefined && REVOKED.has(code);

const NAME: Record<Token, string> = { bot: 'SLACK_BOT_TOKEN', app: 'SLACK_APP_TOKEN' };
/** Bolt gives the post of an answer no limit: one that hangs would hold its act for minutes. */
export const ANSWER_MS = 8000;
/** Slack's own trouble may look like it, so it is asked again now and then. */
const ASK_AGAIN_MS = 10 * 60_000;

export interface TokenWatch {
  /** What Slack's clients call with. */
  fetchWith: (token: Token) => Fetch;
  /** Tokens that Slack has revoked. */
  revoked: () => readonly string[];
}

/** A token that Slack has revoked is told of once, and then nothing more is asked with it. */
export const watchTokens = (
  log: (problem: string) => void,
  clock: Clock,
  begun: () => boolean,
): TokenWatch => {
  const refused = new Map<Token, { code: string; at: number }>();
  return {
    revoked: () => [...refused.keys()].map((token) => NAME[token]),
    fetchWith: (token) => async (input, init) => {
      await beforeAsking();
      // The address that an answer goes to needs no token, and takes it all the same.
      if (!new Headers(init?.headers).has('authorization'))
        return fetch(input, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
      const known = refused.get(token);
      // The socket client ends the process when it is refused, so it waits, until a restart.
      if (known !== undefined && token === 'app' && begun()) return new Promise(() => undefined);
      if (known !== undefined && clock() - known.at < ASK_AGAIN_MS)
        return Response.json({ ok: false, error: known.code });
      const response = await fetch(input, init);
      const answer = await answerOf(response);
      if (!isRevoked(answer?.error)) {
        if (answer?.ok === true && refused.delete(token)) log(`Slack takes ${NAME[token]} again.`);
        return response;
      }
      const code = answer?.error ?? '';
      // Several may have asked at the same time.
      const isFirst = !refused.has(token);
      refused.set(token, { code, at: clock() });
      if (isFirst)
        log(
          `Slack refuses ${NAME[token]} (${code}), so nothing is shown or heard there. Install the app again, set the new token, and restart.`,
        );
      return token === 'app' && begun() ? new Promise(() => undefined) : response;
    },
  };
};

const answerOf = async (
  response: Response,
): Promise<{ ok?: boolean; error?: string } | undefined> => {
  if (!(response.headers.get('content-type') ?? '').includes('json')) return undefined;
  try {
    return (await response.clone().json()) as { ok?: boolean; error?: string };
  } catch {
    return undefined;
  }
};
