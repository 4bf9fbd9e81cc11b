import type { Kit } from '../contract.ts';
import { PortalChanged } from '../failure.ts';
import { describedHeading } from './headings.ts';
import { values } from './values.ts';

/** Beside a label of the screens that have it; a screen may lack it, all may not. */
export const agree: Kit['agree'] = (screens, labels, snapshot) => {
  const isOne = labels.every((label) => {
    const shown = screens.flatMap(
      ($) => values($, { labels: {}, optional: { label } }).label ?? [],
    );
    if (shown.length < 2)
      throw new PortalChanged(`${describedHeading(label)} is not on two of the screens`);
    return new Set(shown).size === 1;
  });
  if (isOne) return snapshot;
  const names = [...snapshot.values.map(({ name }) => name), ...(snapshot.missing ?? [])];
  return { ...snapshot, values: [], missing: names };
};
