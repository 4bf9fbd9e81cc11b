import { teachWord } from '#core/policies/store/status-words.ts';
import type { StatusLine, WordLine } from '../line.ts';
import type { SavedLine } from '../saving.ts';
import type { Database } from '#database/connection.ts';

/** What a write needs beside its lines: the moment, epoch ms, and ids for new rows. */
export interface Writing {
  at: number;
  nextId: () => string;
}

/** Rows are compared before they are written, so that a repeated import writes nothing. */
export const isSame = <T extends object>(row: T, next: Partial<T>): boolean =>
  Object.entries(next).every(([column, value]) => row[column as keyof T] === value);

/** What waits for a word is decided by the bot, when it next looks. */
export const saveWords = async (
  trx: Database,
  lines: readonly WordLine[],
  { at }: Writing,
): Promise<SavedLine[]> => {
  const saved: SavedLine[] = [];
  for (const { carrier: carrierId, carrier_word: word, meaning: standing } of lines) {
    const what = { carrierId, word, standing };
    saved.push({ saved: await teachWord({ db: trx, clock: () => at }, what) });
  }
  return saved;
};

export const saveStatuses = async (
  trx: Database,
  lines: readonly StatusLine[],
): Promise<SavedLine[]> => {
  const names = lines.map(({ status }) => status);
  const found = await trx
    .selectFrom('product_status')
    .selectAll()
    .where('name', 'in', names)
    .execute();
  const before = new Map(found.map((row) => [row.name, row]));
  const saved: SavedLine[] = [];
  for (const { status, indicator } of lines) {
    const row = before.get(status);
    if (row === undefined) {
      await trx.insertInto('product_status').values({ name: status, indicator }).execute();
      saved.push({ saved: 'added' });
    } else if (row.indicator === indicator) {
      saved.push({ saved: 'unchanged' });
    } else {
      await trx
        .updateTable('product_status')
        .set({ indicator })
        .where('name', '=', status)
        .execute();
      saved.push({ saved: 'changed' });
    }
  }
  return saved;
};
