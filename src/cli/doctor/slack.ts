import type { Config } from '#app/config.ts';
import {
  askAppToken,
  askBotToken,
  greet,
  type Installation,
  type Refused,
} from '#slack/first-contact.ts';
import { missingScopes } from '../init/tokens.ts';
import type { Finding } from './finding.ts';

const refusal = (of: string, name: string, { refused, isUnreached }: Refused): Finding => ({
  of,
  is: 'bad',
  found: `${name}: ${refused}`,
  next:
    isUnreached === true
      ? 'From this machine, try: curl https://slack.com/api/api.test'
      : `Set the right ${name}, and start the bot again.`,
});

/** Asks Slack about the tokens; what it says of the bot token is handed on. */
export async function* examineSlack({
  mode,
  slackApiUrl,
}: Config): AsyncGenerator<Finding, Installation | undefined> {
  switch (mode.kind) {
    case 'local':
      yield {
        of: 'Slack',
        is: 'note',
        found: 'no tokens; npm start opens the local workspace',
        next: 'For a real one set SLACK_BOT_TOKEN and SLACK_APP_TOKEN.',
      };
      return undefined;
    case 'worker':
      yield { of: 'Slack', is: 'good', found: 'a worker needs no token' };
      return undefined;
    case 'socket':
    case 'http':
  }
  const found = await askBotToken(mode.botToken, slackApiUrl);
  if ('refused' in found) yield refusal('Slack', 'SLACK_BOT_TOKEN', found);
  else yield scopesOf(found);
  if (mode.kind === 'socket') {
    const wrong = await askAppToken(mode.appToken, slackApiUrl);
    yield wrong === undefined
      ? { of: 'Sockets', is: 'good', found: 'Slack opens one to this app' }
      : refusal('Sockets', 'SLACK_APP_TOKEN', wrong);
  } else
    yield {
      of: 'Sockets',
      is: 'good',
      found: 'none: Slack calls PUBLIC_URL, and its signing secret is set',
    };
  return 'refused' in found ? undefined : found;
}

const scopesOf = (installation: Installation): Finding => {
  const lacking = missingScopes(installation);
  const found = `${installation.team} as @${installation.user}`;
  return lacking.length === 0
    ? { of: 'Slack', is: 'good', found: `${found}, with every scope` }
    : {
        of: 'Slack',
        is: 'bad',
        found: `${found}, without ${lacking.join(', ')}`,
        next: 'Add it under OAuth & Permissions, or paste manifest.yml, and install the app again.',
      };
};

/** A message to oneself, where asked for. */
export const examinePost = async (
  installation: Installation | undefined,
  email: string,
): Promise<Finding> => {
  if (installation === undefined)
    return {
      of: 'Test post',
      is: 'bad',
      found: 'not sent: Slack does not take the bot token',
      next: 'Mend what is said of Slack above, and ask again.',
    };
  const wrong = await greet(
    installation,
    email,
    'Swivel Sync reaches you. This is a test that somebody asked for; there is nothing to do.',
  );
  return wrong === undefined
    ? { of: 'Test post', is: 'good', found: `sent to ${email}` }
    : {
        of: 'Test post',
        is: 'bad',
        found: wrong.refused,
        next: 'Give --post the e-mail address of your own Slack account.',
      };
};
