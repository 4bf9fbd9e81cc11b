import { z } from 'zod';
import type { Origin } from '#sync/request.ts';

/** Values of buttons and metadata of modals come back from outside: parsed, and never trusted. */
const id = z.string().min(1).max(100);

const CLICK = z.object({ request: id, sync: id, source: id.optional() });
const POLICY = z.object({ policy: id });
const CONTACT = z.object({ contact: id });
const PAIR = z.object({ link: id, number: z.string().regex(/^\d{2}$/) });
const PICKER = z.object({
  origin: z.object({ askedIn: id, channel: id, note: z.string().max(500).optional() }),
  policy: id.optional(),
  contact: id.optional(),
});

const parse = <T>(schema: z.ZodType<T>, text: string | undefined): T | undefined => {
  try {
    return schema.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
};

export const parseClick = (text: string | undefined) => parse(CLICK, text);
export const parsePolicy = (text: string | undefined) => parse(POLICY, text);
export const parseContact = (text: string | undefined) => parse(CONTACT, text);
export const parsePair = (text: string | undefined) => parse(PAIR, text);

/** The channel named in it is looked at again by the caller, as anybody could have changed it. */
export const parsePicker = (
  text: string | undefined,
): { origin: Origin; policy?: string; contact?: string } | undefined => {
  const state = parse(PICKER, text);
  if (state === undefined) return undefined;
  const { note, ...origin } = state.origin;
  return {
    origin: { ...origin, ...(note === undefined ? {} : { note }) },
    ...(state.policy === undefined ? {} : { policy: state.policy }),
    ...(state.contact === undefined ? {} : { contact: state.contact }),
  };
};
