import type { AnyBlock, InputBlock, KnownBlock } from '@slack/types';
import { type AnyElement, initialOf } from './elements/element.tsx';
import type { Held, Values } from './surface.ts';

const isInput = (block: AnyBlock): block is InputBlock => block.type === 'input';

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

const isEmpty = (value: Held | undefined): boolean =>
  value === undefined || value === null || value.length === 0;

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

const faultOf = (
  { element, optional }: InputBlock,
  value: Held | undefined,
): string | undefined => {
  if (isEmpty(value)) return optional ? undefined : 'Please complete this required field.';
  if (typeof value !== 'string') return undefined;
  switch (element.type) {
    case 'plain_text_input':
      return element.min_length !== undefined && value.length < element.min_length
        ? `Please write at least ${element.min_length} characters.`
        : undefined;
    case 'email_text_input':
      return EMAIL.test(value) ? undefined : 'Please write an e-mail address.';
    case 'url_text_input':
      return URL.canParse(value) ? undefined : 'Please write a web address.';
    case 'number_input': {
      const number = Number(value);
      if (Number.isNaN(number)) return 'Please write a number.';
      if (!element.is_decimal_allowed && !Number.isInteger(number))
        return 'Please write a whole number.';
      if (element.min_value !== undefined && number < Number(element.min_value))
        return `Please write at least ${element.min_value}.`;
      if (element.max_value !== undefined && number > Number(element.max_value))
        return `Please write at most ${element.max_value}.`;
      return undefined;
    }
    default:
      return undefined;
  }
};

/** What Slack's own client refuses before the app hears of a submit, by block_id. */
export const faultsOf = (blocks: AnyBlock[], values: Values): Record<string, string> =>
  Object.fromEntries(
    blocks.filter(isInput).flatMap((block) => {
      const blockId = block.block_id ?? '';
      const fault = faultOf(block, values[blockId]?.[block.element.action_id ?? '']);
      return fault === undefined ? [] : [[blockId, fault]];
    }),
  );
