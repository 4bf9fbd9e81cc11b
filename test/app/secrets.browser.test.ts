import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { expect, it, vi } from 'vitest';
import { loadOrCreateKeys } from '#database/keys.ts';
import { createOpener } from '#database/sealing.ts';
import { askFor, closingOf, isCardOf, startFirm, type TestFirm } from '#test/support/firm.ts';
import { openChromium } from '#test/support/link-site.ts';
import { ANA, loginOf, TEAM } from '#test/trials/stage.ts';
import { picker } from '#test/trials/stories/picker.ts';

vi.setConfig({ testTimeout: 180_000 });

/** Every key and value of a Redis, as a person with a client would read it. */
const readRedis = async (address: string): Promise<string> => {
  const redis = new Redis(address);
  const read = async (key: string): Promise<unknown> => {
    switch (await redis.type(key)) {
      case 'hash':
        return redis.hgetall(key);
      case 'list':
        return redis.lrange(key, 0, -1);
      case 'zset':
        return redis.zrange(key, 0, '-1');
      case 'set':
        return redis.smembers(key);
      case 'stream':
        return redis.xrange(key, '-', '+');
      default:
        return redis.get(key);
    }
  };
  const parts: unknown[] = [];
  for (const key of await redis.keys('*')) parts.push(key, await read(key));
  await redis.quit();
  return JSON.stringify(parts);
};

/** Every file of the data folder as its bytes; the keys are what everything else is sealed with. */
const readFiles = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => !file.startsWith('keys'))
    .map((file) => join(folder, file))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');

const dataFolder = async (firm: TestFirm): Promise<string> => {
  const { rows } = await sql<{ file: string }>`pragma database_list`.execute(firm.db);
  return dirname(rows[0]?.file ?? '');
};

/** What kept sessions of portals hold: the values that would let anybody in. */
const portalTokens = async (firm: TestFirm, folder: string): Promise<string[]> => {
  const opener = createOpener(await loadOrCreateKeys(join(folder, 'keys')));
  const kept = await firm.db
    .selectFrom('sealed_secret')
    .select(['source_id', 'key_id as keyId', 'sealed'])
    .where('kind', '=', 'session')
    .execute();
  const opened = await Promise.all(
    kept.map(async ({ source_id, ...sealed }) => (await opener.open(sealed, source_id)).reveal()),
  );
  return opened.flatMap((text) => text.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,}/g) ?? []);
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
  const tokens = await portalTokens(firm, folder);
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
