import { type ReactNode, useEffectEvent, useLayoutEffect, useRef } from 'react';

interface DialogProps {
  labelledBy: string;
  describedBy?: string;
  role?: 'dialog' | 'alertdialog';
  className?: string;
  onEscape: () => void;
  children: ReactNode;
}

/** A question asked from a modal stands later in the page than that modal. */
const isTopmost = (dialog: HTMLDialogElement): boolean =>
  [...document.querySelectorAll('dialog[open]')].at(-1) === dialog;

/**
 * A modal on the browser's own `<dialog>`: it keeps the focus inside, makes the page behind it inert
 * and gives the focus back when it goes.
 */
export const Dialog = ({
  labelledBy,
  describedBy,
  role = 'dialog',
  className = '',
  onEscape,
  children,
}: DialogProps): ReactNode => {
  const dialog = useRef<HTMLDialogElement>(null);
  const escape = useEffectEvent(onEscape);
  // Before the effects of what is inside, which may only then take the focus.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (!element) return undefined;
    const before = document.activeElement;
    element.showModal();
    // The keydown is taken, since the browser closes a dialog on a second unanswered Escape; at the
    // document, since an open list inside takes it first.
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || !isTopmost(element)) return;
      event.preventDefault();
      escape();
    };
    const onCancel = (event: Event): void => {
      event.preventDefault();
      escape();
    };
    document.addEventListener('keydown', onKey);
    element.addEventListener('cancel', onCancel);
    return () => {
      document.removeEventListener('keydown', onKey);
      element.removeEventListener('cancel', onCancel);
      element.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      role={role}
      className={`dialog ${className}`}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
    >
      {children}
    </dialog>
  );
};
