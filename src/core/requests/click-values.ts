import { z } from 'zod';
import { id, parserOf } from '#slack/click-values.ts';
import type { Origin } from '#slack/origin.ts';

/** Of a button of a card: its request, its sync, and for some another login. */
export const parseClick = parserOf(z.object({ request: id, sync: id, source: id.optional() }));
export const parseRequest = parserOf(z.object({ request: id }));
export const parseContact = parserOf(z.object({ contact: id }));

const pickerState = parserOf(
  z.object({
    origin: z.object({
      askedIn: id,
      channel: id,
      thread: z
        .string()
        .regex(/^\d+\.\d+$/)
        .optional(),
      note: z.string().max(500).optional(),
    }),
    policy: id.optional(),
    contact: id.optional(),
  }),
);

/** The channel named in it is looked at again by the caller, as anybody could have changed it. */
export const parsePicker = (
  text: string | undefined,
): { origin: Origin; policy?: string; contact?: string } | undefined => {
  const state = pickerState(text);
  if (state === undefined) return undefined;
  const { note, thread, ...origin } = state.origin;
  return {
    origin: {
      ...origin,
      ...(thread === undefined ? {} : { thread }),
      ...(note === undefined ? {} : { note }),
    },
    ...(state.policy === undefined ? {} : { policy: state.policy }),
    ...(state.contact === undefined ? {} : { contact: state.contact }),
  };
};
