import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '#app/config.ts';
import { examine } from '#cli/doctor/doctor.ts';
import { describeFinding, type Finding } from '#cli/doctor/finding.ts';
import { runImport } from '#cli/import.ts';
import { openDatabase } from '#database/connection.ts';
import { loadOrCreateKeys } from '#database/keys.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swivel-sync-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('sync import', () => {
  const put = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const run = async (...paths: string[]) => {
    const printed: string[] = [];
    const config = loadConfig({ DATA_DIR: folder });
    const code = await runImport({ config, print: (line) => printed.push(line) }, paths);
    return { code, printed };
  };

  it('says what it did, file by file, and that a second run changed nothing', async () => {
    const statuses = put('statuses.csv', 'status,indicator\nIn Force,open\n');
    const first = await run(statuses);
    expect(first.code).toBe(0);
    expect(first.printed[0]).toMatch(/^statuses\.csv +1 added {2}0 changed {2}0 unchanged/);
    const second = await run(statuses);
    expect(second.code).toBe(0);
    expect(second.printed).toContain('Nothing changed: all of this was here already.');
  });

  it('ends with 1 when a line was refused, while the good ones are in', async () => {
    const statuses = put('statuses.csv', 'status,indicator\nIn Force,open\nGone,where\n');
    const { code, printed } = await run(statuses);
    expect(code).toBe(1);
    expect(printed[0]).toMatch(/^statuses\.csv:3, indicator "where": is not a known indicator\./);
    expect(printed[1]).toMatch(/1 added .* 1 refused$/);
    expect(printed[2]).toMatch(/^1 line was refused, as said above; the others are in\./);
  });

  it('writes nothing at all in a dry run', async () => {
    const statuses = put('statuses.csv', 'status,indicator\nIn Force,open\nGone,where\n');
    const printed: string[] = [];
    const data = join(folder, 'data');
    const config = loadConfig({ DATA_DIR: data });
    const print = (line: string) => void printed.push(line);
    await runImport({ config, print }, [statuses], { dryRun: true });
    expect(printed).toContain(
      '1 line was refused, as said above; the others would go in. This was a dry run: nothing was written.',
    );
    expect(existsSync(data)).toBe(false);
  });

  it('says so where no line is left that could go in', async () => {
    const { printed } = await run(put('statuses.csv', 'status,indicator\nGone,where\n'));
    expect(printed).toContain('1 line was refused, as said above; there is no other.');
  });

  it('imports nothing when one of the files is not there', async () => {
    const { code, printed } = await run(join(folder, 'contacts.csv'));
    expect(code).toBe(1);
    expect(printed).toEqual([
      `${join(folder, 'contacts.csv')}: there is no such file. Nothing was imported.`,
    ]);
  });
});

/** Nobody listens there: what Slack would say is in doctor.test.ts. */
const TOKENS = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  SLACK_API_URL: 'http://127.0.0.1:9/api',
};

describe('sync doctor', () => {
  const findings = async (environment: Record<string, string> = {}): Promise<Finding[]> => {
    const found: Finding[] = [];
    for await (const finding of examine({ DATA_DIR: folder, ...environment }, { here: folder }))
      found.push(finding);
    return found;
  };
  const about = async (of: string, environment: Record<string, string> = {}) =>
    (await findings(environment)).find((finding) => finding.of === of);

  it('says one line about each thing a start needs', async () => {
    const lines = (await findings()).map(describeFinding);
    expect(lines.map((line) => line.slice(5, 17).trim())).toEqual([
      'Node',
      'Slack',
      'Link page',
      'Clock',
      'Data folder',
      'Disk',
      'Keys',
      'Database',
      'Redis',
      'Chromium',
      'Carriers',
    ]);
  });

  it('stops at a setting that is not usable', async () => {
    expect((await findings({ PORT: 'x' })).at(-1)).toMatchObject({ of: 'Settings', is: 'bad' });
  });

  it('misses the link page and carriers beside real tokens, and shows no token', async () => {
    const tokens = { ...TOKENS, SLACK_BOT_TOKEN: 'xoxb-hush', SLACK_APP_TOKEN: 'xapp-hush' };
    expect(await about('Link page', tokens)).toMatchObject({ is: 'bad' });
    expect(await about('Carriers', tokens)).toMatchObject({ is: 'bad' });
    expect(JSON.stringify(await findings(tokens))).not.toContain('hush');
  });

  it('tells of keys that others can read', async () => {
    const keys = join(folder, 'local', 'keys');
    await loadOrCreateKeys(keys);
    const file = join(keys, 'sealing-private.json');
    chmodSync(file, 0o644);
    expect(await about('Keys')).toMatchObject({ is: 'bad', next: `chmod 600 ${file}` });
    chmodSync(file, 0o600);
    expect(await about('Keys')).toMatchObject({ is: 'good' });
  });

  it('knows a database of this version, of a newer one, and what is none', async () => {
    const file = join(folder, 'some.db');
    const db = await openDatabase(file);
    expect(await about('Database', { DATABASE_FILE: file })).toMatchObject({ is: 'good' });
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '')`.execute(db);
    await db.destroy();
    expect(await about('Database', { DATABASE_FILE: file })).toMatchObject({ is: 'bad' });
    writeFileSync(join(folder, 'none.db'), 'not a database, but long enough to be looked at');
    expect(await about('Database', { DATABASE_FILE: join(folder, 'none.db') })).toMatchObject({
      is: 'bad',
    });
  });
});
