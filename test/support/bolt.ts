import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { LocalWorkspace } from '#simulator/workspace/server.ts';

/** A real Bolt app, not started, that talks to this workspace over Socket Mode. */
export const boltFor = ({ appToken, botToken, apiUrl }: LocalWorkspace): App =>
  new App({
    token: botToken,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: apiUrl, retryConfig: { retries: 0 } },
    receiver: new SocketModeReceiver({
      appToken,
      logLevel: LogLevel.ERROR,
      // How long the client stays away after each disconnect; Slack's default is 5 s.
      clientPingTimeout: 300,
      installerOptions: { clientOptions: { slackApiUrl: apiUrl } },
    }),
  });
