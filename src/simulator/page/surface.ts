import type { ActAnswer, ActionAct, SubmitAct } from '#simulator/workspace/protocol.ts';
import { createContext, use, useCallback, useMemo, useRef, useState } from 'react';
import { act, readOptions } from './api.ts';

/** What an element holds; null means emptied by the person. */
export type Held = string | string[] | null;

export interface Choice {
  text: string;
  value: string;
  description?: string;
  /** Heading of the option group. */
  group?: string;
  url?: string;
}

/** A message or a view: what its elements hold, and how they reach the bot. */
export interface Surface {
  /** Makes the ids of its elements unique in the page. */
  id: string;
  held: (blockId: string, actionId: string) => Held | undefined;
  hold: (blockId: string, actionId: string, value: Held) => void;
  /** Resolves when the bot has acknowledged, or a problem was shown. */
  act: (blockId: string, actionId: string, value?: string | string[]) => Promise<void>;
  /** Throws when the bot gives no options. */
  options: (blockId: string, actionId: string, typed: string) => Promise<Choice[]>;
  errors: Record<string, string>;
}

export const SurfaceContext = createContext<Surface | null>(null);

export const useSurface = (): Surface => {
  const surface = use(SurfaceContext);
  if (!surface) throw new Error('An element is drawn outside a message or view.');
  return surface;
};

interface Place {
  as: string;
  on: ActionAct['on'];
  id: string;
  errors?: Record<string, string>;
  onProblem: (problem: string) => void;
  /** After each answer, so that the page shows its effect before the element is free again. */
  refresh: () => Promise<void>;
}

export type Values = SubmitAct['values'];

/** A surface, and what was chosen on it so far (untouched elements are absent). */
export const useOwnSurface = (place: Place): { surface: Surface; touched: Values } => {
  const { as, on, id, errors, onProblem, refresh } = place;
  const [touched, setTouched] = useState<Values>({});
  // A click in the same tick as a choice must tell of that choice.
  const now = useRef(touched);

  const hold = useCallback<Surface['hold']>((blockId, actionId, value) => {
    now.current = { ...now.current, [blockId]: { ...now.current[blockId], [actionId]: value } };
    setTouched(now.current);
  }, []);

  const surface = useMemo<Surface>(
    () => ({
      id,
      errors: errors ?? {},
      held: (blockId, actionId) => touched[blockId]?.[actionId],
      hold,
      act: async (blockId, actionId, value) => {
        const answer: ActAnswer = await act('action', {
          as,
          on,
          blockId,
          actionId,
          ...(value !== undefined && { value }),
          values: now.current,
        });
        if (!answer.ok) onProblem(answer.problem ?? 'The app did not answer.');
        await refresh();
      },
      options: async (blockId, actionId, typed) => {
        const { options } = await readOptions({ as, on, blockId, actionId, typed });
        return options;
      },
    }),
    [as, on, id, errors, onProblem, refresh, touched, hold],
  );
  return { surface, touched };
};
