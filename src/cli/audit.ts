import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { auditLines, verifyAudit, type AuditLine } from '#database/audit-lines.ts';
import type { Database } from '#database/connection.ts';
import { nameOf, type DatabasePlace } from '#database/place.ts';
import { showProgress, toldOf, type Progress } from './progress.ts';
import { countOf } from '#database/tables.ts';
import { withFirm } from './with-firm.ts';

const COLUMNS = [
  'at',
  'person',
  'email',
  'action',
  'subject_type',
  'subject',
  'subject_id',
  'detail',
] as const satisfies readonly (keyof AuditLine)[];

/** Names are other people's text: none becomes a formula in whoever's spreadsheet opens it. */
const FORMAT = { header: true, columns: [...COLUMNS], escape_formulas: true };

/** The whole audit as CSV. */
export const writeAudit = (
  db: Database,
  out: Writable,
  { end = true, progress }: { end?: boolean; progress?: Progress } = {},
): Promise<void> => {
  const lines = auditLines(db);
  return pipeline(progress ? toldOf(lines, progress) : lines, stringify(FORMAT), out, { end });
};

/** Fewer rows are written in no time. */
const WORTH_A_BAR = 20_000;

/** Writes the audit as CSV; answers the exit code. */
export const runAudit = (
  needs: { config: DatabasePlace; say: (line: string) => void },
  out: Writable,
  show = showProgress,
): Promise<0 | 1> =>
  withFirm(needs, async ({ db }) => {
    const total = await countOf(db, 'audit');
    using progress = show({ what: 'writing the audit', total, worth: WORTH_A_BAR, results: out });
    await writeAudit(db, out, { end: false, progress });
    return 0;
  });

/** Says whether the audit is as it was written; answers the exit code. */
export const runVerifyAudit = (
  { config, say }: { config: DatabasePlace; say: (line: string) => void },
  known?: string,
): Promise<0 | 1> =>
  withFirm({ config, say }, async ({ db }) => {
    const verdict = await verifyAudit(db, known);
    if (verdict.kind === 'broken') {
      say(
        `Row ${verdict.seq} of the audit is not as it was written, or is missing. Compare ${nameOf(config)} with a backup.`,
      );
      return 1;
    }
    const { rows, letGo, hash, holdsKnown } = verdict;
    if (!holdsKnown) {
      say(
        `The audit has no row with the hash ${known}: it was written anew since, or that row was let go for its age. Compare ${nameOf(config)} with a backup.`,
      );
      return 1;
    }
    const older = letGo === 0 ? '' : `, after ${letGo} that were let go for their age`;
    say(`The audit is whole: ${rows} rows${older}.`);
    say(`Its hash now: ${hash || 'none'}. Note it elsewhere, and give it with --known next time.`);
    return 0;
  });
