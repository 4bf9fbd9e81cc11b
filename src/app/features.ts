import { logins } from '#core/logins/feature.ts';
import { requests } from '#core/requests/feature.ts';
import { signIn } from '#core/sign-in/feature.ts';
import { carrierPauses } from '#features/carrier-pauses/feature.ts';
import { corrections } from '#features/corrections/feature.ts';
import { digest } from '#features/digest/feature.ts';
import { history } from '#features/history/feature.ts';
import { holds } from '#features/holds/feature.ts';
import { linkReminders } from '#features/link-reminders/feature.ts';
import { meetings } from '#features/meetings/feature.ts';
import { messagePolicies } from '#features/message-policies/feature.ts';
import { myStatus } from '#features/my-status/feature.ts';
import type { Drawings } from '#features/notifications/messages.ts';
import { notifications } from '#features/notifications/feature.ts';
import { report } from '#features/report/feature.ts';
import { supportCases } from '#features/support-cases/feature.ts';
import { team } from '#features/team/feature.ts';
import { unconfirmedValues } from '#features/unconfirmed-values/feature.ts';
import { workflowStep } from '#features/workflow-step/feature.ts';
import { listenToClicks } from '#slack/clicks.ts';
import { listenToCommand, type AllCommands } from '#slack/commands.ts';
import type { Desk, SlackApp } from '#slack/desk.ts';
import type { Feature } from '#slack/feature.ts';

/** The list of the features; a new one is a folder and a line here. */
export const FEATURES: readonly Feature[] = [
  logins,
  requests,
  signIn,
  carrierPauses,
  corrections,
  digest,
  history,
  holds,
  linkReminders,
  meetings,
  messagePolicies,
  myStatus,
  notifications,
  report,
  supportCases,
  team,
  unconfirmedValues,
  workflowStep,
];

/** One table of all features' parts; a name that two of them have is a slip, told at the start. */
const tableOf = (what: string, parts: readonly (object | undefined)[]): object => {
  const all: Record<string, unknown> = {};
  for (const [name, part] of parts.flatMap((each) => Object.entries(each ?? {}))) {
    if (name in all) throw new Error(`Two features have the ${what} "${name}".`);
    all[name] = part;
  }
  return all;
};

export const commandsOf = (features: readonly Feature[]): AllCommands =>
  tableOf(
    'command',
    features.map(({ commands }) => commands),
  ) as AllCommands;

export const drawingsOf = (features: readonly Feature[]): Drawings =>
  tableOf(
    'notification',
    features.map(({ notifications: drawn }) => drawn),
  ) as Drawings;

export const listenToFeatures = (app: SlackApp, desk: Desk): void => {
  listenToCommand(app, desk, commandsOf(FEATURES), async (...typed) => {
    for (const { beforeWho } of FEATURES) await beforeWho?.(...typed);
  });
  listenToClicks(
    app,
    desk,
    FEATURES.flatMap(({ clicks = [] }) => clicks),
  );
  for (const listen of FEATURES.flatMap(({ listen: each = [] }) => each)) listen(app, desk);
};
