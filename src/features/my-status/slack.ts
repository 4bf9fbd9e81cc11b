import { releaseBeside } from '#core/logins/login-lines.ts';
import { sourcesOf, type LoginSource } from '#core/logins/store/login-sources.ts';
import type { Actor } from '#shared/access.ts';
import { cancelRequest } from '#core/requests/cancel.ts';
import { readStatus, type MyStatus, type OpenRequest, type Standing } from './my-status.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import {
  actions,
  at,
  bold,
  button,
  context,
  name,
  section,
  type ButtonSpec,
  type KnownBlock,
} from '#slack/blocks.ts';
import { parseRequest } from '#core/requests/click-values.ts';
import { click, noValue } from '#slack/listen.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { notOutside } from '#slack/origin.ts';
import { isDirect } from '#slack/place.ts';
import { NOT_THEIRS_TO_RUN } from '#core/requests/answers.ts';
import { runNow } from '#core/requests/run-now.ts';
import { hasManyLines, subject } from '#core/requests/messages/contact-card.ts';
import { decisionButtons } from '#core/requests/messages/unconfirmed-values.ts';
import { pauseWhy, sentence, statusName } from '#core/requests/messages/words.ts';
import { pausedFor, type PausedCarrier } from '#core/sessions/store/paused-carriers.ts';
import { spoken } from '#slack/spoken.ts';

const WORDS: Record<Standing, (count: number) => string> = {
  person: (count) => `${count} ${count === 1 ? 'needs' : 'need'} you`,
  runs: (count) => `${count} running`,
  waits: (count) => `${count} waiting`,
};

const STANDINGS: readonly Standing[] = ['person', 'runs', 'waits'];

const totals = (requests: readonly OpenRequest[]): string =>
  STANDINGS.flatMap((standing) => {
    const count = requests.filter((request) => request.standing === standing).length;
    return count === 0 ? [] : [WORDS[standing](count)];
  }).join(', ');

/** What it is about, as its button says it. */
const aboutOf = ({ view, open: [item] }: OpenRequest): string =>
  hasManyLines(view) ? subject(view) : (item?.policy.number ?? '');

/** Of several that are about the same, each is told by where and when it was asked for. */
const askedIn = ({ view }: OpenRequest): string =>
  `, asked for in ${isDirect(view.channel) ? 'our direct messages' : `<#${view.channel}>`} at ${at(view.createdAt, '{time}')}`;

/** What the first open policy says; of several, how many are left. */
const line = (request: OpenRequest, isOneOfSeveral: boolean): string => {
  const { view, open } = request;
  const [item] = open;
  if (item === undefined) return '';
  const { emoji, name: status } = statusName(item);
  const what = hasManyLines(view)
    ? `${bold(subject(view))} · ${view.items.length - open.length} of ${view.items.length} policies done`
    : `${bold(item.policy.contactName)} · ${name(item.policy.carrierName)} ${bold(item.policy.number)}`;
  return `${what}${isOneOfSeveral ? askedIn(request) : ''}\n${emoji} *${status}*  ${sentence(item, 'full')}`;
};

/** A button, and what it does: two that do the same would be heard alike. */
interface Offer extends ButtonSpec {
  does: string;
}

/**
 * What there is to do about it now, the first thing first: the code, the portal that is free again,
 * giving it up. Each is short: it stands beside a line that a phone has little room for.
 */
const offersOf = (request: OpenRequest, which: string): Offer[] => {
  const { view, open } = request;
  const [item] = open;
  const offers: Offer[] = [];
  if (item?.codeFor !== undefined)
    offers.push({
      text: 'Enter code',
      action: 'enter-code',
      value: JSON.stringify({ signIn: item.codeFor }),
      style: 'primary',
      says: `Enter code for ${item.source.name}`,
      does: item.codeFor,
    });
  if (item?.reason === 'session-conflict' && item.status === 'queued')
    offers.push({
      text: 'Run now',
      action: 'status-run-now',
      value: JSON.stringify({ request: view.id }),
      says: `Run now, I'm done: ${item.policy.number}`,
      does: item.syncId,
    });
  if (item !== undefined)
    for (const look of decisionButtons(item, 'masked'))
      offers.push({
        ...look,
        text: 'Look',
        says: `Look at the values of ${item.policy.number}`,
        does: look.value,
      });
  if (item?.reason === 'on-hold')
    offers.push({ ...releaseBeside(item.source), does: item.source.id });
  if (open.some(({ status }) => status === 'queued' || status === 'needs-link'))
    offers.push({
      text: 'Cancel',
      action: 'status-cancel',
      value: JSON.stringify({ request: view.id }),
      says: `Cancel the waiting syncs of ${aboutOf(request)}${which}`,
      does: view.id,
    });
  return offers;
};

