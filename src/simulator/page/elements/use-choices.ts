import { useEffect, useEffectEvent, useState } from 'react';
import { withEmoji } from '../emoji.ts';
import type { Choice } from '../surface.ts';

/** Where a picker's choices come from: known ones are filtered here, the others asked of the bot. */
export type Source =
  | { kind: 'known'; choices: Choice[] }
  | { kind: 'asked'; minimum: number; ask(typed: string): Promise<Choice[]> };

export interface Offered {
  choices: Choice[];
  /** Stands in place of the list: what to type, that it is searching, that nothing is there. */
  note?: string;
}

/** Long enough that a word typed at once asks once. */
const PAUSE_MS = 150;

const matches = (choice: Choice, typed: string): boolean =>
  `${withEmoji(choice.text)} ${choice.description ?? ''}`
    .toLocaleLowerCase()
    .includes(typed.trim().toLocaleLowerCase());

const knownChoices = (choices: Choice[], typed: string): Offered => {
  const found = choices.filter((choice) => matches(choice, typed));
  return found.length > 0 ? { choices: found } : { choices: [], note: 'No matches' };
};

const notifications = (count: number): string =>
  count === 1 ? '1 character' : `${count} characters`;

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

export const useChoices = (source: Source, open: boolean, typed: string): Offered => {
  const [answer, setAnswer] = useState<Offered & { to?: string }>({ choices: [] });
  const asked = source.kind === 'asked';
  const ready = asked && open && typed.trim().length >= source.minimum;
  // Made anew at each drawing; what was typed alone decides when to ask again.
  const ask = useEffectEvent((words: string) =>
    source.kind === 'asked' ? source.ask(words) : Promise.resolve([]),
  );
  useEffect(() => {
    if (!ready) return undefined;
    let current = true;
    const timer = window.setTimeout(() => {
      const settle = (offered: Offered): void => {
        if (current) setAnswer({ ...offered, to: typed });
      };
      ask(typed).then(
        (choices) => settle(choices.length > 0 ? { choices } : { choices, note: 'No results' }),
        (error: unknown) => settle({ choices: [], note: `No options came: ${reasonOf(error)}` }),
      );
    }, PAUSE_MS);
    return () => {
      current = false;
      window.clearTimeout(timer);
    };
  }, [ready, typed]);
  if (source.kind === 'known') return knownChoices(source.choices, typed);
  if (!ready) return { choices: [], note: `Type ${notifications(source.minimum)} to search` };
  if (answer.to !== typed) return { choices: [], note: 'Searching…' };
  return answer;
};
