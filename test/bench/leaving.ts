import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '#app/config.ts';
import { runOffboard } from '#cli/offboard/offboard.ts';
import { openPostgres } from '#database/postgres.ts';
import { openDatabase } from '#database/connection.ts';
import { moveTo } from '#database/move.ts';
import { findPostgres } from '#setup/tools.mjs';
import { startPostgres } from '#test/support/postgres.ts';
import { atMost, type Figure } from './figure.ts';
import { largeFirm, type LargeFirm } from './large-firm.ts';

const MB = 2 ** 20;
const EVERY_MS = 100;

/** What a process holds most of the machine's memory; nobody waits for its event loop. */
const watched = async (work: () => Promise<void>) => {
  let most = 0;
  const looking = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, EVERY_MS);
  const began = performance.now();
  await work();
  clearInterval(looking);
  return { seconds: (performance.now() - began) / 1000, mb: most / MB };
};

export const offboard = async (
  place: Record<string, string>,
  on: string,
  told: (figure: Figure) => void,
  say: (line: string) => void,
): Promise<void> => {
  const home = await mkdtemp(join(tmpdir(), 'sync-leaving-'));
  const config = loadConfig({ DATA_DIR: join(home, 'data'), LOCAL_WORKSPACE: '0', ...place });
  let last = performance.now();
  const timed = (line: string): void => {
    const now = performance.now();
    say(`${((now - last) / 1000).toFixed(1).padStart(7)} s  ${line}`);
    last = now;
  };
  try {
    const { seconds, mb } = await watched(async () => {
      const needs = { config, print: timed, say: timed };
      const code = await runOffboard(needs, join(home, 'left'), { yes: true, silent: true });
      if (code !== 0) throw new Error('The firm was not taken out.');
    });
    told(atMost(`a firm is taken out, ${on}`, seconds, 's', 900));
    told(atMost(`most memory of its command, ${on}`, mb, 'MB', 500));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
};

/** A whole firm is written out and erased, from the file and from a Postgres. */
export const measureLeaving = async (
  size: Parameters<typeof largeFirm>[0],
  told: (figure: Figure) => void,
  say: (line: string) => void,
): Promise<void> => {
  await using firm: LargeFirm = await largeFirm(size);
  await firm.db.destroy();
  if (findPostgres(process.env) === undefined)
    say('Postgres is missing: measured on SQLite alone.');
  else {
    await using server = await startPostgres();
    const url = `${server.url}postgres`;
    const db = await openPostgres({ url, connections: 4 });
    // The file is left as it was.
    await moveTo(firm.file, db, 'Postgres', ({ table, rows }) => {
      if (rows > 0) say(`${table}: ${rows} rows carried`);
    });
    await db.destroy();
    await offboard({ DATABASE_URL: url }, 'Postgres', told, say);
  }
  const file = await openDatabase(firm.file);
  await file.deleteFrom('serving').execute();
  await file.destroy();
  await offboard({ DATABASE_FILE: firm.file }, 'SQLite', told, say);
};
