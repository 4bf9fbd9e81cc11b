import type { Overflow } from '@slack/types';
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { withEmoji } from '../emoji.ts';
import { Floating } from '../parts/floating.tsx';
import { choiceOf } from './select.tsx';
import { type Standing, useElement } from './use-element.ts';

interface OverflowProps {
  element: Overflow;
  standing: Standing;
}

const takeFocus = (item: HTMLElement | null): void => item?.focus();

export const BlockOverflow = ({ element, standing }: OverflowProps): ReactNode => {
  const own = useElement(standing, {
    actionId: element.action_id ?? '',
    confirm: element.confirm,
    initial: null,
  });
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const onKey = (event: KeyboardEvent): void => {
    const all = [...(menu.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (event.key === 'ArrowDown') all[(at + 1) % all.length]?.focus();
    else if (event.key === 'ArrowUp') all[(at - 1 + all.length) % all.length]?.focus();
    else if (event.key === 'Escape') close();
    else if (event.key === 'Tab') setOpen(false);
    else return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="overflow">
      <button
        ref={button}
        type="button"
        className={`button icon${own.busy ? ' busy' : ''}`}
        aria-label="More actions"
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        ⋯
      </button>
      {open && (
        <Floating anchor={button} align="end">
          <div
            ref={menu}
            role="menu"
            tabIndex={-1}
            aria-label="More actions"
            className="listbox"
            onKeyDown={onKey}
            onBlur={(event) => {
              if (!menu.current?.contains(event.relatedTarget)) setOpen(false);
            }}
          >
            {element.options.map(choiceOf).map((choice, index) => (
              <button
                key={choice.value}
                ref={index === 0 ? takeFocus : undefined}
                type="button"
                role="menuitem"
                tabIndex={-1}
                className="option"
                onClick={() => {
                  close();
                  if (choice.url !== undefined) window.open(choice.url, '_blank', 'noopener');
                  void own.choose(choice.value);
                }}
              >
                <span>{withEmoji(choice.text)}</span>
                {choice.description !== undefined && (
                  <span className="option-about">{withEmoji(choice.description)}</span>
                )}
              </button>
            ))}
          </div>
        </Floating>
      )}
    </div>
  );
};
