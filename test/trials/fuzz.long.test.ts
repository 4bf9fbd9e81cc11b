import { expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';

it(
  'takes hostile texts at every door, without a crash and at once',
  { timeout: 300_000 },
  async () => {
    const said: string[] = [];
    const figures = await fuzz.run({ seed: 7, short: true, say: (line) => void said.push(line) });
    const wrong = figures.filter(({ ok }) => !ok);
    expect({ wrong, said: wrong.length === 0 ? [] : said }).toEqual({ wrong: [], said: [] });
  },
);
