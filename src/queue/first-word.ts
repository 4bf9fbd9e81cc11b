import type { Redis } from 'ioredis';
import { withinASecond } from './connection.ts';

/** What one of several bots has of an act: it carries it out, or has told the person that it cannot. */
type Word = 'claimed' | 'told';

/** Slack sends nothing again after so long. */
const KEPT_S = 300;

/** What another bot had of it before, while the database that knows is out of reach; undefined: nothing. */
type FirstWord = (act: string, word: Word) => Promise<Word | undefined>;

/** Before the keys of what bots know of acts. */
export const ACTS = '{acts}';

export const createFirstWord = (redis: Redis): FirstWord & AsyncDisposable => {
  const say = async (act: string, word: Word): Promise<Word | undefined> => {
    const key = `${ACTS}:${act}`;
    const had = async () =>
      (await redis.set(key, word, 'EX', KEPT_S, 'NX')) === 'OK' ? undefined : redis.get(key);
    const first = await withinASecond(had());
    return first === 'claimed' || first === 'told' ? first : undefined;
  };
  return Object.assign(say, {
    [Symbol.asyncDispose]: () => {
      redis.disconnect();
      return Promise.resolve();
    },
  });
};
