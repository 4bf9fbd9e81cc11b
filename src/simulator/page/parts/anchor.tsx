import type { MouseEvent, ReactNode } from 'react';
import { formatAddress, HOME, parseAddress } from '../address.ts';
import { useDirectory } from '../directory.ts';

interface AnchorProps {
  href: string;
  className?: string;
  label?: string | undefined;
  onFollow?: () => void;
  children: ReactNode;
}

const placeOf = (href: string): { in: string; thread?: string } | undefined => {
  const url = URL.canParse(href) ? new URL(href) : undefined;
  if (url?.protocol === 'slack:' && url.searchParams.get('tab') === 'home') return { in: HOME };
  if (url?.origin !== location.origin) return undefined;
  const { in: inside, thread } = parseAddress(url.search);
  if (inside === undefined) return undefined;
  return { in: inside, ...(thread !== undefined && { thread }) };
};

/** A link of a message: a permalink is followed in this page by whoever reads it, others in a new tab. */
export const Anchor = ({ href, className, label, onFollow, children }: AnchorProps): ReactNode => {
  const { state, open } = useDirectory();
  const place = placeOf(href);
  const follow = (event: MouseEvent): void => {
    onFollow?.();
    if (!place || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open(place);
  };
  return (
    <a
      href={place ? formatAddress({ as: state.me.id, ...place }) : href}
      className={className}
      aria-label={label}
      onClick={follow}
      {...(!place && { target: '_blank', rel: 'noopener noreferrer' })}
    >
      {children}
    </a>
  );
};
