import { useCallback, useEffect, useState } from 'react';
import { type Address, formatAddress, parseAddress } from './address.ts';

/** An advisor of the seeded workspace: whom the page starts as when the URL names nobody. */
const FIRST_PERSON = 'UANARUIZ1';

export interface Navigation {
  address: Partial<Address> & { as: string };
  /** `replace` fills in a default without a step in the browser's history. */
  go: (to: Address, how?: 'push' | 'replace') => void;
}

/** Kept, since a permalink names no person, and nor does the link page. */
const KEPT = 'as';

const read = (): Navigation['address'] => ({
  as: localStorage.getItem(KEPT) ?? FIRST_PERSON,
  ...parseAddress(location.search),
});

export const useAddress = (): Navigation => {
  const [address, setAddress] = useState(read);
  useEffect(() => {
    const follow = (): void => setAddress(read());
    window.addEventListener('popstate', follow);
    return () => window.removeEventListener('popstate', follow);
  }, []);
  const go = useCallback((to: Address, how: 'push' | 'replace' = 'push') => {
    if (how === 'push') history.pushState(null, '', formatAddress(to));
    else history.replaceState(null, '', formatAddress(to));
    setAddress(to);
  }, []);
  const { as } = address;
  useEffect(() => localStorage.setItem(KEPT, as), [as]);
  return { address, go };
};
