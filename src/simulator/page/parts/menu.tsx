import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { Floating } from './floating.tsx';

export interface MenuItem {
  key: string;
  text: ReactNode;
  about?: ReactNode;
  run: () => void;
}

interface MenuProps {
  /** Names the button and the list. */
  label: string;
  /** What the button shows. */
  children: ReactNode;
  items: readonly MenuItem[];
  busy?: boolean;
  className?: string;
  align?: 'start' | 'end';
  /** Says what the items are, above them. */
  heading?: string;
}

/** A button that opens a list of acts; by keyboard like other menus. */
export const Menu = (props: MenuProps): ReactNode => {
  const { label, children, items, busy = false, className = '', align = 'end', heading } = props;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  // After `Floating` shows the list: what is hidden takes no focus, and then neither a key nor a click elsewhere closes it.
  useLayoutEffect(() => {
    if (open) menu.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  }, [open]);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const onKey = (event: KeyboardEvent): void => {
    const all = [...(menu.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (event.key === 'ArrowDown') all[(at + 1) % all.length]?.focus();
    else if (event.key === 'ArrowUp') all[(at - 1 + all.length) % all.length]?.focus();
    else if (event.key === 'Home') all[0]?.focus();
    else if (event.key === 'End') all.at(-1)?.focus();
    else if (event.key === 'Escape') close();
    else if (event.key === 'Tab') setOpen(false);
    else return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`button icon ${className}${busy ? ' busy' : ''}`}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {children}
      </button>
      {open && (
        <Floating anchor={button} align={align}>
          <div
            ref={menu}
            className="listbox"
            onBlur={(event) => {
              const to = event.relatedTarget;
              // The button itself closes it by its click.
              if (to !== button.current && !menu.current?.contains(to)) setOpen(false);
            }}
          >
            {heading !== undefined && <p className="listbox-group">{heading}</p>}
            <div role="menu" tabIndex={-1} aria-label={label} onKeyDown={onKey}>
              {items.map((item) => (
                <button
                  key={item.key}
                  type="button"
                  role="menuitem"
                  tabIndex={-1}
                  className="option"
                  onClick={() => {
                    close();
                    item.run();
                  }}
                >
                  <span>{item.text}</span>
                  {item.about !== undefined && <span className="option-about">{item.about}</span>}
                </button>
              ))}
            </div>
          </div>
        </Floating>
      )}
    </>
  );
};
