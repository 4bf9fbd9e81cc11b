import { randomBytes } from 'node:crypto';
import type { KnownBlock } from '@slack/types';
import { byType, list, problemsOf, type Check, type Problem } from './checks.ts';
import { BLOCKS } from './block-shapes.ts';
import { LIMITS, SURFACES, type Surface } from './limits.ts';
import { asObject, asObjects, asText, type Json } from './json.ts';

const blockOf = (surface: Surface): Check =>
  byType(
    Object.fromEntries(
      Object.entries(BLOCKS).filter(([name]) => SURFACES[name]?.includes(surface)),
    ),
  );

const CHECKS: Record<Surface, Check> = {
  message: list(blockOf('message'), LIMITS.messageBlocks),
  modal: list(blockOf('modal'), LIMITS.viewBlocks, 1),
  home: list(blockOf('home'), LIMITS.viewBlocks, 1),
};

const charactersOf = (value: unknown): number => {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + charactersOf(item), 0);
  const given = asObject(value);
  if (given === undefined) return 0;
  return Object.entries(given).reduce(
    (sum, [name, field]) =>
      sum + (name === 'text' && typeof field === 'string' ? field.length : charactersOf(field)),
    0,
  );
};

/** Limits that hold for all blocks of one message or view together. */
const checkTogether = (blocks: Json[], at: string, found: Problem[]): void => {
  const seen = new Set<unknown>();
  for (const [index, block] of blocks.entries()) {
    const blockId = block['block_id'];
    if (blockId !== undefined && seen.has(blockId))
      found.push({
        message: `\`block_id\` already exists in message or view: ${asText(blockId)}`,
        pointer: `${at}/${index}/block_id`,
      });
    seen.add(blockId);
  }
  const ofType = (name: string): Json[] => blocks.filter((block) => block['type'] === name);
  const too = (holds: boolean, message: string): void => {
    if (!holds) found.push({ message, pointer: at });
  };
  too(
    ofType('data_visualization').length <= LIMITS.visualizations,
    'no more than 2 data_visualization blocks',
  );
  too(ofType('table').length <= 1, 'only_one_table_allowed');
  too(charactersOf(ofType('table')) <= LIMITS.table.characters, 'table content is too long');
  too(
    charactersOf(ofType('data_table')) <= LIMITS.dataTable.characters,
    'data_table content is too long',
  );
  too(charactersOf(ofType('markdown')) <= LIMITS.markdown, 'markdown content is too long');
};

/** Everything Slack would refuse of these blocks on this surface; empty when it takes them. */
export const blockProblems = (blocks: unknown, surface: Surface, at = '/blocks'): Problem[] => {
  const found = problemsOf(CHECKS[surface], blocks, at);
  if (Array.isArray(blocks)) checkTogether(asObjects(blocks), at, found);
  return found;
};

const shortId = (): string => randomBytes(4).toString('base64url').slice(0, 5);

const withActionId = (element: unknown): unknown => {
  const given = asObject(element);
  const silent = ['image', 'plain_text', 'mrkdwn'];
  if (given === undefined || silent.includes(String(given['type']))) return element;
  return { action_id: shortId(), ...given };
};

/** As Slack does: a block without block_id and an element without action_id get one. */
export const withIds = (blocks: readonly unknown[]): KnownBlock[] =>
  blocks.map((block) => {
    const given = asObject(block) ?? {};
    const filled: Json = { block_id: shortId(), ...given };
    for (const name of ['elements', 'actions'] as const)
      if (
        Array.isArray(given[name]) &&
        given['type'] !== 'rich_text' &&
        given['type'] !== 'carousel'
      )
        filled[name] = given[name].map(withActionId);
    for (const name of ['accessory', 'element'] as const)
      if (given[name] !== undefined) filled[name] = withActionId(given[name]);
    if (Array.isArray(given['child_blocks']))
      filled['child_blocks'] = withIds(given['child_blocks']);
    if (given['type'] === 'carousel' && Array.isArray(given['elements']))
      filled['elements'] = withIds(given['elements']);
    return filled as unknown as KnownBlock;
  });
