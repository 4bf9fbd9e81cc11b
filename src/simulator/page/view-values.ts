import type { AnyBlock, KnownBlock } from '@slack/types';
import { type AnyElement, initialOf } from './elements/element.tsx';
import type { Values } from './surface.ts';

const elementsOf = (block: KnownBlock): AnyElement[] => {
  if (block.type === 'input') return [block.element];
  if (block.type === 'actions') return block.elements;
  if (block.type === 'section' && block.accessory && block.accessory.type !== 'image')
    return [block.accessory];
  return [];
};

const STATELESS = new Set(['button', 'icon_button', 'workflow_button', 'overflow', 'file_input']);

/** What a view holds: what was touched, else what it came with. */
export const valuesOf = (blocks: AnyBlock[], touched: Values): Values => {
  const values: Values = {};
  for (const block of blocks) {
    const blockId = block.block_id ?? '';
    for (const element of elementsOf(block as KnownBlock)) {
      if (STATELESS.has(element.type)) continue;
      const actionId = element.action_id ?? '';
      const held = touched[blockId]?.[actionId];
      values[blockId] = {
        ...values[blockId],
        [actionId]: held === undefined ? initialOf(element) : held,
      };
    }
  }
  return values;
};
