import { carriersOfFirm } from '#core/logins/store/carriers.ts';
import { freeCarrier } from '#core/sessions/store/workers.ts';
import type { Database } from '#database/connection.ts';
import type { DatabasePlace } from '#database/place.ts';
import { roll } from '#features/team/store/roll.ts';
import { withFirm } from './with-firm.ts';

interface Needs {
  config: DatabasePlace;
  print: (line: string) => void;
  say: (line: string) => void;
  clock?: () => number;
}

/** Columns as wide as what is in them; the last one runs free. */
const table = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, n) => Math.max(...rows.map((row) => row[n]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, n) => (n === row.length - 1 ? cell : cell.padEnd(widths[n] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
};

const list = <Row extends object>(
  { config, print, say }: Needs,
  json: boolean,
  read: (db: Database) => Promise<readonly Row[]>,
  shown: { head: readonly string[]; row: (of: Row) => readonly string[]; none: string },
): Promise<0 | 1> =>
  withFirm({ config, say }, async ({ db }) => {
    const rows = await read(db);
    if (json) for (const row of rows) print(JSON.stringify(row));
    else if (rows.length === 0) say(shown.none);
    else for (const line of table([shown.head, ...rows.map(shown.row)])) print(line);
    return 0;
  });

/** The carriers of the firm, and how it stands with each; answers the exit code. */
export const runCarriers = (needs: Needs, json: boolean): Promise<0 | 1> =>
  list(needs, json, (db) => carriersOfFirm({ db }), {
    head: ['CARRIER', 'ID', 'POLICIES', 'LOGINS', 'LINKED', 'PAUSED'],
    row: ({ name, id, policies, logins, linked, paused }) => [
      name,
      id,
      `${policies}`,
      `${logins}`,
      `${linked}`,
      paused ?? 'no',
    ],
    none: 'No carrier yet. Bring the firm in: swivel-sync import policies.csv',
  });

/** A worker that went for good leaves its carriers to any other; answers the exit code. */
export const runFreeCarrier = (
  { config, print, say, clock }: Needs,
  carrierId: string,
): Promise<0 | 1> =>
  withFirm({ config, say, clock }, async (store) => {
    const workers = await freeCarrier(store, carrierId);
    if (workers.length === 0) {
      say(`No worker is bound to ${carrierId}.`);
      return 1;
    }
    print(`${carrierId} is served by any worker now. Bound to it were: ${workers.join(', ')}.`);
    print('One that still names it in WORKER_CARRIERS is bound to it again when it starts.');
    return 0;
  });

/** The people of the firm, and who of them is matched with Slack; answers the exit code. */
export const runPeople = (needs: Needs, json: boolean): Promise<0 | 1> =>
  list(needs, json, (db) => roll({ db }), {
    head: ['NAME', 'E-MAIL', 'ROLE', 'SLACK', 'ACCESS'],
    row: ({ name, email, role, slack, endedAt }) => [
      name,
      email ?? 'none',
      role,
      slack ?? 'not matched',
      endedAt === null ? 'yes' : `ended ${new Date(endedAt).toISOString().slice(0, 10)}`,
    ],
    none: 'Nobody yet. Bring them in: swivel-sync import people.csv',
  });
