import { useCallback, useEffect, useState } from 'react';
import { type Address, formatAddress, parseAddress } from './address.ts';

/** An advisor of the seeded workspace: whom the page starts as when the URL names nobody. */
const FIRST_PERSON = 'UANARUIZ1';

export interface Navigation {
  address: Partial<Address> & { as: string };
  /** `replace` fills in a default without a step in the browser's history. */
  go: (to: Address, how?: 'push' | 'replace') => void;
}

export const useAddress = (): Navigation => {
  const [address, setAddress] = useState<Navigation['address']>(() => ({
    as: FIRST_PERSON,
    ...parseAddress(location.search),
  }));
  useEffect(() => {
    const follow = (): void => setAddress({ as: FIRST_PERSON, ...parseAddress(location.search) });
    window.addEventListener('popstate', follow);
    return () => window.removeEventListener('popstate', follow);
  }, []);
  const go = useCallback((to: Address, how: 'push' | 'replace' = 'push') => {
    if (how === 'push') history.pushState(null, '', formatAddress(to));
    else history.replaceState(null, '', formatAddress(to));
    setAddress(to);
  }, []);
  return { address, go };
};
