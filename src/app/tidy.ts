import {
  forgetHeld,
  forgetPauses,
  forgetRequests,
  forgetRuns,
  forgetSyncs,
} from '#core/requests/store/retention.ts';
import {
  forgetBrowsers,
  forgetCodeMessages,
  forgetLinks,
  forgetSignIns,
  forgetTries,
} from '#core/sign-in/store/retention.ts';
import { forgetValues } from '#core/policies/store/values.ts';
import { forgetChoices, forgetOver } from '#features/meetings/calendar/store/events.ts';
import { forgetMeetings } from '#features/meetings/store.ts';
import { forgetCases } from '#features/support-cases/store/retention.ts';
import { forgetChannels } from '#slack/store.ts';
import type { Looked, OldStep } from '#database/old-rows.ts';
import { forgetNamed } from '#core/policies/store/named.ts';
import { forgetAudit } from '#database/audit-lines.ts';
import { forgetDays, lastBegun } from '#database/task-runs.ts';
import { forgetNotifications } from '#features/notifications/store.ts';
import { forgetEvents } from '#features/webhooks/store.ts';
import { runSteps, type Step } from '#queue/every.ts';
import { breathe, type Clock, DAY } from '#shared/clock.ts';
import { forgetSights } from '#slack/store/acts.ts';
import { forgetPictureLinks } from '#slack/store/picture-links.ts';
import type { Store } from '#database/store.ts';
import type { DailyTask } from '#shared/schedule.ts';
import type { Config } from './config.ts';

/** Slack sends an event again for some hours at most. */
const SIGHTS_KEPT_MS = 3 * DAY;
/** How long each class of data is kept, days; the newest values and sync of a policy stay for good. */
export interface Kept {
  syncs: number;
  cases: number;
  values: number;
  events: number;
  audit: number;
}

export const keptBy = (config: Config): Kept => ({
  syncs: config.keepSyncsDays,
  cases: config.keepCasesDays,
  values: config.keepValuesDays,
  events: config.keepEventsDays,
  audit: config.keepAuditDays,
});

const CHUNK = 100;

/** A long weekend without a bot, and what a leap of the clock may forget too early at most. */
const MOST_OFF_MS = 4 * DAY;

/**
 * Tidies each night whose clock another day bears out: one that stands years ahead for a minute would
 * have everything forgotten. After a longer time off, or a restore of an old copy, the first night only
 * leaves its trace, and the next one tidies. As soon as the clock is right again that trace is gone.
 */
export const tidyTask = (
  deps: { store: Store; clock: Clock; zone: string; log: (problem: string) => void },
  kept: Kept,
): DailyTask => ({
  name: 'tidy',
  schedule: { zone: deps.zone, at: '03:30', days: 'every' },
  run: async (day) => {
    const now = deps.clock();
    const before = await lastBegun(deps.store, day);
    // A firm's first day has nothing to forget yet.
    if (before === undefined) return;
    if (now - before <= MOST_OFF_MS) await tidy(deps, kept);
    else
      deps.log(
        `Nothing was forgotten tonight: the clock says ${iso(now)}, and the last day with a bot before was ${iso(before)}. If the clock is right, the next night does it; if not, set it`,
      );
  },
});

const iso = (at: number): string => new Date(at).toISOString();

/**
 * Deletes what is of no more use, in small steps that keep the event loop free. A class that fails
 * keeps no other from being tidied; it is named in the end, and tried again with the task.
 */
export const tidy = async (
  { store, clock }: { store: Store; clock: Clock },
  kept: Kept,
): Promise<void> => {
  const failed = new Map<string, unknown>();
  await runSteps(stepsOfTidy(store, clock(), kept), (name, error) => failed.set(name, error));
  if (failed.size > 0)
    throw new AggregateError(
      failed.values(),
      `Not tidied, and tried again: ${[...failed.keys()].join(', ')}`,
    );
};

/** A step a class of data. What others lean on comes after them: a case holds its request, and that its syncs. */
export const stepsOfTidy = (store: Store, now: number, kept: Kept): Step[] => {
  const old = now - kept.syncs * DAY;
  const oldDay = new Date(old).toISOString().slice(0, 10);
  return [
    inChunks('sights', () => forgetSights(store, now - SIGHTS_KEPT_MS, CHUNK)),
    inChunks('events', () => forgetEvents(store, now - kept.events * DAY, CHUNK)),
    inChunks('audit', () => forgetAudit(store, now - kept.audit * DAY, CHUNK)),
    { name: 'named policies', run: () => forgetNamed(store, now) },
    { name: 'addresses of pictures', run: () => forgetPictureLinks(store, now) },
    inSteps('notifications', old, (step) => forgetNotifications(store, step)),
    { name: 'answers about calendars', run: () => forgetChoices(store, now) },
    { name: 'events of calendars', run: () => forgetOver(store, old) },
    { name: 'days', run: () => forgetDays(store, oldDay) },
    inSteps('runs', old, (step) => forgetRuns(store, step)),
    inSteps('cases', now - kept.cases * DAY, (step) => forgetCases(store, step)),
    inSteps('meetings', old, (step) => forgetMeetings(store, step)),
    inSteps('requests', old, (step) => forgetRequests(store, step)),
    inSteps('unconfirmed values', old, (step) => forgetHeld(store, step)),
    inSteps('pauses', old, (step) => forgetPauses(store, step)),
    inSteps('syncs', old, (step) => forgetSyncs(store, step)),
    inSteps('values', now - kept.values * DAY, (step) => forgetValues(store, step)),
    inChunks('codes', () => forgetCodeMessages(store, old, CHUNK)),
    inSteps('sign-ins', old, (step) => forgetSignIns(store, step)),
    inSteps('links', old, (step) => forgetLinks(store, step)),
    inSteps('tries', old, (step) => forgetTries(store, step)),
    { name: 'browsers', run: () => forgetBrowsers(store, now) },
    { name: 'channels', run: () => forgetChannels(store) },
  ];
};

const inChunks = (name: string, forget: () => Promise<number>): Step => ({
  name,
  run: async () => {
    while ((await forget()) === CHUNK) await breathe();
  },
});

const inSteps = (
  name: string,
  before: number,
  forget: (step: OldStep) => Promise<Looked>,
): Step => ({
  name,
  run: async () => {
    for (let after: string | undefined = ''; after !== undefined; await breathe())
      after = (await forget({ before, after, limit: CHUNK })).last;
  },
});
