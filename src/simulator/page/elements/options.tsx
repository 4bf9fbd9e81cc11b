import type { Checkboxes, Option, RadioButtons } from '@slack/types';
import { type ReactNode, useId } from 'react';
import { MrkdwnText } from '../blocks/display.tsx';
import { withEmoji } from '../emoji.ts';
import { choiceOf } from './select.tsx';
import { ariaOf, type Standing, useElement } from './use-element.ts';

const Words = ({ text }: { text: Option['text'] }): ReactNode =>
  text.type === 'mrkdwn' ? <MrkdwnText text={text.text} /> : withEmoji(text.text);

interface OptionsProps {
  element: Checkboxes | RadioButtons;
  standing: Standing;
}

export const initialOptions = (element: OptionsProps['element']): string | string[] | null =>
  element.type === 'checkboxes'
    ? (element.initial_options ?? []).map((option) => choiceOf(option).value)
    : (element.initial_option?.value ?? null);

/** Radio buttons and checkboxes on the browser's own controls. */
export const BlockOptions = ({ element, standing }: OptionsProps): ReactNode => {
  const id = useId();
  const many = element.type === 'checkboxes';
  const own = useElement(standing, {
    actionId: element.action_id ?? '',
    confirm: element.confirm,
    initial: initialOptions(element),
  });
  const isOn = (value: string): boolean =>
    Array.isArray(own.value) ? own.value.includes(value) : own.value === value;
  const toggle = (value: string): void => {
    if (!many) void own.choose(value);
    else {
      const all = element.options.map((option) => option.value ?? '');
      void own.choose(all.filter((one) => (one === value ? !isOn(one) : isOn(one))));
    }
  };
  return (
    <div
      role={many ? 'group' : 'radiogroup'}
      className={`options${own.busy ? ' busy' : ''}`}
      {...ariaOf({ ...standing, required: !many && (standing.required ?? false) }, 'Options')}
    >
      {element.options.map((option, index) => (
        <label key={option.value} className="option-line">
          <input
            type={many ? 'checkbox' : 'radio'}
            name={id}
            value={option.value}
            checked={isOn(option.value ?? '')}
            aria-describedby={option.description ? `${id}${index}` : undefined}
            onChange={() => toggle(option.value ?? '')}
          />
          <span>
            <Words text={option.text} />
            {option.description && (
              <span id={`${id}${index}`} className="option-about">
                <Words text={option.description} />
              </span>
            )}
          </span>
        </label>
      ))}
    </div>
  );
};
