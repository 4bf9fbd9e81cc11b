import { type ReactNode, type RefObject, useLayoutEffect, useRef } from 'react';

interface FloatingProps {
  /** What it hangs on. */
  anchor: RefObject<HTMLElement | null>;
  /** Which edge of the anchor it shares. */
  align?: 'start' | 'end';
  /** Whether it is at least as wide as the anchor. */
  fit?: boolean;
  children: ReactNode;
}

const GAP = 4;

const place = (
  box: HTMLElement,
  anchor: HTMLElement,
  align: 'start' | 'end',
  fit: boolean,
): void => {
  const at = anchor.getBoundingClientRect();
  box.style.minWidth = fit ? `${at.width}px` : '';
  box.style.maxHeight = '';
  const { width, height } = box.getBoundingClientRect();
  const below = window.innerHeight - at.bottom - 2 * GAP;
  const above = at.top - 2 * GAP;
  const up = height > below && above > below;
  const tall = Math.min(height, up ? above : below);
  const left = align === 'start' ? at.left : at.right - width;
  box.style.maxHeight = `${tall}px`;
  box.style.left = `${Math.max(GAP, Math.min(left, window.innerWidth - width - GAP))}px`;
  box.style.top = `${up ? at.top - GAP - tall : at.bottom + GAP}px`;
};

/** A box in the browser's top layer, so that neither a scrolling list nor a dialog cuts it off. */
export const Floating = ({
  anchor,
  align = 'start',
  fit = false,
  children,
}: FloatingProps): ReactNode => {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    if (!element.matches(':popover-open')) element.showPopover();
    const follow = (): void => {
      if (anchor.current) place(element, anchor.current, align, fit);
    };
    follow();
    const size = new ResizeObserver(follow);
    if (element.firstElementChild) size.observe(element.firstElementChild);
    window.addEventListener('resize', follow);
    document.addEventListener('scroll', follow, true);
    return () => {
      size.disconnect();
      window.removeEventListener('resize', follow);
      document.removeEventListener('scroll', follow, true);
    };
  }, [anchor, align, fit]);
  return (
    <div ref={box} popover="manual" className="floating">
      {children}
    </div>
  );
};
