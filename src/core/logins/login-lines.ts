import { maySource } from './login-sources.ts';
import type { Actor } from '#shared/access.ts';
import { standingOfSource } from './standing.ts';
import { atAfter, at, bold, cut, few, name, type ButtonSpec } from '#slack/blocks.ts';
import { whyUnlinked } from '#slack/short-reasons.ts';
import type { LoginSource } from './store/login-sources.ts';

/** A link that ends within the hour is worth renewing before a review. */
const endsSoon = (source: LoginSource, now: number): boolean =>
  standingOfSource(source, now) === 'ends-soon';

const minutes = (ms: number): string => {
  const count = Math.max(1, Math.ceil(ms / 60_000));
  return `${count} ${count === 1 ? 'minute' : 'minutes'}`;
};

const standing = (source: LoginSource, now: number): string => {
  if (source.heldUntil > now)
    return `:double_vertical_bar: *On hold* until ${at(source.heldUntil, '{time}')}${
      source.heldByName === null ? '' : `, ${name(source.heldByName)} is in the portal`
    }`;
  if (!source.linked) {
    const why = whyUnlinked(source.unlinkedReason);
    return `:white_circle: *Unlinked*${why === '' ? '' : `: ${why}`}`;
  }
  if (source.linkEndsAt === null || source.automatic) return ':large_green_circle: *Linked*';
  return endsSoon(source, now)
    ? source.linkEndsAt <= now
      ? ':large_yellow_circle: *Linked*, ends any moment'
      : `:large_yellow_circle: *Linked*, ends in ${minutes(source.linkEndsAt - now)}`
    : `:large_green_circle: *Linked* ${atAfter('until', source.linkEndsAt)}`;
};

/** Two short lines: what it is and how it stands, whose it is and what waits for it. */
export const sourceLine = (source: LoginSource, actor: Actor, now: number): string => {
  const others = source.sharedWith
    .filter(({ id }) => id !== actor.id)
    .map((each) => name(each.name));
  const facts = [
    name(source.carrierName),
    source.holderId === actor.id ? 'yours' : `login of ${name(source.holderName)}`,
    ...(others.length === 0 ? [] : [`shared with ${few(others, 'and')}`]),
    ...(source.passwordKept ? ['password kept'] : []),
    ...(source.waiting === 0
      ? []
      : [`${source.waiting} ${source.waiting === 1 ? 'sync' : 'syncs'} waiting`]),
  ];
  return `${bold(source.name)}\n${standing(source, now)}\n${facts.join(' · ')}`;
};

const needsLink = (source: LoginSource, now: number): boolean =>
  standingOfSource(source, now) !== 'linked';

/** What a row of buttons holds at most; more would be a wall on a phone. */
const MOST_LINKS = 12;

/** Unlinked ones first, then those that end soon; each is a few seconds. */
export const linkButtons = (
  sources: readonly LoginSource[],
  actor: Actor,
  now: number,
): ButtonSpec[] =>
  sources
    .filter((source) => needsLink(source, now) && maySource(actor, 'source.link', source))
    .toSorted((a, b) => Number(a.linked) - Number(b.linked))
    .slice(0, MOST_LINKS)
    .map((source, index) => ({
      text: `Link ${source.name}`,
      action: `link:${index}`,
      value: JSON.stringify({ source: source.id }),
      ...(source.linked ? {} : { style: 'primary' as const }),
    }));

/** Who can link a login, for somebody who can't: its holder no more, once they have left. */
export const whoLinks = ({
  holderName,
  holderLeft,
}: {
  holderName: string;
  holderLeft?: boolean | undefined;
}): string => (holderLeft === true ? 'a manager' : `${name(holderName)} or a manager`);

/** For whoever may end the hold of a login; others are told who may when they press it. */
export const releaseButton = (source: { id: string; name: string }): ButtonSpec => ({
  text: `End the hold of ${cut(source.name, 55)}`,
  action: `release:${source.id}`,
  value: JSON.stringify({ source: source.id }),
});

/** Beside a line that names the login: a long button leaves its words no room on a phone. */
export const releaseBeside = (source: { id: string; name: string }): ButtonSpec => {
  const { text, ...rest } = releaseButton(source);
  return { ...rest, text: 'End the hold', says: text };
};

/** The line of a login that needed its person, once it does no more. */
export const checkedOff = (login: {
  name: string;
  carrierName: string;
  done: 'linked' | 'removed' | null;
}): string | undefined => {
  const which = `${bold(login.name)} at ${name(login.carrierName)}`;
  switch (login.done) {
    case null:
      return undefined;
    case 'linked':
      return `:white_check_mark: ${which} is linked.`;
    case 'removed':
      return `:heavy_minus_sign: ${which} was removed.`;
  }
};
