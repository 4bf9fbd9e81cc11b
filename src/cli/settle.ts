import { endAllLinks } from '#core/logins/store/people-ends.ts';
import { endAllCalendars } from '#features/meetings/calendar/store/calendars.ts';
import { lockLogins } from '#database/locks.ts';
import { verifyAudit } from '#database/audit-lines.ts';
import type { Database } from '#database/connection.ts';
import { copiedAt, lastMoment, secretsOfOtherKeys, writeRestored } from '#database/copies.ts';
import { CopyError } from '#database/copy.ts';
import { publicKeyIds } from '#database/keys.ts';

/** What a database that came back needs before a bot may serve it, and what is said of it. */

interface Found {
  /** Until when it holds everything, as far as it says so. */
  at: number | undefined;
  /** Secrets that no key of here opens. */
  strange: number;
  /** Logins that are to be linked again. */
  unlinked: number;
  /** Calendars that are to be added again. */
  calendars: number;
}

interface How {
  keyFolder: string;
  clock: () => number;
  /** An engine followed each write, so it holds more than the last copy that it knows of. */
  recovered: boolean;
  /** Of the same step. */
  end?: (trx: Database) => Promise<void>;
}

const CALENDAR_ENDED = {
  title: 'Your calendar is not read any more',
  text: 'Swivel Sync was brought back from a copy, and does not know whether you took your calendar back since. To have meetings planned by it again, give its address once more: `/sync meetings`.',
};

/** Where the audit is whole, in one step: it is noted, and every link and calendar ends. */
export const settle = async (
  db: Database,
  { keyFolder, clock, recovered, end }: How,
): Promise<Found> => {
  const verdict = await verifyAudit(db);
  if (verdict.kind === 'broken')
    throw new CopyError(
      `Row ${verdict.seq} of its audit is not as it was written: somebody changed it. Take another copy.`,
    );
  const at = recovered ? await lastMoment(db) : await copiedAt(db);
  return db.transaction().execute(async (trx) => {
    await lockLogins(trx, () => trx.selectFrom('login_source').select('id as source_id').execute());
    await writeRestored({ db: trx, clock }, at);
    const unlinked = await endAllLinks(trx, clock());
    const calendars = await endAllCalendars({ db: trx, clock }, CALENDAR_ENDED);
    const strange = await secretsOfOtherKeys(trx, publicKeyIds(keyFolder));
    await end?.(trx);
    return { at, strange, unlinked, calendars };
  });
};

/** To a second, in UTC: a server has no zone that a reader would know. */
const moment = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

export function* told({
  at,
  until,
  strange,
  unlinked,
  calendars,
}: Omit<Found, 'at'> & { at: number; until: number | undefined }): Generator<string> {
  const end = until === undefined ? 'the bot stopped' : moment(Math.max(at, until));
  yield `Restored: everything until ${moment(at)}. What came after that, until ${end}, may be missing.`;
  yield 'Nobody here knows what was asked for, corrected, written in a case or imported in that time. Its cards stand still in Slack: ask again for what they show, and import the files again.';
  if (unlinked > 0)
    yield `${unlinked} ${unlinked === 1 ? 'login is' : 'logins are'} unlinked, and no kept password came back: one that was refused, changed or withdrawn since could lock a login. Their holders are asked to link them.`;
  if (calendars > 0)
    yield `${calendars} ${calendars === 1 ? 'calendar is' : 'calendars are'} not read any more: one that was taken back since would be. Their people are asked to add them.`;
  yield 'A contact that was erased in that time is back: erase it again, with `swivel-sync contact <contact_id> --erase --yes`.';
  if (strange > 0)
    yield `${strange} of its other secrets are sealed to a key that is not here: restore that key, or give those again.`;
}
