import { logins } from '#core/logins/feature.ts';
import { requests } from '#core/requests/feature.ts';
import { signIn } from '#core/sign-in/feature.ts';
import { carrierPauses } from '#features/carrier-pauses/feature.ts';
import { corrections } from '#features/corrections/feature.ts';
import { dailySync } from '#features/daily-sync/feature.ts';
import { digest } from '#features/digest/feature.ts';
import { history } from '#features/history/feature.ts';
import { home } from '#features/home/feature.ts';
import { holds } from '#features/holds/feature.ts';
import { linkReminders } from '#features/link-reminders/feature.ts';
import { meetings } from '#features/meetings/feature.ts';
import { ofContact, plannedMeetings } from '#features/meetings/slack.ts';
import { messagePolicies } from '#features/message-policies/feature.ts';
import { myStatus } from '#features/my-status/feature.ts';
import { statusWith } from '#features/my-status/slack.ts';
import type { Drawings } from '#features/notifications/messages.ts';
import { notifications } from '#features/notifications/feature.ts';
import { report } from '#features/report/feature.ts';
import { statusWords } from '#features/status-words/feature.ts';
import { supportCases } from '#features/support-cases/feature.ts';
import { team } from '#features/team/feature.ts';
import { unservedCarriers } from '#features/unserved-carriers/feature.ts';
import { unconfirmedValues } from '#features/unconfirmed-values/feature.ts';
import { webhooks } from '#features/webhooks/feature.ts';
import { workflowStep } from '#features/workflow-step/feature.ts';
import {
  listenToClicks,
  listenToSearches,
  listenToSubmissions,
  type Search,
} from '#slack/listen.ts';
import { speakWith, type Commands } from '#slack/commands.ts';
import { listenToSpeech } from '#slack/talk.ts';
import type { SlackDeps, SlackApp } from '#slack/deps.ts';
import type { Feature } from '#slack/feature.ts';
import type { Draw } from '#slack/project.ts';
import type { Config } from './config.ts';

const status = statusWith([plannedMeetings]);

/** The list of the features; a new one is a folder and a line here. */
export const featuresOf = (config: Config): readonly Feature[] => {
  const all = [
    requests(ofContact),
    meetings(status),
    myStatus(status),
    logins,
    signIn,
    history,
    digest(config),
    report,
    holds,
    team(),
    messagePolicies(ofContact),
    workflowStep,
    home(),
    corrections,
    unconfirmedValues,
    statusWords,
    supportCases,
    carrierPauses(config),
    unservedCarriers(config),
    linkReminders(config),
    dailySync(config),
    webhooks(config),
  ];
  return [...all, notifications(drawingsOf(all))];
};

/** One table of all features' parts; a name that two of them have is a slip, told at the start. */
const tableOf = (what: string, parts: readonly (object | undefined)[]): object => {
  const all: Record<string, unknown> = {};
  for (const [name, part] of parts.flatMap((each) => Object.entries(each ?? {}))) {
    if (name in all) throw new Error(`Two features have the ${what} "${name}".`);
    all[name] = part;
  }
  return all;
};

export const commandsOf = (features: readonly Feature[]) =>
  tableOf(
    'command',
    features.map(({ commands }) => commands),
  ) as Commands;

const searchesOf = (features: readonly Feature[]) =>
  tableOf(
    'search',
    features.map(({ searches }) => searches),
  ) as Record<string, Search>;

const drawingsOf = (features: readonly Feature[]) =>
  tableOf(
    'notification',
    features.map(({ notifications: drawn }) => drawn),
  ) as Drawings;

export const subjectsOf = (features: readonly Feature[]) =>
  tableOf(
    'subject',
    features.map(({ subjects }) => subjects),
  ) as Record<string, Draw>;

/** The parts of one name of all features. */
export const allOf = <Part>(
  features: readonly Feature[],
  part: (feature: Feature) => readonly Part[] | undefined,
): Part[] => features.flatMap((feature) => part(feature) ?? []);

export const listenToFeatures = (
  app: SlackApp,
  deps: SlackDeps,
  features: readonly Feature[],
): void => {
  const [plainWords] = features.flatMap((feature) => feature.plainWords ?? []);
  if (plainWords === undefined) throw new Error('No feature understands what is typed plainly.');
  const speak = speakWith(deps, {
    commands: commandsOf(features),
    plainWords,
    beforeWho: async (...typed) => {
      for (const { beforeWho } of features) await beforeWho?.(...typed);
    },
  });
  listenToSpeech(app, deps, speak);
  const clicks = allOf(features, (feature) => feature.clicks);
  const submissions = allOf(features, (feature) => feature.submissions);
  listenToClicks(app, deps, clicks);
  listenToSubmissions(app, deps, submissions);
  listenToSearches(app, deps, searchesOf(features));
  for (const listen of allOf(features, (feature) => feature.listen)) listen(app, deps);
};
