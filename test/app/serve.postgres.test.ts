import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectClient } from '#simulator/workspace/client.ts';
import { openPostgres } from '#database/postgres.ts';
import { newPostgres } from '#test/support/database.ts';
import { isCardOf } from '#test/support/firm.ts';
import { ANA, TEAM } from '#test/support/people.ts';
import { runMain } from '#test/support/started-bot.ts';

it('bot and worker serve a force sync from the Postgres of DATABASE_URL', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sync-postgres-'));
  const url = await newPostgres('nothing');
  const running = runMain(dataDir, [], { DATABASE_URL: url });
  try {
    await Promise.race([running.ready, running.ended]);
    expect(running.output()).toContain('Ready');
    const client = connectClient(/http:\S+/.exec(running.output())?.[0] ?? '');
    await client.command(ANA, TEAM, '/sync policy 00123-4567');
    await client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'the card with its values',
      ms: 50_000,
      that: (message) => isCardOf(ANA, '00123-4567')(message) && message.text.startsWith('Success'),
    });
    const db = await openPostgres({ url, connections: 1 });
    const asked = db.selectFrom('sync').innerJoin('request_sync', 'sync_id', 'sync.id');
    expect(await asked.select('sync.status').execute()).toEqual([{ status: 'success' }]);
    await db.destroy();
  } finally {
    running.bot.kill('SIGTERM');
    await running.ended;
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
});
