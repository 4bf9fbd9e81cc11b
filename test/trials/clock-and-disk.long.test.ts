import { expect, it } from 'vitest';
import { clockAndDisk } from './clock-and-disk.ts';

it(
  'answers every command and loses none while the database is locked, the disk full, the clock wrong',
  { timeout: 300_000 },
  async () => {
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const figures = await clockAndDisk.run({ seed: 7, short: true, say });
    const wrong = figures.filter(({ ok }) => !ok);
    expect({ wrong, said: wrong.length === 0 ? [] : said }).toEqual({ wrong: [], said: [] });
  },
);
