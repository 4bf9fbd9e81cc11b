import type { Database } from '#database/connection.ts';
import { openAt, whyAbsent, type DatabasePlace } from '#database/place.ts';

/** Opens the firm's database for one command, and closes it after; the exit code. Says why where there is none. */
export const withFirm = async (
  { config, say }: { config: DatabasePlace; say: (line: string) => void },
  work: (db: Database) => Promise<0 | 1>,
): Promise<0 | 1> => {
  const absent = whyAbsent(config);
  if (absent !== undefined) {
    say(absent);
    return 1;
  }
  const db = await openAt(config);
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
};
