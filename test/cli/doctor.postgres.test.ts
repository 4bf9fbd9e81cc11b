import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { examine } from '#cli/doctor/doctor.ts';
import { describeFinding, type Finding, type Outside } from '#cli/doctor/finding.ts';
import { examinePostgres, type PostgresFacts } from '#database/examine.ts';
import { openPostgres } from '#database/postgres.ts';
import { newPostgres } from '#test/support/database.ts';

/** What the doctor says of a Postgres; the one of the tests is fast, so it does not wait for its disk. */
let folder: string;
let url: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sync-doctor-'));
  url = await newPostgres();
});
afterAll(() => rmSync(folder, { recursive: true }));

const GIB = 1024 ** 3;
const SOUND: Partial<PostgresFacts> = { syncs: true, waitsForDisk: true, room: 97 };

const findings = async (
  outside: Partial<Outside>,
  facts: Partial<PostgresFacts> = {},
  at = url,
): Promise<Finding[]> => {
  const from: Partial<Outside> = {
    here: folder,
    freeAt: () => Promise.resolve(40 * GIB),
    postgres: async (asked) => ({ ...(await examinePostgres(asked)), ...SOUND, ...facts }),
    ...outside,
  };
  const found: Finding[] = [];
  for await (const finding of examine({ DATABASE_URL: at, DATA_DIR: folder }, from))
    if (finding.of === 'Postgres') found.push(finding);
  return found;
};

const asked = async (text: string, at = url): Promise<void> => {
  const client = new Client(at);
  await client.connect();
  await client.query(text);
  await client.end();
};

it('has nothing to say against one that is as it should be', async () => {
  expect(await findings({})).toEqual([
    {
      of: 'Postgres',
      is: 'good',
      found: expect.stringMatching(
        /^\d+\.\d+, \d+ connections for us, 0\.0 GiB of data, 40\.0 GiB free$/,
      ) as string,
    },
  ]);
});

const name = (): string => new URL(url).pathname.slice(1);

interface Fault {
  facts?: Partial<PostgresFacts>;
  outside?: Partial<Outside>;
}

const FAULTS: [string, Fault, RegExp][] = [
  ['too old', { facts: { version: '14.9', major: 14 } }, /14\.9 is too old\. Bring up Postgres 15/],
  [
    'of another encoding',
    { facts: { encoding: 'LATIN1' } },
    /keeps text as LATIN1, and names of people need UTF8\. Make another: create database/,
  ],
  [
    'closed to its user',
    { facts: { mayNot: ['tables', 'extension'] } },
    /this user may make no tables in it\. As its superuser: alter database \w+ owner to/,
  ],
  [
    'without the extension',
    { facts: { mayNot: ['extension'] } },
    /may not make the extension pg_trgm.*As its superuser, in \w+: create extension pg_trgm/,
  ],
  [
    'careless of crashes',
    { facts: { syncs: false } },
    /does not wait for its disk\. In postgresql\.conf: fsync = on/,
  ],
  [
    'quicker to promise than to write',
    { facts: { waitsForDisk: false } },
    /a password could then be sent twice\. .*synchronous_commit = on/,
  ],
  [
    'of another time',
    { outside: { clock: () => Date.now() - 5 * 60_000 } },
    /5 minutes behind the server's clock\. .*timedatectl set-ntp true/,
  ],
  [
    'short of connections',
    { facts: { room: 12 } },
    /12 connections are left for us, .* up to 30\. .*max_connections by 10 for each process/,
  ],
  [
    'without the means to search',
    { facts: { hasTrigrams: false } },
    /pg_trgm is missing\. Install it: apt install postgresql-contrib/,
  ],
  [
    'nearly full',
    { outside: { freeAt: () => Promise.resolve(0.2 * GIB) } },
    /0\.2 GiB are free on its disk, and 1\.0 GiB are wanted\. Make room where /,
  ],
];

it.each(FAULTS)('names a server that is %s, with the cure', async (_what, fault, says) => {
  const found = await findings(fault.outside ?? {}, fault.facts);
  expect(found.map(describeFinding)).toEqual([expect.stringMatching(says)]);
  expect(found[0]?.is).toBe('bad');
});

it('names a server that sorts by a language, which a start refuses too', async () => {
  const icu = `icu_${name()}`;
  await asked(
    `create database ${icu} template template0 encoding 'UTF8' locale_provider icu icu_locale 'en-US'`,
  );
  const at = url.replace(name(), icu);
  expect((await findings({}, {}, at)).map(describeFinding)).toEqual([
    expect.stringMatching(
      new RegExp(`sorts text by a language.*create database ${icu} template template0`),
    ),
  ]);
  await expect(openPostgres({ url: at })).rejects.toThrow(/sorts text as ICU does/);
});

it('reads how careful a server is, and what it leaves us, from the server itself', async () => {
  const careless = await examinePostgres(url);
  expect(careless).toMatchObject({ syncs: false, waitsForDisk: false, sortsByLanguage: false });
  await asked(`alter database ${name()} set synchronous_commit = on`);
  await asked(`alter database ${name()} connection limit 12`);
  expect(await examinePostgres(url)).toMatchObject({ waitsForDisk: true, hasTrigrams: true });
  expect((await examinePostgres(url)).room).toBeLessThanOrEqual(12);
});
