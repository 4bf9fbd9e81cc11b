import { z } from 'zod';
import { SOURCE_ACTS } from '#core/logins/messages.ts';
import type { Origin } from './origin.ts';

/** Values of buttons and metadata of modals come back from outside: parsed, and never trusted. */
const id = z.string().min(1).max(100);

const CLICK = z.object({ request: id, sync: id, source: id.optional() });
const REQUEST = z.object({ request: id });
const LINK = z.object({ source: id, request: id.optional() });
const SOURCE = z.object({ source: id });
const SOURCE_ACT = z.object({ act: z.enum(SOURCE_ACTS), source: id });
const HOLD = z.object({ source: id, minutes: z.number().int().min(1).max(720).default(30) });
const POLICY = z.object({ policy: id });
const CONTACT = z.object({ contact: id });
const PAIR = z.object({ link: id, number: z.string().regex(/^\d{2}$/) });
const PICKER = z.object({
  origin: z.object({ askedIn: id, channel: id, note: z.string().max(500).optional() }),
  policy: id.optional(),
  contact: id.optional(),
});

const MEETING = z.object({
  contact: id,
  /** Epoch ms */
  at: z.int().min(0).optional(),
  meeting: id.optional(),
  text: z.string().max(200).optional(),
});

const STATUS_CHOICE = z.object({ policy: id, sync: id.optional() });
const statusName = z.string().min(1).max(500);
const STATUS_CHANGE = z.object({
  policy: id,
  from: statusName,
  to: statusName,
  channel: id.optional(),
});
const CASE = z.object({ case: id });
const SUPPORT_QUESTION = z.object({ request: id, sync: id, channel: id });
const HELD = z.object({ held: id, version: z.int().min(1) });
const PAUSE = z.object({ pause: id });
const CARRIER = z.object({ carrier: id });
const SIGN_IN = z.object({ signIn: id });
const CODE_WAY = z.object({ signIn: id, channel: id });
const NUMBER_FIX = z.object({ sync: id, close: z.int().min(0).max(9) });

const parse = <T>(schema: z.ZodType<T>, text: string | undefined): T | undefined => {
  try {
    return schema.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
};

export const parseClick = (text: string | undefined) => parse(CLICK, text);
export const parseRequest = (text: string | undefined) => parse(REQUEST, text);
export const parseLink = (text: string | undefined) => parse(LINK, text);
export const parseSource = (text: string | undefined) => parse(SOURCE, text);
export const parseSourceAct = (text: string | undefined) => parse(SOURCE_ACT, text);
export const parseHold = (text: string | undefined) => parse(HOLD, text);
export const parsePolicy = (text: string | undefined) => parse(POLICY, text);
export const parseContact = (text: string | undefined) => parse(CONTACT, text);
export const parseMeeting = (text: string | undefined) => parse(MEETING, text);
export const parsePair = (text: string | undefined) => parse(PAIR, text);

export const parseStatusChoice = (text: string | undefined) => parse(STATUS_CHOICE, text);
export const parseCase = (text: string | undefined) => parse(CASE, text);
export const parseSupportQuestion = (text: string | undefined) => parse(SUPPORT_QUESTION, text);
export const parseHeld = (text: string | undefined) => parse(HELD, text);
export const parsePause = (text: string | undefined) => parse(PAUSE, text);
export const parseCarrier = (text: string | undefined) => parse(CARRIER, text);
export const parseSignIn = (text: string | undefined) => parse(SIGN_IN, text);
export const parseCodeWay = (text: string | undefined) => parse(CODE_WAY, text);
export const parseNumberFix = (text: string | undefined) => parse(NUMBER_FIX, text);

/** `chosen`: what a person chose in the modal whose metadata this is. */
export const parseStatusChange = (text: string | undefined, chosen?: string | null) => {
  const change = parse(STATUS_CHANGE.partial({ to: true }), text);
  const to = chosen ?? change?.to;
  return change === undefined || to === undefined ? undefined : { ...change, to };
};

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
