import type { Config } from '#app/config.ts';
import { askBotToken, sayIn } from '#slack/first-contact.ts';
import type { Journal } from './journal.ts';

const ENDED =
  'Swivel Sync ends here for this firm. Every link to a carrier is ended, every kept password is erased, and nothing is synced any more. What stands in Slack stays until you delete it.';

/** Where the team reads; nowhere without a token. */
export const channelToTell = ({
  mode,
  digestChannel,
  operatorsChannel,
  supportChannel,
}: Config): string | undefined =>
  mode.kind === 'socket' || mode.kind === 'http'
    ? (digestChannel ?? operatorsChannel ?? supportChannel)
    : undefined;

/** Tells the team once, whatever breaks off; why it could not, with what to do. */
export const tellSlack = async (
  { config, journal, say }: { config: Config; journal: Journal; say: (line: string) => void },
  silent: boolean,
): Promise<string | undefined> => {
  const { mode, slackApiUrl } = config;
  const channel = silent ? undefined : channelToTell(config);
  if (channel === undefined || (mode.kind !== 'socket' && mode.kind !== 'http')) {
    journal.note('Slack told', { channel: 'none' });
    say('Nobody in Slack was told.');
    return undefined;
  }
  const newest = journal.last('telling Slack', 'Slack not told');
  if (newest?.['step'] === 'telling Slack') {
    // A run broke off while Slack was answering.
    journal.note('Slack told', { channel, certain: false });
    say(`${channel} may have been told, when an earlier run broke off: look there.`);
    return undefined;
  }
  const installation = await askBotToken(mode.botToken, slackApiUrl);
  if ('refused' in installation) return notTold(installation.refused);
  journal.note('telling Slack', { channel });
  const refused = await sayIn(installation, channel, ENDED);
  if (refused !== undefined) {
    if (refused.isUnreached !== true || refused.isUnsent === true)
      journal.note('Slack not told', { why: refused.refused });
    return notTold(refused.refused);
  }
  journal.note('Slack told', { channel });
  say(`${channel} was told.`);
  return undefined;
};

const notTold = (why: string): string =>
  `Slack was not told, so nothing more was done: ${why} Run it again, or with --silent to tell nobody.`;
