import type { KnownBlock } from '@slack/types';
import { asObjects, asText, type Json } from './json.ts';
import type { SubmitAct } from './protocol.ts';
import { elementsOf, flatBlocks, inputOf, type StoredValues } from './views.ts';

/** What a person entered into an element, in the words of Slack's payloads. */
export type Entered = string | string[] | null | undefined;

const listed = (element: Json): Json[] =>
  [element, ...asObjects(element['option_groups'])].flatMap(({ options }) => asObjects(options));

/** Finds an option by its value among what the element lists, or what an app offered for it. */
export type Offered = (value: string) => Json | undefined;

const optionBy = (element: Json, value: string, offered: Offered): Json | undefined => {
  const initial = asObjects([element['initial_option'], element['initial_options']].flat());
  const known = [...listed(element), ...initial];
  return known.find((option) => option['value'] === value) ?? offered(value);
};

const textOf = (value: Entered): string | null =>
  typeof value === 'string' && value !== '' ? value : null;
const textsOf = (value: Entered): string[] =>
  Array.isArray(value) ? value : typeof value === 'string' && value !== '' ? [value] : [];

/** The payload's fields for an entered value; undefined when no such option exists. */
export const entryOf = (element: Json, value: Entered, offered: Offered): Json | undefined => {
  const type = asText(element['type']);
  const kind = type.replace('multi_', '').replace('_select', '');
  const several = type.startsWith('multi_');
  if (type === 'button' || type === 'icon_button' || type === 'workflow_button')
    return element['value'] === undefined ? {} : { value: element['value'] };
  if (type === 'feedback_buttons') return { value: textOf(value) ?? '' };
  if (['static', 'external', 'radio_buttons', 'overflow', 'checkboxes'].includes(kind)) {
    const chosen = textsOf(value).map((text) => optionBy(element, text, offered));
    if (chosen.includes(undefined)) return undefined;
    return several || type === 'checkboxes'
      ? { selected_options: chosen }
      : { selected_option: chosen[0] ?? null };
  }
  if (['users', 'conversations', 'channels'].includes(kind))
    return several
      ? { [`selected_${kind}`]: textsOf(value) }
      : { [`selected_${kind.slice(0, -1)}`]: textOf(value) };
  if (type === 'datepicker') return { selected_date: textOf(value) };
  if (type === 'timepicker') return { selected_time: textOf(value) };
  if (type === 'datetimepicker')
    return { selected_date_time: textOf(value) === null ? null : Number(value) };
  return { value: textOf(value) };
};

const initialOf = (element: Json): Json => {
  const type = asText(element['type']);
  const options = element['initial_options'];
  if (type === 'checkboxes' || (type.startsWith('multi_') && /static|external/.test(type)))
    return { selected_options: Array.isArray(options) ? options : [] };
  if (/static_select|external_select|radio_buttons/.test(type))
    return { selected_option: element['initial_option'] ?? null };
  const names: Record<string, [given: string, told: string]> = {
    datepicker: ['initial_date', 'selected_date'],
    timepicker: ['initial_time', 'selected_time'],
    datetimepicker: ['initial_date_time', 'selected_date_time'],
    users_select: ['initial_user', 'selected_user'],
    conversations_select: ['initial_conversation', 'selected_conversation'],
    channels_select: ['initial_channel', 'selected_channel'],
  };
  const [given, told] = names[type] ?? ['initial_value', 'value'];
  if (type.startsWith('multi_')) {
    const kind = type.replace('multi_', '').replace('_select', '');
    return { [`selected_${kind}`]: element[`initial_${kind}`] ?? [] };
  }
  return { [told]: element[given] ?? null };
};

const STATELESS = ['button', 'overflow', 'workflow_button', 'icon_button', 'feedback_buttons'];

/** `state.values` of a message or view: what was entered, else what stood there at first. */
export const stateOf = (blocks: readonly KnownBlock[], entered: StoredValues): StoredValues => {
  const values: StoredValues = {};
  for (const block of flatBlocks(blocks))
    for (const element of elementsOf(block)) {
      const [blockId, actionId] = [block.block_id ?? '', asText(element['action_id'])];
      if (STATELESS.includes(asText(element['type']))) continue;
      const held = entered[blockId]?.[actionId];
      (values[blockId] ??= {})[actionId] = held ?? {
        type: element['type'],
        ...initialOf(element),
      };
    }
  return values;
};

/** Takes over what the inputs of a view hold now; unknown places and options are passed over. */
export const enter = (
  blocks: readonly KnownBlock[],
  entered: StoredValues,
  given: SubmitAct['values'],
  offered: (blockId: string, actionId: string) => Offered,
): void => {
  for (const [blockId, actions] of Object.entries(given))
    for (const [actionId, value] of Object.entries(actions)) {
      const element = inputOf(blocks, blockId, actionId);
      const entry = element && entryOf(element, value, offered(blockId, actionId));
      if (element !== undefined && entry !== undefined)
        (entered[blockId] ??= {})[actionId] = { type: element['type'], ...entry };
    }
};

const isEmpty = (entry: Json | undefined): boolean =>
  Object.entries(entry ?? {}).every(
    ([name, value]) =>
      name === 'type' || value === null || (Array.isArray(value) && value.length === 0),
  );

const formatProblem = (element: Json, text: string): string | undefined => {
  const { type, min_length: min, max_length: max } = element;
  if (typeof min === 'number' && text.length < min)
    return `Please enter at least ${min} characters.`;
  if (typeof max === 'number' && text.length > max)
    return `Please enter at most ${max} characters.`;
  if (type === 'email_text_input' && !/^\S+@\S+\.\S+$/.test(text))
    return 'Please enter a valid email address.';
  if (type === 'url_text_input' && !URL.canParse(text)) return 'Please enter a valid URL.';
  if (type === 'number_input') {
    const value = Number(text);
    if (Number.isNaN(value)) return 'Please enter a number.';
    if (element['is_decimal_allowed'] === false && !Number.isInteger(value))
      return 'Please enter a whole number.';
    if (element['min_value'] !== undefined && value < Number(element['min_value']))
      return `Please enter a number of at least ${asText(element['min_value'])}.`;
    if (element['max_value'] !== undefined && value > Number(element['max_value']))
      return `Please enter a number of at most ${asText(element['max_value'])}.`;
  }
  return undefined;
};

/** What Slack itself says of the inputs before the app hears of a submit, by block_id. */
export const inputProblems = (
  blocks: readonly KnownBlock[],
  values: StoredValues,
): Record<string, string> => {
  const problems: Record<string, string> = {};
  for (const block of blocks) {
    if (block.type !== 'input' || block.block_id === undefined) continue;
    const element = block.element as unknown as Json;
    const entry = values[block.block_id]?.[asText(element['action_id'])];
    const text = entry?.['value'];
    if (isEmpty(entry)) {
      if (block.optional !== true)
        problems[block.block_id] = 'Please complete this required field.';
    } else if (typeof text === 'string') {
      const problem = formatProblem(element, text);
      if (problem !== undefined) problems[block.block_id] = problem;
    }
  }
  return problems;
};
