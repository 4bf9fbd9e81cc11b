import { context, type KnownBlock } from './blocks.ts';

/** Slack takes a hundred blocks and 250 kB a view; some of both is for what is around the parts. */
const MOST_BLOCKS = 99;
const MOST_BYTES = 240_000;

/** Blocks that are shown together or not at all, and how many policies they let one choose. */
export interface Part {
  blocks: readonly KnownBlock[];
  policies: number;
}

const policiesOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, part) => sum + part.policies, 0);

const bytesOf = (blocks: readonly KnownBlock[]): number =>
  Buffer.byteLength(JSON.stringify(blocks));

/** The first parts that one view holds. */
const firstThatFit = (head: readonly KnownBlock[], parts: readonly Part[]): Part[] => {
  let [blocks, bytes] = [head.length, bytesOf(head)];
  const end = parts.findIndex((part) => {
    blocks += part.blocks.length;
    bytes += bytesOf(part.blocks);
    return blocks > MOST_BLOCKS || bytes > MOST_BYTES;
  });
  return parts.slice(0, end === -1 ? parts.length : end);
};

export const allFit = (head: readonly KnownBlock[], parts: readonly Part[]): boolean =>
  firstThatFit(head, parts).length === parts.length;

/** What a view holds of them, how many policies it leaves out, and what comes last in any case. */
export const fitted = (
  head: readonly KnownBlock[],
  parts: readonly Part[],
  tail: readonly KnownBlock[] = [],
): KnownBlock[] => {
  const shown = firstThatFit([...head, ...tail], parts);
  const out = policiesOf(parts) - policiesOf(shown);
  return [
    ...head,
    ...shown.flatMap(({ blocks }) => blocks),
    ...(out === 0
      ? []
      : [
          context(
            `${out} ${out === 1 ? 'policy is' : 'policies are'} left out, as one window holds no more. Sync ${out === 1 ? 'it by its number' : 'those by their numbers'}.`,
          ),
        ]),
    ...tail,
  ];
};
