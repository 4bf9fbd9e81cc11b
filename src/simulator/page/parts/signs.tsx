import type { ReactNode } from 'react';

/** Drawn, since a machine may have no font with such a character. */
const Sign = ({ path }: { path: string }): ReactNode => (
  <svg viewBox="0 0 16 16" width="1em" height="1em" aria-hidden="true">
    <path
      d={path}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.500"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  </svg>
);

export const KeySign = (): ReactNode => (
  <Sign path="M8 10.500a3 3 0 1 1-3-3 3 3 0 0 1 3 3ZM7.200 8.300 13.500 2M11 4.500l2 2" />
);
export const PhoneSign = (): ReactNode => <Sign path="M4.500 1.500h7v13h-7zM7.300 12.500h1.400" />;
export const LockSign = (): ReactNode => (
  <Sign path="M3.500 7.500h9v6.500h-9zM5.500 7.500v-2.500a2.500 2.500 0 0 1 5 0v2.500" />
);
