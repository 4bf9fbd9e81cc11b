import { expect, it } from 'vitest';
import { lockout } from './lockout.ts';

it(
  'submits a wrong password once by each path, and once when its worker is killed at any step',
  { timeout: 300_000 },
  async () => {
    const said: string[] = [];
    const figures = await lockout.run({
      seed: 7,
      short: true,
      say: (line) => void said.push(line),
    });
    const wrong = figures.filter(({ ok }) => !ok);
    expect({ wrong, said: wrong.length === 0 ? [] : said }).toEqual({ wrong: [], said: [] });
  },
);
