import { openDatabase } from '#database/connection.ts';
import { isInUse } from '#database/copy.ts';
import { moveTo, MoveError } from '#database/move.ts';
import { nameOf, refusedOfPostgres, whyAbsent, type DatabasePlace } from '#database/place.ts';
import { openPostgres, Unreached } from '#database/postgres.ts';
import { databaseSettings } from '#database/settings.ts';
import { Secret } from '#shared/secret.ts';

type Needs = {
  config: DatabasePlace;
  print: (line: string) => void;
};

/** Where it goes to. */
export interface MoveTarget {
  /** An argument, which every user of the machine may read while the command runs. */
  written?: string | undefined;
  /** MOVE_TO_URL, which they may not. */
  given?: Secret | undefined;
  /** Asks for the password, and shows nothing of it. */
  askPassword?: (() => Promise<Secret>) | undefined;
}

const EXAMPLE = 'Example: swivel-sync move-to postgres://swivel@127.0.0.1:5432/swivel';

/** Also as `?password=`, which the driver takes. */
const holdsPassword = (url: string): boolean => {
  if (!URL.canParse(url)) return /:[^/@]+@/.test(url);
  const { password, searchParams } = new URL(url);
  return password !== '' || searchParams.has('password');
};

/** The address with its password, or why it is not taken. */
const addressOf = async ({
  written,
  given,
  askPassword,
}: MoveTarget): Promise<{ url: Secret } | { refused: string }> => {
  if (written !== undefined && holdsPassword(written))
    return {
      refused:
        'Whoever is on this machine can read a password in the words of a command, so it is not used. Leave it out of the address, and put it into PGPASSWORD or ~/.pgpass, or say --password to be asked. MOVE_TO_URL may hold the whole address instead. If others use this machine, change that password.',
    };
  const address = written ?? given?.reveal();
  if (address === undefined)
    return { refused: `Name the Postgres to move to, or set MOVE_TO_URL. ${EXAMPLE}` };
  const read = databaseSettings.databaseUrl.schema.safeParse(address);
  if (!read.success)
    return { refused: `The address of that Postgres ${read.error.issues[0]?.message}. ${EXAMPLE}` };
  if (askPassword === undefined) return { url: new Secret(address) };
  const url = new URL(address);
  url.password = encodeURIComponent((await askPassword()).reveal());
  return { url: new Secret(url.href) };
};

/** Why it is not begun, with the next step. */
const objection = (config: Needs['config']): string | undefined => {
  const refused =
    refusedOfPostgres(config, 'the firm is there. Unset it to move out of a SQLite file.') ??
    whyAbsent(config);
  if (refused !== undefined) return refused;
  return isInUse(config.databaseFile)
    ? `${config.databaseFile} is open in a bot, a worker or another command. Stop it, then try again.`
    : undefined;
};

/** Carries the firm into a Postgres; answers the exit code. */
export const runMoveTo = async ({ config, print }: Needs, to: MoveTarget): Promise<0 | 1> => {
  const { databaseFile } = config;
  const refused = objection(config);
  const address = refused === undefined ? await addressOf(to) : { refused };
  if ('refused' in address) {
    print(address.refused);
    return 1;
  }
  const target = nameOf({ databaseFile, databaseUrl: address.url });
  await (await openDatabase(databaseFile)).destroy();
  let rows = 0;
  try {
    await using stack = new AsyncDisposableStack();
    const server = stack.adopt(
      await openPostgres({ url: address.url.reveal(), connections: 2 }),
      (opened) => opened.destroy(),
    );
    await moveTo(databaseFile, server, target, (moved) => {
      rows += moved.rows;
      if (moved.rows > 0)
        print(
          `${moved.table.padEnd(24)} ${moved.rows} rows ${moved.was === 'there' ? 'there already' : 'carried'}, the same on both`,
        );
    });
  } catch (error) {
    if (!(error instanceof MoveError || error instanceof Unreached)) throw error;
    print(error.message);
    return 1;
  }
  print(`${rows} rows are in ${target}, each table compared by number and hash.`);
  print(
    `Set DATABASE_URL for the bot and its workers, with the same keys. ${databaseFile} is as it was, marked as moved; it holds passwords too: delete it once you are sure.`,
  );
  return 0;
};
