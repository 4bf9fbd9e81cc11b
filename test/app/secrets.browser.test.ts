import { dirname } from 'node:path';
import { sql } from 'kysely';
import { expect, it, vi } from 'vitest';
import { askFor, closingOf, isCardOf, startFirm, type TestFirm } from '#test/support/firm.ts';
import { openChromium } from '#test/support/link-site.ts';
import { portalTokens, readFiles, readRedis } from '#test/support/secret-places.ts';
import { ANA, loginOf, TEAM } from '#test/trials/stage.ts';
import { picker } from '#test/trials/stories/picker.ts';

vi.setConfig({ testTimeout: 180_000 });

const dataFolder = async (firm: TestFirm): Promise<string> => {
  const { rows } = await sql<{ file: string }>`pragma database_list`.execute(firm.db);
  return dirname(rows[0]?.file ?? '');
};

it('leaves no password, code or portal session where it could be read, from the link to the result', async () => {
  await using firm = await startFirm();
  await firm.work();
  await using browser = await openChromium();
  const said: string[] = [];
  await picker.tell({
    firm,
    browser: () => Promise.resolve(browser),
    say: (line) => void said.push(line),
    show: () => undefined,
    prove: () => undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  const card = await askFor(
    firm,
    ANA,
    TEAM,
    '/sync policy 00123-4567',
    isCardOf(ANA, '00123-4567'),
  );
  await closingOf(firm, ANA, TEAM, card);

  const folder = await dataFolder(firm);
  const code = /code (\d{6})/.exec(said.join('\n'))?.[1] ?? '';
  const tokens = await portalTokens(firm.db, folder);
  expect(code).toHaveLength(6);
  // One of each portal.
  expect(new Set(tokens).size).toBeGreaterThanOrEqual(2);
  const secrets = [loginOf('S-MA-ANA').password, loginOf('S-NB-ANA').password, ...tokens];

  const places = {
    redis: await readRedis(firm.redis.url),
    logs: firm.logged().join('\n'),
    slack: JSON.stringify(
      ['CTEAM0001', 'GPRIV0001', 'CSUPPORT1'].map((channel) =>
        firm.local.workspace.workspace.messages(channel),
      ),
    ),
    audit: JSON.stringify(await firm.db.selectFrom('audit').selectAll().execute()),
    database: JSON.stringify(await firm.db.selectFrom('sign_in').selectAll().execute()),
    files: readFiles(folder),
  };
  const found = Object.entries(places).flatMap(([place, text]) =>
    secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${place}`),
  );
  expect(found).toEqual([]);
  // Six digits come about by chance in bytes and times; as a word of its own they do not.
  const { files: _bytes, ...readable } = places;
  const word = new RegExp(`(?<![\\d.])${code}(?![\\d.])`);
  expect(Object.entries(readable).filter(([, text]) => word.test(text))).toEqual([]);
});
