import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { LocalWorkspace } from '#simulator/workspace/server.ts';

/**
 * A real Bolt app, not started, that talks to this workspace over Socket Mode. `awayMs` is how long
 * it waits for a pong, and how long it stays away after a disconnect; a busy machine needs long.
 */
export const boltFor = ({ appToken, botToken, apiUrl }: LocalWorkspace, awayMs = 5000): App =>
  new App({
    token: botToken,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: apiUrl, retryConfig: { retries: 0 } },
    receiver: new SocketModeReceiver({
      appToken,
      logLevel: LogLevel.ERROR,
      clientPingTimeout: awayMs,
      installerOptions: { clientOptions: { slackApiUrl: apiUrl } },
    }),
  });
