import { linkPerson } from '#core/sign-in/store/links.ts';
import { recordHistoryExport } from '#core/policies/store/history.ts';
import { addNotification } from '#features/notifications/store.ts';
import { notificationSubject } from '#shared/subject.ts';
import * as answers from '#slack/answers.ts';
import { name, section } from '#slack/blocks.ts';
import { parsePolicy } from '#slack/click-values.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import { click, type ClickAct } from '#slack/listen.ts';
import type { DrawDeps } from '#slack/project.ts';
import { exportHistory, fileNameOf } from './csv.ts';
import { mayReadHistory } from './history.ts';
import { spoken } from '#slack/spoken.ts';

/** Who asked for a history as a file, and of which policy. */
export interface HistoryAsked {
  personId: string;
  policyId: string;
}

const askForFile: ClickAct<{ policy: string }> = async (
  deps,
  { actor, slackId, dedupeKey },
  { policy: policyId },
) => {
  const policy = await mayReadHistory(deps, actor, policyId);
  if (policy === undefined) return answers.notYours();
  const notificationId = await addNotification(deps.store, {
    kind: 'history-file',
    name: `${actor.id}:${dedupeKey}`,
    channel: slackId,
    about: { personId: actor.id, policyId },
  });
  if (notificationId !== undefined) {
    await recordHistoryExport(deps.store, actor.id, policyId);
    await deps.show(notificationSubject(notificationId));
  }
  return answers.say(
    `:page_facing_up: ${fileNameOf(policy)} is on its way to our direct messages.`,
  );
};

export const exportClick = click('history-export', parsePolicy, askForFile);

const said = (text: string): DesiredMessage => ({
  key: 'card',
  inThread: false,
  ...spoken([section(text)]),
  final: true,
});

/** The file is made when it is sent, and whether the person may still see it is asked again then. */
export const historyFile = async (
  { personId, policyId }: HistoryAsked,
  { store, settings }: DrawDeps,
): Promise<DesiredMessage[]> => {
  const actor = await linkPerson(store, personId);
  const deps = { store, openBooks: settings.openBooks };
  const file = actor && (await exportHistory(deps, actor, policyId));
  if (file === undefined) return [said('The history you asked for is no longer in your book.')];
  const { policy, fileName, csv, values, syncs } = file;
  const of = `${name(policy.contactName)} · ${name(policy.carrierName)} ${name(policy.number)}`;
  const counts = `${values} ${values === 1 ? 'value' : 'values'}, ${syncs} ${syncs === 1 ? 'sync' : 'syncs'}`;
  return [
    said(`The history of ${of} as CSV, for your eyes: ${counts}.`),
    {
      ...said(
        `:warning: Slack did not take the file of ${of}. Ask for it again in a minute; if it stays so, the app may lack the scope \`files:write\`: ask your Swivel Sync admin.`,
      ),
      key: 'file',
      file: { name: fileName, bytes: () => Promise.resolve(Buffer.from(csv)) },
    },
  ];
};
