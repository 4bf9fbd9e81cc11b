import type { Config } from '#app/config.ts';
import type { Database } from '#database/connection.ts';
import { seenWorkers } from '#core/sessions/store/workers.ts';
import { heldOfFirm } from '#database/erase-firm.ts';
import { nameOf } from '#database/place.ts';
import { messagesInSlack } from '#slack/store.ts';
import { channelToTell } from './tell.ts';

/** What people know by a word of theirs; the rest goes with it. */
const WORDS: Record<string, string> = {
  person: 'people',
  contact: 'contacts',
  policy: 'policies',
  policy_value: 'values',
  login_source: 'logins',
  sealed_secret: 'secrets',
  sync: 'syncs',
  request: 'requests',
  support_case: 'support cases',
  meeting: 'meetings',
  calendar: 'calendars',
  notification: 'notifications',
  audit: 'rows of the audit',
};

/** One that was stopped well, and is bound to no carrier, is not known any more. */
export const workersOf = async (db: Database): Promise<string[]> =>
  (await seenWorkers({ db, clock: Date.now })).map(({ name }) => name);

/** What it does not reach, and who can take it away. */
export const staying = ({ keyPlace, webhookUrl }: Config, workers: readonly string[]): string[] => [
  'It does not reach:',
  '- Slack: cards, threads and Homes. Take the app out of the workspace, and its Homes go; delete messages there.',
  '- Backups, and a SQLite file that move-to left: they keep everything until you delete them.',
  `- The keys in ${keyPlace.folder}: with a backup they open its passwords. Delete them with the last backup.`,
  `- Masked pictures and traces on other machines than this: nobody removes them once their workers are stopped. Delete \`pictures\` in the data folder of each. ${workers.length === 0 ? 'No worker is known' : `Workers: ${workers.join(', ')}`}.`,
  ...(webhookUrl === undefined ? [] : ['- The system that WEBHOOK_URL names.']),
  '- Logs of the bot and its workers; they hold ids, and no names, numbers or amounts.',
];

/** What would go, and what would stay. */
export async function* rehearse(config: Config, db: Database): AsyncGenerator<string> {
  const held = await heldOfFirm(db);
  const known = Object.entries(WORDS).flatMap(([table, word]) =>
    held.has(table) ? [`${held.get(table)} ${word}`] : [],
  );
  const rows = [...held.values()].reduce((sum, n) => sum + n, 0);
  yield `Would take this firm out of ${nameOf(config)}: ${known.join(', ') || 'nothing'}; ${rows} rows of ${held.size} tables in all.`;
  yield 'First everything but secrets is written to the folder. Then links end, secrets are erased, and queues are emptied.';
  const channel = channelToTell(config);
  yield channel === undefined
    ? 'Nobody in Slack would be told: there is no token, or no channel of the team.'
    : `The channel ${channel} would be told, once.`;
  const { messages, channels } = await messagesInSlack({ db });
  yield `${messages} messages stay in ${channels} channels of Slack; tables/subject_message.jsonl will name each.`;
  yield* staying(config, await workersOf(db));
}
