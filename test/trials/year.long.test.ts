import { expect, it } from 'vitest';
import { year } from './year.ts';

it('forgets each day as much as the day brings, once the first days are forgotten', async () => {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const figures = await year.run({ seed: 7, short: true, say });
  const wrong = figures.filter(({ ok }) => !ok);
  expect({ wrong, said: wrong.length === 0 ? [] : said }).toEqual({ wrong: [], said: [] });
}, 300_000);
