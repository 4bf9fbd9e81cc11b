import { exportHistory, type HistoryFile } from './csv.ts';
import { click, type ClickAct } from '#slack/listen.ts';
import * as answers from '#slack/answers.ts';
import { name, section } from '#slack/blocks.ts';
import { parsePolicy } from '#slack/click-values.ts';
import type { SlackClient } from '#slack/deps.ts';
import { sendBytes } from '#slack/picture-upload.ts';

const of = ({ policy }: HistoryFile): string =>
  `${name(policy.contactName)} · ${name(policy.carrierName)} ${name(policy.number)}`;

/** Into the person's own conversation with the bot, whose id Slack tells with the message before it. */
const share = async (client: SlackClient, slackId: string, file: HistoryFile): Promise<void> => {
  const id = await sendBytes(client, file.fileName, Buffer.from(file.csv));
  const text = `The history of ${of(file)} as CSV, for your eyes: ${file.values} ${file.values === 1 ? 'value' : 'values'}, ${file.syncs} ${file.syncs === 1 ? 'sync' : 'syncs'}.`;
  const posted = await client.chat.postMessage({
    channel: slackId,
    text,
    blocks: [section(text)],
    unfurl_links: false,
    unfurl_media: false,
  });
  const { channel, ts } = posted;
  if (channel === undefined || ts === undefined) throw new Error('Slack named no conversation');
  try {
    await client.files.completeUploadExternal({
      files: [{ id, title: file.fileName }],
      channel_id: channel,
    });
  } catch (error) {
    const sorry = `The history of ${of(file)} could not be sent: Slack did not take the file. Try again in a minute.`;
    await client.chat.update({ channel, ts, text: sorry, blocks: [section(sorry)] });
    throw error;
  }
};

const sendHistory: ClickAct<{ policy: string }> = async (
  deps,
  { actor, client, slackId },
  { policy },
) => {
  const file = await exportHistory(deps, actor, policy);
  if (file === undefined) return answers.notYours();
  try {
    await share(client, slackId, file);
  } catch (error) {
    deps.log('a history could not be sent as a file', error);
    return answers.say(
      ':warning: Slack did not take the file. Try again in a minute; if it stays so, the app may lack the scope `files:write`: ask whoever runs it.',
    );
  }
  return answers.say(`:page_facing_up: ${file.fileName} is in our direct messages.`);
};

export const exportClick = click('history-export', parsePolicy, sendHistory);
