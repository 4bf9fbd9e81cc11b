import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Message, Saved, State } from './state.ts';

/** The state of an earlier run, or undefined when there is none. Throws on a file that is not one. */
export const loadState = (file: string): State | undefined => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    // A state of an earlier version knows no files.
    const saved = JSON.parse(text) as Saved & { files?: Saved['files'] };
    return { ...saved, files: saved.files ?? {}, modals: new Map() };
  } catch (cause) {
    throw new Error(`${file} is not a saved workspace; move it away to start afresh.`, { cause });
  }
};

const lasting = (messages: Record<string, Message[]>): Record<string, Message[]> =>
  Object.fromEntries(
    Object.entries(messages).map(([channel, all]) => [
      channel,
      all.filter(({ onlyFor }) => onlyFor === undefined),
    ]),
  );

const saveState = (file: string, { modals: _open, ...state }: State): void => {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.draft`;
  writeFileSync(draft, JSON.stringify({ ...state, messages: lasting(state.messages) }), {
    mode: 0o600,
  });
  renameSync(draft, file);
};

export interface Saver {
  /** Saves soon, together with the changes that follow at once. */
  soon: () => void;
  now: () => void;
}

const SOON_MS = 250;

export const saverOf = (state: State, file: string | undefined): Saver => {
  if (file === undefined) return { soon: () => undefined, now: () => undefined };
  let timer: NodeJS.Timeout | undefined;
  const now = (): void => {
    clearTimeout(timer);
    timer = undefined;
    saveState(file, state);
  };
  return {
    soon: () => {
      timer ??= setTimeout(now, SOON_MS).unref();
    },
    now,
  };
};
