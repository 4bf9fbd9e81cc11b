import { expect, it } from 'vitest';
import { openTestDatabase } from '#test/support/database.ts';
import { sameOnBoth } from '#test/trials/databases.ts';

it(
  'the same random work on SQLite and on Postgres comes to the same',
  { timeout: 240_000 },
  async () => {
    const db = await openTestDatabase();
    const said: string[] = [];
    const run = { seed: 20_261_118, short: true, say: (line: string) => void said.push(line) };
    const figures = await sameOnBoth(db, run);
    await db.destroy();
    const wrong = figures.filter(({ ok }) => !ok);
    expect({ wrong, said: wrong.length === 0 ? [] : said }).toEqual({ wrong: [], said: [] });
  },
);
