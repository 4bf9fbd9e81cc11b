import { statSync } from 'node:fs';
import { copyDatabase } from '#database/copy.ts';
import type { ShowProgress } from './progress.ts';

/** Fewer bytes are copied in no time. */
const WORTH_A_BAR = 50_000_000;

/** Copies a database, and shows how far it is. */
export const copyShown = async (
  from: string,
  to: string,
  show: ShowProgress,
): ReturnType<typeof copyDatabase> => {
  const total = statSync(from).size;
  using progress = show({ what: 'copying', total, worth: WORTH_A_BAR });
  const copied = await copyDatabase(from, to, (part) => progress.to(part * total));
  progress.to(total);
  return copied;
};
