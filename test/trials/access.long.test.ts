import { expect, it } from 'vitest';
import { access } from './access.ts';

it(
  'lets nobody through who may not, and everybody who may, at every entry',
  { timeout: 300_000 },
  async () => {
    const said: string[] = [];
    const figures = await access.run({ seed: 7, short: true, say: (line) => void said.push(line) });
    const wrong = figures.filter(({ ok }) => !ok);
    expect({ wrong, said: wrong.length === 0 ? [] : said }).toEqual({ wrong: [], said: [] });
  },
);
