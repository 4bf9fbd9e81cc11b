import { expect, it } from 'vitest';
import { slack } from './slack.ts';

// The limit only ends what hangs; how quick an ack is, the trial itself tells.
it(
  'loses, doubles and changes nothing while Slack loses answers, repeats, reorders and closes a channel',
  { timeout: 400_000 },
  async () => {
    const said: string[] = [];
    const figures = await slack.run({ seed: 7, short: true, say: (line) => void said.push(line) });
    const wrong = figures.filter(({ ok, unit }) => !ok && unit !== 'ms');
    expect({ wrong, said: wrong.length === 0 ? [] : said }).toEqual({ wrong: [], said: [] });
  },
);
