import { expect, it } from 'vitest';
import { interleavings } from './interleavings.ts';

it(
  'loses, sticks and doubles nothing, and gives no login two sessions, in any order of acts',
  { timeout: 400_000 },
  async () => {
    const said: string[] = [];
    const figures = await interleavings.run({
      seed: 20_261_128,
      short: true,
      say: (line) => void said.push(line),
    });
    const wrong = figures.filter(({ ok }) => !ok);
    expect({ wrong, said: wrong.length === 0 ? [] : said }).toEqual({ wrong: [], said: [] });
  },
);
