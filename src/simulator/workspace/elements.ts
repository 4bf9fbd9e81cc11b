import { isDeepStrictEqual } from 'node:util';
import {
  anything,
  boolean,
  byType,
  integer,
  list,
  matching,
  object,
  oneOf,
  rule,
  string,
  type Check,
} from './checks.ts';
import { LIMITS } from './limits.ts';
import { asObject, type Json } from './json.ts';
import {
  anyText,
  choiceOption,
  confirmation,
  image,
  optionGroup,
  overflowOption,
  plain,
  selectOption,
} from './texts.ts';

/** Shapes of the elements a person can use, and which block takes which of them. */
const type = anything;
const id = { action_id: string(LIMITS.id, 1) };
const placeholder = plain(LIMITS.placeholder);
const picker = { ...id, confirm: confirmation, focus_on_load: boolean, placeholder };
const many = { max_selected_items: integer(1, 1000) };
const typed = {
  ...id,
  placeholder,
  focus_on_load: boolean,
  dispatch_action_config: object(
    {},
    {
      trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 2, 1),
    },
  ),
};
const style = oneOf('primary', 'danger');
const label = string(LIMITS.button.label);
const strings = list(string(LIMITS.id, 1), LIMITS.options);

const optionsOf = (given: Json): unknown[] => {
  if (Array.isArray(given['options'])) return given['options'];
  const groups = Array.isArray(given['option_groups']) ? given['option_groups'] : [];
  return groups.flatMap((group) => {
    const options = asObject(group)?.['options'];
    return Array.isArray(options) ? options : [];
  });
};

const valuesOf = (options: unknown[]): unknown[] =>
  options.map((option) => asObject(option)?.['value']);

const initialIsOffered = rule((given) => {
  const one = given['initial_option'];
  const several = given['initial_options'];
  const chosen = [...(one === undefined ? [] : [one]), ...(Array.isArray(several) ? several : [])];
  return chosen.every((choice) =>
    optionsOf(given).some((option) => isDeepStrictEqual(option, choice)),
  );
}, 'initial option must exactly match one of the provided options');

const distinctValues = rule((given) => {
  const values = valuesOf(optionsOf(given));
  return new Set(values).size === values.length;
}, 'option values must be unique');

const optionsOrGroups = rule(
  (given) => (given['options'] === undefined) !== (given['option_groups'] === undefined),
  'must provide exactly one of `options` or `option_groups`',
);

const staticSelect = (initial: Record<string, Check>): Check =>
  object(
    { type },
    {
      ...picker,
      ...initial,
      options: list(selectOption, LIMITS.options, 1),
      option_groups: list(optionGroup, LIMITS.optionGroups, 1),
    },
    optionsOrGroups,
    initialIsOffered,
    distinctValues,
  );

const conversations = {
  ...picker,
  default_to_current_conversation: boolean,
  response_url_enabled: boolean,
  filter: anything,
};
const choices = {
  ...id,
  confirm: confirmation,
  focus_on_load: boolean,
};
const few = list(choiceOption, LIMITS.fewOptions, 1);
const minQuery = { min_query_length: integer(0, 1000) };
const initialOption = { initial_option: selectOption };
const initialOptions = { initial_options: list(selectOption, LIMITS.options, 1) };

const feedback = object(
  { text: plain(LIMITS.button.text), value: string(LIMITS.button.value) },
  { accessibility_label: label },
);

