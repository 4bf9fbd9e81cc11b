import { openDatabase } from '#database/connection.ts';
import { isInUse } from '#database/copy.ts';
import { moveTo, MoveError } from '#database/move.ts';
import { nameOf, refusedOfPostgres, whyAbsent, type DatabasePlace } from '#database/place.ts';
import { openPostgres } from '#database/postgres.ts';
import { Secret } from '#shared/secret.ts';

type Needs = {
  config: DatabasePlace;
  print: (line: string) => void;
};

/** Why it is not begun, with the next step. */
const objection = (config: Needs['config'], url: string): string | undefined => {
  const refused =
    refusedOfPostgres(config, 'the firm is there. Unset it to move out of a SQLite file.') ??
    whyAbsent(config);
  if (refused !== undefined) return refused;
  if (!/^postgres(ql)?:\/\/\S+\/\S+$/.test(url) || !URL.canParse(url))
    return 'That is not the address of a Postgres database. Example: swivel-sync move-to postgres://swivel@127.0.0.1:5432/swivel';
  return isInUse(config.databaseFile)
    ? `${config.databaseFile} is open in a bot, a worker or another command. Stop it, then try again.`
    : undefined;
};

/** Carries the firm into a Postgres; answers the exit code. */
export const runMoveTo = async ({ config, print }: Needs, url: string): Promise<0 | 1> => {
  const { databaseFile } = config;
  const refused = objection(config, url);
  if (refused !== undefined) {
    print(refused);
    return 1;
  }
  const target = nameOf({ databaseFile, databaseUrl: new Secret(url) });
  await (await openDatabase(databaseFile)).destroy();
  const to = await openPostgres({ url, connections: 2 });
  let [tables, rows] = [0, 0];
  try {
    await moveTo(databaseFile, to, target, (moved) => {
      tables += 1;
      rows += moved.rows;
      if (moved.rows > 0)
        print(
          `${moved.table.padEnd(24)} ${moved.rows} rows ${moved.was === 'there' ? 'there already' : 'carried'}, the same on both`,
        );
    });
  } catch (error) {
    if (!(error instanceof MoveError)) throw error;
    print(error.message);
    return 1;
  } finally {
    await to.destroy();
  }
  print(`${rows} rows are in ${target}, each table compared by number and hash.`);
  print(
    `Set DATABASE_URL for the bot and its workers, with the same keys. ${databaseFile} is as it was, marked as moved; it holds passwords too: delete it once you are sure.`,
  );
  return 0;
};
