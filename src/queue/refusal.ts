import type { Redis } from 'ioredis';
import { withinASecond } from './connection.ts';

/** Why nothing can be written, as the end of a sentence about the server, and what to do about it. */
export interface Refusal {
  why: string;
  next: string;
}

const REFUSALS: readonly (readonly [said: RegExp, Refusal])[] = [
  [
    /\bREADONLY\b/,
    {
      why: 'only reads, as a replica does',
      next: 'Let REDIS_URL lead to the one that takes writes.',
    },
  ],
  [
    /\bOOM\b/,
    { why: 'has no memory left', next: 'Raise its maxmemory, or move what else fills it.' },
  ],
  [
    /\bMISCONF\b/,
    { why: 'cannot write its file', next: 'Give its disk room, and look into its log.' },
  ],
];

const AWAY: Refusal = { why: 'does not answer', next: 'Start it, or mend the way to it.' };

const refusalIn = (error: unknown): Refusal => {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return AWAY;
  const known = REFUSALS.find(([said]) => said.test(error.message))?.[1];
  return known ?? { why: `takes no writes (${error.message})`, next: 'Look into its log.' };
};

/** Among those of a queue: whoever may write these alone may write this. */
const ASKED = 'bull:{messages}:asked';
const ASKED_MS = 1000;

/**
 * Undefined where it takes writes. It is asked by a small one, which goes by itself: a server that only
 * reads, or is full, answers PING as ever.
 */
export const whyNoWrites = async (connection: Redis): Promise<Refusal | undefined> => {
  const write = connection.set(ASKED, '', 'PX', ASKED_MS).then(() => 'taken' as const, refusalIn);
  const said = (await withinASecond(write)) ?? AWAY;
  return said === 'taken' ? undefined : said;
};
