import type { ReactNode } from 'react';

const HUES = 12;

const hueOf = (id: string): number => {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return (sum % HUES) * (360 / HUES);
};

const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .map((word) => word[0] ?? '')
    .join('')
    .slice(0, 2)
    .toUpperCase();

interface AvatarProps {
  id: string;
  name: string;
  bot?: boolean;
  small?: boolean;
}

/** Says nothing to a screen reader: the name always stands beside it. */
export const Avatar = ({ id, name, bot = false, small = false }: AvatarProps): ReactNode => (
  <span
    aria-hidden="true"
    className={`avatar${bot ? ' bot' : ''}${small ? ' small' : ''}`}
    style={{ '--hue': hueOf(id) } as Record<string, number>}
  >
    {bot ? (
      <svg viewBox="0 0 32 32" width="70%" height="70%">
        <path
          d="M7 13a9.5 9.5 0 0 1 17-2M25 19a9.5 9.5 0 0 1-17 2M24.500 5v6.500H18M7.500 27v-6.500H14"
          fill="none"
          stroke="currentColor"
          strokeWidth="3"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
    ) : (
      initialsOf(name)
    )}
  </span>
);
