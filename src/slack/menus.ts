import type { PlainTextOption } from '@slack/types';
import { plain } from './blocks.ts';

/** Slack takes as many options in a group of a menu, and as many groups. */
const MOST_OPTIONS = 100;

/** As many groups as it takes, so that none is missing; `label` is told how many came before. */
export const optionGroups = (
  options: readonly PlainTextOption[],
  label: (before: number) => string,
) =>
  Array.from({ length: Math.ceil(options.length / MOST_OPTIONS) }, (_, index) => ({
    label: plain(label(index * MOST_OPTIONS)),
    options: options.slice(index * MOST_OPTIONS, (index + 1) * MOST_OPTIONS),
  }));

/** The first options that a view has room for, in bytes. A person finds one by typing a part of it. */
export const optionsThatFit = (
  options: readonly PlainTextOption[],
  bytes: number,
): PlainTextOption[] => {
  let used = 0;
  const end = options.findIndex((option) => {
    used += Buffer.byteLength(JSON.stringify(option)) + 1;
    return used > bytes;
  });
  return options.slice(0, end === -1 ? options.length : end);
};

/** What a menu offers: in groups, where it is more than one holds. */
export const menuOf = (options: readonly PlainTextOption[], label: (before: number) => string) =>
  options.length <= MOST_OPTIONS
    ? { options: [...options] }
    : { option_groups: optionGroups(options, label) };