const ELEMENTS: Record<string, Check> = {
  button: object(
    { type, text: plain(LIMITS.button.text) },
    {
      ...id,
      value: string(LIMITS.button.value),
      url: string(LIMITS.button.url),
      style,
      confirm: confirmation,
      accessibility_label: label,
    },
  ),
  checkboxes: object(
    { type, options: few },
    { ...choices, initial_options: few },
    initialIsOffered,
    distinctValues,
  ),
  radio_buttons: object(
    { type, options: few },
    { ...choices, initial_option: choiceOption },
    initialIsOffered,
    distinctValues,
  ),
  overflow: object(
    { type, options: list(overflowOption, LIMITS.overflowOptions, 1) },
    { ...id, confirm: confirmation },
    distinctValues,
  ),
  datepicker: object(
    { type },
    { ...picker, initial_date: matching(/^\d{4}-\d{2}-\d{2}$/, 'a date as YYYY-MM-DD') },
  ),
  timepicker: object(
    { type },
    {
      ...picker,
      initial_time: matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time as HH:mm'),
      timezone: string(LIMITS.id),
    },
  ),
  datetimepicker: object(
    { type },
    { ...choices, initial_date_time: integer(1_000_000_000, 9_999_999_999) },
  ),
  static_select: staticSelect(initialOption),
  multi_static_select: staticSelect({ ...initialOptions, ...many }),
  external_select: object({ type }, { ...picker, ...initialOption, ...minQuery }),
  multi_external_select: object({ type }, { ...picker, ...initialOptions, ...many, ...minQuery }),
  users_select: object({ type }, { ...picker, initial_user: string(LIMITS.id) }),
  multi_users_select: object({ type }, { ...picker, initial_users: strings, ...many }),
  conversations_select: object(
    { type },
    { ...conversations, initial_conversation: string(LIMITS.id) },
  ),
  multi_conversations_select: object(
    { type },
    { ...conversations, initial_conversations: strings, ...many },
  ),
  channels_select: object(
    { type },
    { ...picker, initial_channel: string(LIMITS.id), response_url_enabled: boolean },
  ),
  multi_channels_select: object({ type }, { ...picker, initial_channels: strings, ...many }),
  plain_text_input: object(
    { type },
    {
      ...typed,
      initial_value: string(LIMITS.inputLength),
      multiline: boolean,
      min_length: integer(0, LIMITS.inputLength),
      max_length: integer(1, LIMITS.inputLength),
    },
  ),
  number_input: object(
    { type, is_decimal_allowed: boolean },
    {
      ...typed,
      initial_value: string(LIMITS.id),
      min_value: string(LIMITS.id),
      max_value: string(LIMITS.id),
    },
  ),
  email_text_input: object({ type }, { ...typed, initial_value: string(LIMITS.inputLength) }),
  url_text_input: object({ type }, { ...typed, initial_value: string(LIMITS.inputLength) }),
  rich_text_input: object({ type }, { ...typed, initial_value: anything }),
  file_input: object(
    { type },
    { ...id, filetypes: strings, max_files: integer(1, LIMITS.maxFiles) },
  ),
  workflow_button: object(
    { type, text: plain(LIMITS.button.text), workflow: anything },
    { ...id, style, confirm: confirmation, accessibility_label: label },
  ),
  feedback_buttons: object({ type, positive_button: feedback, negative_button: feedback }, id),
  icon_button: object(
    { type, icon: string(LIMITS.id, 1), text: plain(LIMITS.button.text) },
    {
      ...id,
      value: string(LIMITS.button.value),
      confirm: confirmation,
      accessibility_label: label,
      visible_to_user_ids: list(string(LIMITS.id), 10),
    },
  ),
  image: image(),
  plain_text: anyText(LIMITS.text),
  mrkdwn: anyText(LIMITS.text),
};

const only = (...names: string[]): Check =>
  byType(Object.fromEntries(names.map((name) => [name, ELEMENTS[name] ?? anything])));

const SELECTS = ['static', 'external', 'users', 'conversations', 'channels'].flatMap((kind) => [
  `${kind}_select`,
  `multi_${kind}_select`,
]);
const CHOICES = ['checkboxes', 'datepicker', 'radio_buttons', 'timepicker', ...SELECTS];

export const accessory = only('button', 'image', 'overflow', 'workflow_button', ...CHOICES);
export const actionElement = only(
  'button',
  'overflow',
  'workflow_button',
  'datetimepicker',
  'rich_text_input',
  ...CHOICES,
);
/** There is no input for passwords: Slack does not let an app ask for one. */
export const inputElement = only(
  'plain_text_input',
  'number_input',
  'email_text_input',
  'url_text_input',
  'rich_text_input',
  'file_input',
  'datetimepicker',
  ...CHOICES,
);
export const contextElement = only('image', 'plain_text', 'mrkdwn');
export const contextActionElement = only('feedback_buttons', 'icon_button');
export const button = only('button');
