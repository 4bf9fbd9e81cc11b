import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import { withEmoji } from '../emoji.ts';
import { Floating } from '../parts/floating.tsx';
import type { Choice } from '../surface.ts';
import { Listbox, optionId } from './listbox.tsx';
import { type Source, useChoices } from './use-choices.ts';

interface ComboboxProps {
  source: Source;
  /** What is chosen; several only when `multiple`. */
  chosen: readonly Choice[];
  multiple?: boolean;
  placeholder: string;
  aria: Record<string, string | boolean>;
  busy: boolean;
  autoFocus?: boolean;
  onPick: (choice: Choice) => void;
  /** Offered where nothing has to be chosen. */
  onClear?: (() => void) | undefined;
}

/** An input that opens a list, as the ARIA practices describe an editable combobox. */
export const Combobox = (props: ComboboxProps): ReactNode => {
  const { source, chosen, multiple = false, placeholder, aria, busy, onPick, onClear } = props;
  const listId = useId();
  const frame = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const { choices, note } = useChoices(source, open, typed);
  const shown = multiple ? '' : withEmoji(chosen[0]?.text ?? '');
  const at = Math.min(active, choices.length - 1);

  const show = (): void => {
    if (open) return;
    setOpen(true);
    setTyped('');
    setActive(
      Math.max(
        0,
        choices.findIndex(({ value }) => value === chosen[0]?.value),
      ),
    );
  };
  const hide = (): void => {
    setOpen(false);
    setTyped('');
  };
  const pick = (choice: Choice): void => {
    if (!multiple) hide();
    else setTyped('');
    onPick(choice);
  };
  const step = (by: number): void => {
    if (!open) show();
    else if (choices.length > 0) setActive((at + by + choices.length) % choices.length);
  };
  const onKey = (event: KeyboardEvent): void => {
    const done = (): void => {
      event.preventDefault();
      event.stopPropagation();
    };
    const choice = choices[at];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      done();
      step(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter') {
      done();
      if (!open) show();
      else if (choice) pick(choice);
    } else if (event.key === 'Escape' && open) {
      done();
      hide();
    } else if (event.key === 'Tab') hide();
  };

  return (
    <div ref={frame} className={`combobox${busy ? ' busy' : ''}`}>
      <input
        ref={input}
        {...aria}
        type="text"
        role="combobox"
        autoComplete="off"
        spellCheck={false}
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={listId}
        aria-activedescendant={open && choices[at] ? optionId(listId, at) : undefined}
        aria-busy={busy || undefined}
        placeholder={open && shown ? shown : placeholder}
        value={open ? typed : shown}
        onChange={(event) => {
          if (!open) setOpen(true);
          const { value } = event.target;
          // What is typed behind a shown choice begins a new search.
          setTyped(!open && value.startsWith(shown) ? value.slice(shown.length) : value);
          setActive(0);
        }}
        onMouseDown={show}
        onBlur={hide}
        onKeyDown={onKey}
      />
      {onClear && chosen.length > 0 && !multiple && (
        <button type="button" className="clear" aria-label="Clear the choice" onClick={onClear}>
          ×
        </button>
      )}
      <span className="chevron" aria-hidden="true" />
      {open && (
        <Floating anchor={frame} fit>
          {note === undefined ? (
            <Listbox
              id={listId}
              label="Choices"
              choices={choices}
              active={at}
              chosen={chosen.map(({ value }) => value)}
              multiple={multiple}
              onPick={pick}
            />
          ) : (
            <p id={listId} className="listbox-note" role="status">
              {note}
            </p>
          )}
        </Floating>
      )}
    </div>
  );
};
