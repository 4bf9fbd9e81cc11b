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
import { planFromContact, plannedMeetings } from '#features/meetings/slack.ts';
import { messagePolicies } from '#features/message-policies/feature.ts';
import { myStatus } from '#features/my-status/feature.ts';
import { statusWith } from '#features/my-status/slack.ts';
import type { Drawings } from '#features/notifications/messages.ts';
import { notifications } from '#features/notifications/feature.ts';
import { report } from '#features/report/feature.ts';
import { supportCases } from '#features/support-cases/feature.ts';
import { team } from '#features/team/feature.ts';
import { unconfirmedValues } from '#features/unconfirmed-values/feature.ts';
import { workflowStep } from '#features/workflow-step/feature.ts';
import {
  listenToClicks,
  listenToSearches,
  listenToSubmissions,
  type Search,
} from '#slack/listen.ts';
import { listenToCommand, type AllCommands } from '#slack/commands.ts';
import type { SlackDeps, SlackApp } from '#slack/deps.ts';
import type { Feature } from '#slack/feature.ts';

const status = statusWith([plannedMeetings]);

/** The list of the features; a new one is a folder and a line here. */
export const FEATURES: readonly Feature[] = [
  logins,
  requests(planFromContact),
  signIn,
  carrierPauses,
  corrections,
  digest,
  history,
  holds,
  linkReminders,
  meetings(status),
  messagePolicies,
  myStatus(status),
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

const searchesOf = (features: readonly Feature[]): Record<string, Search> =>
  tableOf(
    'search',
    features.map(({ searches }) => searches),
  ) as Record<string, Search>;

export const drawingsOf = (features: readonly Feature[]): Drawings =>
  tableOf(
    'notification',
    features.map(({ notifications: drawn }) => drawn),
  ) as Drawings;

export const listenToFeatures = (app: SlackApp, deps: SlackDeps): void => {
  listenToCommand(app, deps, commandsOf(FEATURES), async (...typed) => {
    for (const { beforeWho } of FEATURES) await beforeWho?.(...typed);
  });
  const all = <Part>(part: (feature: Feature) => readonly Part[] | undefined): Part[] =>
    FEATURES.flatMap((feature) => part(feature) ?? []);
  listenToClicks(
    app,
    deps,
    all(({ clicks }) => clicks),
  );
  listenToSubmissions(
    app,
    deps,
    all(({ submissions }) => submissions),
  );
  listenToSearches(app, deps, searchesOf(FEATURES));
  for (const listen of all((feature) => feature.listen)) listen(app, deps);
};
