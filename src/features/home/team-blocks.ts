import {
  bold,
  context,
  cut,
  escape,
  section,
  type KnownBlock,
  count,
  policies,
} from '#slack/blocks.ts';
import { pauseWhy } from '#core/requests/messages/words.ts';
import { whyUnlinked } from '#slack/short-reasons.ts';
import type { Blocked, TeamTrouble } from './store.ts';

const sourceWords = ({ name, unlinkedReason }: Blocked['sources'][number]): string =>
  `${escape(cut(name, 40))}: ${whyUnlinked(unlinkedReason) || 'unlinked'}`;

const MOST_SOURCES = 3;
const MOST_PAUSED = 10;

const line = ({ person, carrierName, sources, waiting }: Blocked): string => {
  const more = sources.length - MOST_SOURCES;
  return [
    `${bold(cut(person, 60))} cannot reach *${escape(cut(carrierName, 60))}*${
      waiting === 0 ? '' : ` · ${policies(waiting)} waiting`
    }`,
    ...sources.slice(0, MOST_SOURCES).map(sourceWords),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('\n');
};

/** For managers and owners: which advisors cannot work today, and why. */
export const teamBlocks = (failure: TeamTrouble): KnownBlock[] => {
  const { blocked, blockedAdvisors, withoutSource, pausedCarriers } = failure;
  const paused = pausedCarriers
    .slice(0, MOST_PAUSED)
    .map(({ name, pause }) => `:double_vertical_bar: ${pauseWhy(pause, name)}.`);
  const named = new Set(blocked.map(({ person }) => person)).size;
  const more = blockedAdvisors - named;
  const title =
    blockedAdvisors === 0
      ? '*Who cannot work today*\nNobody: every advisor reaches every carrier they have a login for.'
      : `*Who cannot work today*  ${count(blockedAdvisors)} ${blockedAdvisors === 1 ? 'advisor' : 'advisors'}`;
  return [
    section(title),
    ...blocked.map((each) => section(line(each))),
    ...(more > 0 ? [context(`and ${count(more)} more.`)] : []),
    ...(withoutSource.length === 0
      ? []
      : [
          context(
            `No login source yet: ${withoutSource.map((name) => escape(cut(name, 40))).join(', ')}`,
          ),
        ]),
    ...(paused.length === 0 ? [] : [context(paused.join('\n'))]),
  ];
};
