import { type ReactNode, useEffect, useEffectEvent, useRef } from 'react';

interface DialogProps {
  labelledBy: string;
  describedBy?: string;
  role?: 'dialog' | 'alertdialog';
  className?: string;
  onEscape: () => void;
  children: ReactNode;
}

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
  useEffect(() => {
    const element = dialog.current;
    if (!element) return undefined;
    const before = document.activeElement;
    element.showModal();
    // The keydown is taken, since the browser closes a dialog on a second unanswered Escape.
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.preventDefault();
      event.stopPropagation();
      escape();
    };
    const onCancel = (event: Event): void => {
      event.preventDefault();
      escape();
    };
    element.addEventListener('keydown', onKey);
    element.addEventListener('cancel', onCancel);
    return () => {
      element.removeEventListener('keydown', onKey);
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
