import type { Confirm } from '@slack/types';
import { useState } from 'react';
import { useConfirm } from '../parts/confirm.tsx';
import { type Held, useSurface } from '../surface.ts';

/** Where an element stands: in an input block it waits for submit, else each choice acts at once. */
export interface Standing {
  blockId: string;
  acts: boolean;
  /** Ids of the texts that name and explain it; in an input block only. */
  labelledBy?: string;
  describedBy?: string;
  invalid?: boolean;
  required?: boolean;
}

interface Acting {
  actionId: string;
  confirm?: Confirm | undefined;
  initial: Held;
}

export interface ElementState {
  value: Held;
  busy: boolean;
  /** Keeps a choice and, where the element acts, tells the bot. */
  choose: (value: Held) => Promise<void>;
  /** Keeps what is being typed, without telling. */
  hold: (value: Held) => void;
}

const tellable = (value: Held): string | string[] | undefined => value ?? undefined;

export const useElement = (
  standing: Standing,
  { actionId, confirm, initial }: Acting,
): ElementState => {
  const surface = useSurface();
  const ask = useConfirm();
  const [busy, setBusy] = useState(false);
  const held = surface.held(standing.blockId, actionId);
  const value = held === undefined ? initial : held;
  const choose = async (next: Held): Promise<void> => {
    if (!standing.acts) {
      surface.hold(standing.blockId, actionId, next);
      return;
    }
    if (!(await ask(confirm))) return;
    surface.hold(standing.blockId, actionId, next);
    setBusy(true);
    await surface.act(standing.blockId, actionId, tellable(next));
    setBusy(false);
  };
  return {
    value,
    busy,
    choose,
    hold: (next) => surface.hold(standing.blockId, actionId, next),
  };
};

/** The attributes by which a control of an input block is named, explained and marked. */
export const ariaOf = (standing: Standing, name: string): Record<string, string | boolean> => ({
  // Also beside a label, which checkers of pages take for none while it is scrolled out of sight.
  'aria-label': name,
  ...(standing.labelledBy !== undefined && { 'aria-labelledby': standing.labelledBy }),
  ...(standing.describedBy !== undefined && { 'aria-describedby': standing.describedBy }),
  ...(standing.invalid && { 'aria-invalid': true }),
  ...(standing.required && { 'aria-required': true }),
});
