import type {
  EmailInput,
  NumberInput,
  PlainTextInput,
  RichTextInput,
  URLInput,
} from '@slack/types';
import { type ChangeEvent, type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { withEmoji } from '../emoji.ts';
import { useSurface } from '../surface.ts';
import { ariaOf, type Standing, useElement } from './use-element.ts';

export type TextInput = PlainTextInput | EmailInput | URLInput | NumberInput | RichTextInput;

const PAUSE_MS = 300;

const MODES = {
  plain_text_input: 'text',
  rich_text_input: 'text',
  email_text_input: 'email',
  url_text_input: 'url',
  number_input: 'decimal',
} as const;

export const initialText = (element: TextInput): string | null =>
  typeof element.initial_value === 'string' ? element.initial_value : null;

interface TextInputProps {
  element: TextInput;
  standing: Standing;
  /** Of the input block: the element tells the bot while it is typed or on Enter. */
  dispatches: boolean;
}

export const BlockTextInput = ({ element, standing, dispatches }: TextInputProps): ReactNode => {
  const surface = useSurface();
  const actionId = element.action_id ?? '';
  const own = useElement({ ...standing, acts: false }, { actionId, initial: initialText(element) });
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const when = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  const tell = (value: string): void => void surface.act(standing.blockId, actionId, value);
  const value = typeof own.value === 'string' ? own.value : '';
  const change = (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>): void => {
    const next = event.target.value;
    own.hold(next === '' ? null : next);
    if (!dispatches || !when.includes('on_character_entered')) return;
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => tell(next), PAUSE_MS);
  };
  const multiline =
    element.type === 'rich_text_input' ||
    (element.type === 'plain_text_input' && element.multiline);
  const field = {
    className: 'field',
    value,
    placeholder: withEmoji(element.placeholder?.text ?? ''),
    maxLength: element.type === 'plain_text_input' ? element.max_length : undefined,
    ...ariaOf(standing, withEmoji(element.placeholder?.text ?? 'Text')),
    onChange: change,
  };
  if (multiline) return <textarea rows={4} {...field} />;
  return (
    <input
      type="text"
      inputMode={MODES[element.type]}
      autoComplete="off"
      {...field}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key !== 'Enter' || !dispatches || !when.includes('on_enter_pressed')) return;
        // Enter would otherwise submit the modal.
        event.preventDefault();
        tell(value);
      }}
    />
  );
};
