import { expect, it } from 'vitest';
import { year } from './year.ts';

it('fills every table, and forgets each day as much as the day brings', async () => {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const figures = await year.run({ seed: 7, short: true, say });
  const wrong = figures.filter(({ ok }) => !ok);
  expect({ wrong, said: wrong.length === 0 ? [] : said }).toEqual({ wrong: [], said: [] });
}, 300_000);
