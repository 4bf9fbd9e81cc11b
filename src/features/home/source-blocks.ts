import { releaseBeside, whoLinks } from '#core/logins/login-lines.ts';
import { LINKING_OFF } from '#slack/answers.ts';
import type { ShownSource } from './home.ts';
import {
  atAfter,
  at,
  bold,
  button,
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

/** More than this is no morning's chore on a phone; linking some brings up the others. */
const MOST_ROWS = 12;
const MOST_NAMED = 20;
const MOST_PAUSED = 5;

/** The time of its link is over, and nobody has found it ended yet. */
const hasRunOut = ({ linkEndsAt }: ShownSource, now: number): boolean => (linkEndsAt ?? 0) <= now;

const situation = (source: ShownSource, now: number): string => {
  const { standing, unlinkedReason, linkEndsAt, waiting } = source;
  const title = bold(cut(source.name, 60));
  if (standing === 'unlinked') {
    const why = whyUnlinked(unlinkedReason) || 'nobody has linked it yet';
    const waits =
      waiting === 0 ? '' : ` ${policies(waiting)} ${waiting === 1 ? 'is' : 'are'} waiting.`;
    return `:key: ${title}\nUnlinked: ${why}.${waits}`;
  }
  const ends = hasRunOut(source, now)
    ? 'The link has run out'
    : `The link ends at ${at(linkEndsAt ?? 0, '{time}')}`;
  return `:alarm_clock: ${title}\n${ends}.`;
};

const row = (source: ShownSource, now: number, canLink: boolean, drawing: number): KnownBlock => {
  const own = canLink && source.mayLink;
  const holder = source.mayLink ? '' : `\nOnly ${whoLinks(source)} can link it.`;
  return {
    ...section(`${situation(source, now)}${holder}`),
    block_id: `source:${source.id}:${drawing}`,
    ...(own
      ? {
          accessory: button({
            text: source.standing === 'unlinked' ? 'Link' : 'Link again',
            action: 'link',
            value: JSON.stringify({ source: source.id }),
            says: `Link ${cut(source.name, 60)}`,
            ...(source.standing === 'unlinked' ? { style: 'primary' } : {}),
          }),
        }
      : {}),
  };
};

const linkedName = ({ name, linkEndsAt, automatic }: ShownSource): string =>
  `:large_green_circle: ${escape(cut(name, 40))}${
    linkEndsAt === null || automatic ? '' : ` ${atAfter('until', linkEndsAt)}`
  }`;

const isHeld = ({ heldUntil }: ShownSource, now: number): boolean =>
  heldUntil !== null && heldUntil > now;

const heldRow = (source: ShownSource, drawing: number): KnownBlock => ({
  ...section(
    `:double_vertical_bar: ${bold(cut(source.name, 60))}\nOn hold until ${at(source.heldUntil ?? 0, '{time}')}. Its syncs wait, then resume by themselves.`,
  ),
  block_id: `held:${source.id}:${drawing}`,
  accessory: button(releaseBeside(source)),
});

export interface SourceParts {
  sources: readonly ShownSource[];
  now: number;
  /** False: there is no link page, so Link is not offered. */
  canLink: boolean;
  drawing: number;
  /** What is said of a paused carrier is said once. */
  saysPaused: boolean;
}

/** The person's login sources: the ones that need them as rows with Link, the others in a line. */
export const sourceBlocks = ({
  sources,
  now,
  canLink,
  drawing,
  saysPaused,
}: SourceParts): KnownBlock[] => {
  if (sources.length === 0)
    return [section('*Login sources*\nYou have none yet. A manager or owner can add yours.')];
  const of = (standing: ShownSource['standing']) =>
    sources.filter((source) => source.standing === standing);
  const [unlinked, soon, allLinked] = [of('unlinked'), of('ends-soon'), of('linked')];
  const ranOut = soon.filter((source) => hasRunOut(source, now)).length;
  const ending = soon.length - ranOut;
  const held = sources.filter((source) => isHeld(source, now));
  const linked = allLinked.filter((source) => !isHeld(source, now));
  const wanting = [...unlinked, ...soon];
  const totals = [
    ...(allLinked.length === 0 ? [] : [`${count(allLinked.length)} linked`]),
    ...(ending === 0 ? [] : [`${count(ending)} ${ending === 1 ? 'ends' : 'end'} soon`]),
    ...(ranOut === 0 ? [] : [`${count(ranOut)} ${ranOut === 1 ? 'has' : 'have'} run out`]),
    ...(unlinked.length === 0 ? [] : [`${count(unlinked.length)} unlinked`]),
  ];
  const paused = new Map(
    sources.flatMap(({ carrierName, carrierPause }) =>
      carrierPause === null ? [] : [[carrierName, pauseWhy(carrierPause, carrierName)] as const],
    ),
  );
  return [
    section(`*Login sources*  ${totals.join(' · ')}`),
    ...wanting.slice(0, MOST_ROWS).map((source) => row(source, now, canLink, drawing)),
    ...(wanting.length > MOST_ROWS ? [context(`and ${wanting.length - MOST_ROWS} more.`)] : []),
    ...held.slice(0, MOST_ROWS).map((source) => heldRow(source, drawing)),
    ...(linked.length === 0
      ? []
      : [
          context(
            [
              ...linked.slice(0, MOST_NAMED).map(linkedName),
              ...(linked.length > MOST_NAMED ? [`and ${linked.length - MOST_NAMED} more`] : []),
            ].join('\n'),
          ),
        ]),
    ...(paused.size === 0 || !saysPaused
      ? []
      : [
          context(
            [...paused.values()]
              .slice(0, MOST_PAUSED)
              .map((why) => `:double_vertical_bar: ${why}.`)
              .join('\n'),
          ),
        ]),
    ...(canLink || wanting.length === 0 ? [] : [context(LINKING_OFF)]),
  ];
};
