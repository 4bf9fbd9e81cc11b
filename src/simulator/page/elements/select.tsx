import type { MultiSelect, Option, Select } from '@slack/types';
import { type ReactNode, useState } from 'react';
import { type Directory, useDirectory } from '../directory.ts';
import { withEmoji } from '../emoji.ts';
import { type Choice, type Held, useSurface } from '../surface.ts';
import { Combobox } from './combobox.tsx';
import { ariaOf, type Standing, useElement } from './use-element.ts';
import type { Source } from './use-choices.ts';

/** What a picker of Slack shows when it says no number itself. */
const MIN_QUERY_LENGTH = 3;

export const choiceOf = (option: Option): Choice => ({
  text: option.text.text,
  value: option.value ?? '',
  ...(option.description && { description: option.description.text }),
  ...(option.url !== undefined && { url: option.url }),
});

const staticChoices = (element: Select | MultiSelect): Choice[] => {
  if (!('options' in element) && !('option_groups' in element)) return [];
  const groups = 'option_groups' in element ? (element.option_groups ?? []) : [];
  const grouped = groups.flatMap(({ label, options }) =>
    options.map((option) => ({ ...choiceOf(option), group: label.text })),
  );
  const plain = 'options' in element ? (element.options ?? []) : [];
  return [...plain.map(choiceOf), ...grouped];
};

const peopleChoices = ({ state }: Directory): Choice[] =>
  state.people
    .filter(({ deleted }) => !deleted)
    .map(({ id, name, about }) => ({ text: name, value: id, description: about }));

const channelChoices = ({ state }: Directory, direct: boolean): Choice[] =>
  state.channels
    .filter(({ kind }) => direct || kind !== 'direct')
    .map(({ id, name, kind }) => ({ text: kind === 'direct' ? name : `#${name}`, value: id }));

const sourceOf = (element: Select | MultiSelect, directory: Directory, ask: Ask): Source => {
  switch (element.type) {
    case 'static_select':
    case 'multi_static_select':
      return { kind: 'known', choices: staticChoices(element) };
    case 'users_select':
    case 'multi_users_select':
      return { kind: 'known', choices: peopleChoices(directory) };
    case 'channels_select':
    case 'multi_channels_select':
      return { kind: 'known', choices: channelChoices(directory, false) };
    case 'conversations_select':
    case 'multi_conversations_select':
      return { kind: 'known', choices: channelChoices(directory, true) };
    case 'external_select':
    case 'multi_external_select':
      return { kind: 'asked', minimum: element.min_query_length ?? MIN_QUERY_LENGTH, ask };
  }
};

type Ask = (typed: string) => Promise<Choice[]>;

const initialOf = (element: Select | MultiSelect): { value: Held; choices: Choice[] } => {
  if ('initial_option' in element && element.initial_option) {
    const choice = choiceOf(element.initial_option);
    return { value: choice.value, choices: [choice] };
  }
  if ('initial_options' in element && element.initial_options) {
    const choices = element.initial_options.map(choiceOf);
    return { value: choices.map(({ value }) => value), choices };
  }
  if ('initial_user' in element) return { value: element.initial_user ?? null, choices: [] };
  if ('initial_channel' in element) return { value: element.initial_channel ?? null, choices: [] };
  if ('initial_conversation' in element)
    return { value: element.initial_conversation ?? null, choices: [] };
  if ('initial_users' in element) return { value: element.initial_users ?? null, choices: [] };
  if ('initial_channels' in element)
    return { value: element.initial_channels ?? null, choices: [] };
  if ('initial_conversations' in element)
    return { value: element.initial_conversations ?? null, choices: [] };
  return { value: null, choices: [] };
};

export const initialSelection = (element: Select | MultiSelect): Held => initialOf(element).value;

const listed = (value: Held): string[] =>
  value === null ? [] : Array.isArray(value) ? value : [value];

interface SelectProps {
  element: Select | MultiSelect;
  standing: Standing;
}

export const BlockSelect = ({ element, standing }: SelectProps): ReactNode => {
  const surface = useSurface();
  const directory = useDirectory();
  const actionId = element.action_id ?? '';
  const initial = initialOf(element);
  const own = useElement(standing, {
    actionId,
    confirm: element.confirm,
    initial: initial.value,
  });
  // The names of choices that only the bot knows: kept, since it is not asked for them again.
  const [met, setMet] = useState<Choice[]>(initial.choices);
  const multiple = element.type.startsWith('multi_');
  const source = sourceOf(element, directory, (typed) =>
    surface.options(standing.blockId, actionId, typed),
  );
  const known = source.kind === 'known' ? source.choices : met;
  const values = listed(own.value);
  const chosen = values.map(
    (value) =>
      [...known, ...met].find((choice) => choice.value === value) ?? { text: value, value },
  );
  const most = 'max_selected_items' in element ? element.max_selected_items : undefined;
  const placeholder = withEmoji(element.placeholder?.text ?? 'Choose an option');
  const toggle = (choice: Choice): void => {
    setMet((before) => [...before, choice]);
    if (!multiple) {
      void own.choose(choice.value);
      return;
    }
    const without = values.filter((value) => value !== choice.value);
    const next = without.length < values.length ? without : [...values, choice.value];
    if (most === undefined || next.length <= most) void own.choose(next);
  };
  return (
    <div className="select">
      {multiple && chosen.length > 0 && (
        <ul className="chips" aria-label="Chosen">
          {chosen.map((choice) => (
            <li key={choice.value} className="chip">
              {withEmoji(choice.text)}
              <button
                type="button"
                aria-label={`Remove ${withEmoji(choice.text)}`}
                onClick={() => toggle(choice)}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <Combobox
        source={source}
        chosen={chosen}
        multiple={multiple}
        placeholder={placeholder}
        aria={ariaOf(standing, placeholder)}
        busy={own.busy}
        onPick={toggle}
        onClear={standing.acts || standing.required ? undefined : () => void own.choose(null)}
      />
    </div>
  );
};