/** A row each, with the one thing to do about it. */
const rows = (requests: readonly OpenRequest[]): KnownBlock[] => {
  const offered = new Set<string>();
  return requests.map((request) => {
    const same = requests.filter((other) => aboutOf(other) === aboutOf(request));
    const which = same.length === 1 ? '' : `, ${same.indexOf(request) + 1} of ${same.length}`;
    const block = section(line(request, same.length > 1));
    const offer = offersOf(request, which).find(({ does }) => !offered.has(does));
    if (offer === undefined) return block;
    offered.add(offer.does);
    return { ...block, accessory: button(offer) };
  });
};

/** One button for each login that something of theirs waits for; where a code is asked for, that is the step. */
const linkButtons = (requests: readonly OpenRequest[]): ButtonSpec[] => {
  const items = requests.flatMap(({ open }) => open);
  const signingIn = new Set(
    items.filter(({ codeFor }) => codeFor !== undefined).map(({ source }) => source.id),
  );
  const wanted = new Map<string, { name: string; request: string }>();
  for (const { view, open } of requests)
    for (const { source } of open)
      if (!source.linked && source.mayLink && !signingIn.has(source.id))
        wanted.set(source.id, { name: source.name, request: view.id });
  return [...wanted].slice(0, 10).map(([source, { name: login, request }], index) => ({
    text: `Link ${login}`,
    action: `link:${index}`,
    value: JSON.stringify({ source, request }),
    style: 'primary',
  }));
};

const BUTTONS: ButtonSpec[] = [
  { text: 'Refresh', action: 'status-refresh', value: 'refresh' },
  { text: 'My logins', action: 'source-list:mine', value: 'mine' },
];

/** "2 of your 3 logins are unlinked", or nothing when all are ready. */
const loginLine = (
  sources: readonly LoginSource[],
  pauses: readonly PausedCarrier[],
  now: number,
): KnownBlock[] => {
  const unlinked = sources.filter(({ linked }) => !linked).length;
  const held = sources.filter(({ heldUntil }) => heldUntil > now).map((each) => bold(each.name));
  const lines = [
    ...(unlinked === 0
      ? []
      : [
          `${unlinked} of your ${sources.length} login sources ${unlinked === 1 ? 'is' : 'are'} unlinked.`,
        ]),
    ...(held.length === 0 ? [] : [`On hold: ${held.slice(0, 3).join(', ')}.`]),
  ];
  const paused = pauses.map(
    ({ name: carrier, pause }) => `:double_vertical_bar: ${pauseWhy(pause, carrier)}.`,
  );
  const all = [...(lines.length === 0 ? [] : [lines.join(' ')]), ...paused.slice(0, 5)];
  return all.length === 0 ? [] : [context(all.join('\n'))];
};

/** All that stands on one person's status. */
export interface StatusFacts extends MyStatus {
  sources: readonly LoginSource[];
  paused: readonly PausedCarrier[];
  /** What other features put on it. */
  parts: readonly StatusPart[];
}

export interface StatusPart {
  blocks: readonly KnownBlock[];
}

export const statusMessage = (
  { requests, more, sources, paused, parts }: StatusFacts,
  { now, canLink }: { now: number; canLink: boolean },
): Answer => {
  const logins = loginLine(sources, paused, now);
  const planned = parts.flatMap(({ blocks }) => blocks);
  if (requests.length === 0)
    return spoken([
      section(':white_check_mark: No sync of yours is running or waiting.'),
      ...planned,
      ...logins,
      ...actions('status', BUTTONS),
    ]);
  const about = totals(requests);
  return spoken([
    section(`*Your syncs now*  ${about}`),
    ...actions('links', canLink ? linkButtons(requests) : []),
    ...rows(requests),
    ...(more > 0 ? [context(`and ${more} older ${more === 1 ? 'request' : 'requests'}`)] : []),
    ...planned,
    ...logins,
    ...actions('status', BUTTONS),
  ]);
};

type ReadPart = (deps: SlackDeps, actor: Actor) => Promise<StatusPart>;

export const statusWith =
  (parts: readonly ReadPart[]) =>
  async (deps: SlackDeps, actor: Actor): Promise<Answer> =>
    statusMessage(
      {
        ...(await readStatus(deps, actor)),
        sources: await sourcesOf(deps.store, actor.id),
        paused: await pausedFor(deps.store, actor.id),
        parts: await Promise.all(parts.map((part) => part(deps, actor))),
      },
      { now: deps.clock(), canLink: deps.settings.publicUrl !== undefined },
    );

export const statusClicks = (status: ReturnType<typeof statusWith>) => {
  const now = notOutside<unknown>((deps, { actor }) => status(deps, actor));
  return [
    click('status-refresh', noValue, now, 'in-place'),
    click(
      'status-run-now',
      parseRequest,
      async (deps, by, { request }) =>
        (await runNow(deps, by.actor, request)) === 'refused'
          ? answers.refusal(NOT_THEIRS_TO_RUN)
          : now(deps, by, request),
      'in-place',
    ),
    click(
      'status-cancel',
      parseRequest,
      async (deps, by, { request }) =>
        (await cancelRequest(deps, by.actor, request)) === 'refused'
          ? answers.refusal('Only the person who asked can cancel this.')
          : now(deps, by, request),
      'in-place',
    ),
  ];
};
