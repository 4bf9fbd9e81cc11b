import type { Step } from '../step.ts';
import { start } from './0001-start.ts';
import { report } from './0002-report.ts';
import { support } from './0003-support.ts';
import { codes } from './0004-codes.ts';
import { letters } from './0005-letters.ts';
import { doubt } from './0006-doubt.ts';
import { day } from './0007-day.ts';
import { links } from './0008-links.ts';
import { digest } from './0009-digest.ts';
import { meeting } from './0010-meeting.ts';
import { webhook } from './0011-webhook.ts';
import { steps } from './0012-steps.ts';
import { edits } from './0013-edits.ts';
import { notifications } from './0014-notifications.ts';
import { size } from './0015-size.ts';
import { retention } from './0016-retention.ts';
import { endedLinks } from './0017-ended-links.ts';
import { daySize } from './0018-day-size.ts';
import { standing } from './0019-standing.ts';
import { auditChain } from './0020-audit-chain.ts';
import { namedPolicy } from './0021-named-policy.ts';
import { final } from './0022-final.ts';
import { deletions } from './0023-deletions.ts';
import { directChannels } from './0024-direct-channels.ts';
import { cancelledBy } from './0025-cancelled-by.ts';
import { threads } from './0026-threads.ts';
import { calendars } from './0027-calendars.ts';
import { earlyEnds } from './0028-early-ends.ts';
import { auditWebhook } from './0029-audit-webhook.ts';
import { reportFilters } from './0030-report-filters.ts';
import { claimedActs } from './0031-claimed-acts.ts';
import { loginParts } from './0032-login-parts.ts';
import { valuesAlone } from './0033-values-alone.ts';
import { mendedAdapters } from './0034-mended-adapters.ts';
import { listingTroubles } from './0035-listing-troubles.ts';
import { statusWords } from './0036-status-words.ts';
import { owedAnswers } from './0037-owed-answers.ts';
import { homeWishes } from './0038-home-wishes.ts';
import { workers } from './0039-workers.ts';
import { contactSearch } from './0041-contact-search.ts';
import { searchLetters } from './0045-search-letters.ts';
import { triesInOrder } from './0048-tries-in-order.ts';
import { needsLink } from './0051-needs-link.ts';
import { pictureLinks } from './0053-picture-links.ts';
import { sweeps } from './0055-sweeps.ts';
import { blocked } from './0056-blocked.ts';
import { stepPolicy } from './0057-step-policy.ts';
import { asked } from './0058-asked.ts';
import { loginEdits } from './0059-login-edits.ts';

/** In order of name; a migration that has run anywhere is never changed. */
export const migrations: Record<string, Step> = {
  '0001-start': start,
  '0002-report': report,
  '0003-support': support,
  '0004-codes': codes,
  '0005-letters': letters,
  '0006-doubt': doubt,
  '0007-day': day,
  '0008-links': links,
  '0009-digest': digest,
  '0010-meeting': meeting,
  '0011-webhook': webhook,
  '0012-steps': steps,
  '0013-edits': edits,
  '0014-notifications': notifications,
  '0015-size': size,
  '0016-retention': retention,
  '0017-ended-links': endedLinks,
  '0018-day-size': daySize,
  '0019-standing': standing,
  '0020-audit-chain': auditChain,
  '0021-named-policy': namedPolicy,
  '0022-final': final,
  '0023-deletions': deletions,
  '0024-direct-channels': directChannels,
  '0025-cancelled-by': cancelledBy,
  '0026-threads': threads,
  '0027-calendars': calendars,
  '0028-early-ends': earlyEnds,
  '0029-audit-webhook': auditWebhook,
  '0030-report-filters': reportFilters,
  '0031-claimed-acts': claimedActs,
  '0032-login-parts': loginParts,
  '0033-values-alone': valuesAlone,
  '0034-mended-adapters': mendedAdapters,
  '0035-listing-troubles': listingTroubles,
  '0036-status-words': statusWords,
  '0037-owed-answers': owedAnswers,
  '0038-home-wishes': homeWishes,
  '0039-workers': workers,
  '0041-contact-search': contactSearch,
  '0045-search-letters': searchLetters,
  '0048-tries-in-order': triesInOrder,
  '0051-needs-link': needsLink,
  '0053-picture-links': pictureLinks,
  '0055-sweeps': sweeps,
  '0056-blocked': blocked,
  '0057-step-policy': stepPolicy,
  '0058-asked': asked,
  '0059-login-edits': loginEdits,
};
