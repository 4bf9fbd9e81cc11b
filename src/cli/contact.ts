import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { heldOfContact } from '#core/policies/store/held-of-contact.ts';
import { endOpen, eraseContact } from '#core/policies/store/erasure/erase.ts';
import { planErasure, type ErasurePlan } from '#core/policies/store/erasure/plan.ts';
import { seenWorkers } from '#core/sessions/store/workers.ts';
import { EVIDENCE_DAYS } from '#portal/evidence.ts';
import type { DatabasePlace } from '#database/place.ts';
import { withFirm } from './with-firm.ts';

interface Needs {
  config: DatabasePlace & { dataFolder?: string; command: string };
  print: (line: string) => void;
  say: (line: string) => void;
  clock?: () => number;
}

const unknown = (externalId: string): string =>
  `No contact has the id "${externalId}". It is the contact_id of contacts.csv.`;

/** Writes all that is held about a contact as one JSON object; answers the exit code. */
export const runContact = (
  { config, print, say, clock }: Needs,
  externalId: string,
): Promise<0 | 1> =>
  withFirm({ config, say, clock }, async (store) => {
    const held = await heldOfContact(store, externalId);
    if (held === undefined) {
      say(unknown(externalId));
      return 1;
    }
    print(JSON.stringify(held, undefined, 2));
    say(
      'What stands in Slack is not in it; `messages` says in which channels. Texts may name others as well: read it before you hand it on.',
    );
    return 0;
  });

const counted = (n: number, one: string, many = `${one}s`): string =>
  `${n} ${n === 1 ? one : many}`;

const takenAway = ({ counts }: ErasurePlan): string =>
  [
    counted(counts.policies, 'policy', 'policies'),
    counted(counts.values, 'value'),
    counted(counts.syncs, 'sync'),
    counted(counts.requests, 'request'),
    counted(counts.cases, 'support case'),
    counted(counts.meetings, 'meeting'),
    ...(counts.shared === 0
      ? []
      : [`their part of ${counted(counts.shared, 'request')} with others`]),
  ].join(', ');

const inChannels = (messages: ErasurePlan['messages']): string =>
  messages.map(({ channel, n }) => `${n} in ${channel}`).join(', ');

/** What stays, and who can take it away. */
const staying = (
  { messages, sharedMessages, auditNumbers, namedInCases, toldByWebhook }: ErasurePlan,
  workers: readonly string[],
  command: string,
): string[] => [
  'It does not reach:',
  '- The CRM: take the contact out of its files first, or the next import brings it back.',
  '- Backups, and a SQLite file that move-to left: they keep it until you delete them.',
  messages.length === 0
    ? '- Messages in Slack: none of them is known here.'
    : `- Messages in Slack: ${inChannels(messages)}, their threads, and what people typed. Delete them there: they are not known here afterwards.`,
  ...(sharedMessages.length === 0
    ? []
    : [
        `- Messages in Slack that tell of others as well: ${inChannels(sharedMessages)}. Cards of requests are shown anew without them; a digest or a notice stays as it was sent: read it before you delete it.`,
      ]),
  '- Homes: one that shows them does so until its person opens it again.',
  '- Pictures of values in Slack: files of the app itself, in no channel. They go when the app is taken out of the workspace.',
  ...(namedInCases.length === 0
    ? []
    : [
        `- What people wrote of them in support cases of others: ${namedInCases.map(({ number }) => `#${number}`).join(', ')}. Read each with \`${command} show case ${namedInCases[0]?.number}\`, and close it: it goes when KEEP_CASES_DAYS is over.`,
      ]),
  `- Masked pictures and traces on other machines than this, and of tries that a later one has followed: each worker removes its own within ${EVIDENCE_DAYS} days. ${workers.length === 0 ? 'No worker is known' : `Workers: ${workers.join(', ')}`}.`,
  ...(toldByWebhook
    ? ['- The system that WEBHOOK_URL names: it was told of their syncs. Erase them there.']
    : []),
  auditNumbers === 0
    ? '- The audit: its rows stay as they are, and name this contact by ids alone.'
    : `- The audit: its rows stay as they are, by ids alone, and ${counted(auditNumbers, 'corrected policy number')} with them, until KEEP_AUDIT_DAYS is over.`,
];

/** Takes all that is held about a contact away; without `yes` it says what would go. */
export const runErase = (
  { config, print, say, clock }: Needs,
  externalId: string,
  { yes }: { yes: boolean },
): Promise<0 | 1> =>
  withFirm({ config, say, clock }, async (store) => {
    const plan = await planErasure(store, externalId);
    if (plan === undefined) {
      say(unknown(externalId));
      return 1;
    }
    const stays = staying(
      plan,
      (await seenWorkers(store)).map(({ name }) => name),
      config.command,
    );
    if (!yes) {
      print(`Would erase ${externalId}: ${takenAway(plan)}.`);
      for (const line of stays) print(line);
      print('Nothing is erased yet. To erase it for good, run it again with --yes.');
      return 0;
    }
    const { ended, running } = await endOpen(store, plan);
    if (ended + running > 0) {
      say(
        `Run it again in a minute: ${counted(running, 'sync')} of theirs still running, ${ended} that people waited for just ended. Their cards say so first.`,
      );
      return 1;
    }
    // Before: one that breaks off has taken away by what these messages are known.
    for (const line of stays) print(line);
    await eraseContact(store, plan, async (files) => {
      if (config.dataFolder === undefined) return;
      for (const file of files)
        await rm(join(config.dataFolder, 'pictures', basename(file)), { force: true });
    });
    print(`Erased ${externalId}: ${takenAway(plan)}.`);
    return 0;
  });
