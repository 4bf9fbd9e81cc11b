import type { ReportFilter } from '#core/policies/report-rules.ts';

export const FILTER_NAMES: Record<ReportFilter, string> = {
  all: 'All',
  success: 'Success',
  'not-found': 'Not Found',
  'not-synced': 'Not synced yet',
  'needs-link': 'Needs link',
  stale: 'Old values',
  'status-differs': 'Status differs',
  unconfirmed: 'Unconfirmed',
};

/** What a filter holds, beneath the buttons. */
export const FILTER_MEANINGS: Record<ReportFilter, string> = {
  all: 'The numbers overlap: a policy that needs a link may have old values too. Inactive policies are not synced, and may be in none.',
  success: 'Success: the latest sync read the policy. Newest first.',
  'not-found': 'Not Found: the latest sync did not find the policy. Newest first.',
  'not-synced': 'Not synced yet: no success in the last 7 days. Never synced ones first.',
  'needs-link': 'Needs link: a sync waits until its login source is linked.',
  stale:
    'Old values: the newest value is older than this kind of product should show. Oldest value first.',
  'status-differs':
    "Status differs: the carrier's site shows another status than the CRM. Update it in the CRM. Newest first.",
  unconfirmed:
    'Unconfirmed: a value was read that looks wrong. Sync the policy to confirm or reject it. Newest first.',
};
