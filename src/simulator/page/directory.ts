import type { LocalState } from '#simulator/workspace/protocol.ts';
import { createContext, use } from 'react';

/** Names behind ids, and what the page's parts share without passing it through each block. */
export interface Directory {
  state: LocalState;
  theme: 'light' | 'dark';
  /** Goes to a channel, or to one of its threads. */
  open: (place: { in: string; thread?: string }) => void;
}

export const DirectoryContext = createContext<Directory | null>(null);

export const useDirectory = (): Directory => {
  const directory = use(DirectoryContext);
  if (!directory) throw new Error('A part of the page is drawn outside the workspace.');
  return directory;
};

/** The name on screen; an unknown id stays readable as itself. */
export const nameOf = (state: LocalState, id: string): string => {
  if (id === state.bot.id) return state.bot.name;
  return state.people.find((person) => person.id === id)?.name ?? id;
};

export const isBot = (state: LocalState, id: string): boolean =>
  id === state.bot.id || (state.people.find((person) => person.id === id)?.bot ?? false);
