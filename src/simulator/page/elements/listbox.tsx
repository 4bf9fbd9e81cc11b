import type { ReactNode } from 'react';
import { withEmoji } from '../emoji.ts';
import type { Choice } from '../surface.ts';

interface ListboxProps {
  id: string;
  label: string;
  choices: Choice[];
  active: number;
  chosen: readonly string[];
  multiple: boolean;
  onPick: (choice: Choice) => void;
}

export const optionId = (listId: string, index: number): string => `${listId}-${index}`;

const intoView = (option: HTMLElement | null): void => option?.scrollIntoView({ block: 'nearest' });

/** The list of a combobox; the focus stays in its input, so a press must not take it. */
export const Listbox = (props: ListboxProps): ReactNode => {
  const { id, label, choices, active, chosen, multiple, onPick } = props;
  return (
    <div
      id={id}
      role="listbox"
      tabIndex={-1}
      aria-label={label}
      aria-multiselectable={multiple || undefined}
      className="listbox"
      onMouseDown={(event) => event.preventDefault()}
    >
      {choices.map((choice, index) => (
        <div key={`${choice.group ?? ''}/${choice.value}`} role="presentation">
          {choice.group !== undefined && choice.group !== choices[index - 1]?.group && (
            <div role="presentation" className="listbox-group">
              {withEmoji(choice.group)}
            </div>
          )}
          <div
            id={optionId(id, index)}
            ref={index === active ? intoView : undefined}
            role="option"
            tabIndex={-1}
            aria-selected={chosen.includes(choice.value)}
            data-active={index === active || undefined}
            className="option"
            onClick={() => onPick(choice)}
            onKeyDown={(event) => event.key === 'Enter' && onPick(choice)}
          >
            <span>{withEmoji(choice.text)}</span>
            {choice.description !== undefined && (
              <span className="option-about">{withEmoji(choice.description)}</span>
            )}
          </div>
        </div>
      ))}
    </div>
  );
};
