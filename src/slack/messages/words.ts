import type { Reason, SyncStatus } from '#domain/outcome.ts';
import type { UnchangedWhy } from '#domain/verdict.ts';
import type { ItemView } from '#sync/view.ts';
import { at, bold, day, escape } from '../blocks.ts';

export const STATUS_WORDS: Record<SyncStatus, { emoji: string; name: string }> = {
  queued: { emoji: ':hourglass_flowing_sand:', name: 'Queued' },
  'in-progress': { emoji: ':arrows_counterclockwise:', name: 'In progress' },
  success: { emoji: ':white_check_mark:', name: 'Success' },
  'not-found': { emoji: ':mag:', name: 'Not Found' },
  'needs-link': { emoji: ':key:', name: 'Needs link' },
  failed: { emoji: ':warning:', name: 'Failed' },
  cancelled: { emoji: ':heavy_minus_sign:', name: 'Cancelled' },
};

const UNCHANGED: Record<UnchangedWhy, string> = {
  'same-as-of': 'the carrier has published no newer values yet',
  'market-closed': 'markets are closed today, so no new values are published',
  'valued-yearly': 'this product is valued about once a year, so nothing is wrong',
  'no-movement': 'the values did not move',
};

const expectedStart = (item: ItemView): string => {
  const seconds = (item.position - 1) * item.secondsPerPolicy + 5;
  if (item.position <= 1) return 'It is next and starts in a few seconds.';
  return seconds < 90
    ? `Number ${item.position} in line, starts in about ${Math.ceil(seconds / 5) * 5} seconds.`
    : `Number ${item.position} in line, starts in about ${Math.round(seconds / 60)} minutes.`;
};

const holder = ({ source }: ItemView): string =>
  source.mayLink ? '' : ` Only ${escape(source.holderName)} or a manager can link it.`;

const again = (item: ItemView): string =>
  item.status === 'queued' && item.notBefore > 0
    ? ` Next try ${at(item.notBefore, '{time}')}.`
    : '';

const asOf = (item: ItemView): string =>
  item.detail.asOf === undefined ? '' : ` as of ${day(item.detail.asOf)}`;

/** What happened and what comes next, in a sentence or two, for each reason. */
const SENTENCES: Record<Reason, (item: ItemView, privacy: Privacy) => string> = {
  waiting: expectedStart,
  'source-busy': expectedStart,
  'waiting-for-link': (item) =>
    `${bold(item.source.name)} is unlinked. Link it, and this sync starts by itself.${holder(item)}`,
  'on-hold': (item) =>
    `${bold(item.source.name)} is on hold while somebody works in the portal. It resumes ${at(item.notBefore, '{time}')}.`,
  'signing-in': (item) => `Signing in at ${escape(item.policy.carrierName)}.`,
  'code-needed': (item) =>
    `${escape(item.policy.carrierName)} sent a code to the holder of this login. Enter it on the link page that is open in your browser.`,
  reading: (item) => `Reading the policy at ${escape(item.policy.carrierName)}.`,
  'searching-again': () => 'Not found at first. Searching once more before giving an answer.',
  changed: (item) => `Values${asOf(item)} are in.`,
  unchanged: (item) =>
    `Verified${asOf(item)}, nothing changed: ${UNCHANGED[item.detail.why ?? 'no-movement']}.`,
  stale: (item) =>
    `The carrier shows values${asOf(item)}, older than this product should show${
      item.detail.expectedAsOf === undefined ? '' : ` (${day(item.detail.expectedAsOf)})`
    }. Check the policy's status at the carrier; if it is still active there, run it again on the next business day.`,
  'status-drift': (item) =>
    `The carrier says ${bold(item.detail.carrierStatus ?? 'inactive')}, your CRM says ${bold(item.policy.status)}. Values of an inactive policy do not update: set the status in the CRM to match.`,
  partial: (item) =>
    `Read, but without ${(item.detail.missing ?? []).map(escape).join(', ')}: the carrier shows no amount for it. The old value is kept.`,
  'number-mismatch': (item, privacy) =>
    `${escape(item.policy.carrierName)} has no such number in this login. Did you mean ${(
      item.detail.closeNumbers ?? []
    )
      .map((number) => bold(shownNumber(number, privacy)))
      .join(' or ')}? If so, correct the number in the CRM and sync again.`,
  'other-login': (item) =>
    `This login cannot see the policy. ${
      item.otherLinked.length > 0
        ? `Try ${item.otherLinked.map(({ name }) => bold(name)).join(' or ')}.`
        : `Another login of ${escape(item.policy.carrierName)} may: ${(
            item.detail.otherSources ?? []
          )
            .map(({ name }) => bold(name))
            .join(', ')}.`
    }`,
  gone: (item) =>
    `It was there ${
      item.detail.lastSeenAt === undefined
        ? 'before'
        : at(item.detail.lastSeenAt, '{date_short_pretty}')
    } and two searches do not find it now. Its status may have changed (surrendered, terminated), or its Agent of Record. Check it at the carrier and update the status in the CRM to match.`,
  'never-seen': (item) =>
    `Two searches did not find it in this login. Compare the number with ${escape(item.policy.carrierName)}'s site. If it is right, the policy is probably no longer active there: update its status in the CRM.`,
  'bad-credentials': (item) =>
    `${escape(item.policy.carrierName)} refused the user ID or password. It was submitted once and is not tried again. Link with the right one.${holder(item)}`,
  'password-expired': (item) =>
    `The password has expired at ${escape(item.policy.carrierName)}. Set a new one there, then link.${holder(item)}`,
  'session-ended': (item) =>
    `${escape(item.policy.carrierName)} ended the link. Link again, and this sync starts by itself.${holder(item)}`,
  'code-rejected': (item) =>
    `${escape(item.policy.carrierName)} did not accept the code. Link again to get a new one.${holder(item)}`,
  'code-timed-out': (item) =>
    `No code was entered in time. Link again to get a new one.${holder(item)}`,
  'lockout-risk': (item) =>
    `An earlier sign-in got no clear answer. So as not to lock the login, nothing is tried until you link it yourself.${holder(item)}`,
  locked: (item) =>
    `${escape(item.policy.carrierName)} has locked this login. Unlock it there first, then link.${holder(item)}`,
  'action-needed': (item) =>
    `${escape(item.policy.carrierName)} wants something done in the portal first (such as accepting new terms). Sign in there, do it, then run again.`,
  'session-conflict': (item) =>
    `Somebody is signed in at ${escape(item.policy.carrierName)} with this login.${again(item)}`,
  'carrier-down': (item) =>
    `${escape(item.policy.carrierName)}'s site does not answer properly.${again(item)} ${
      item.status === 'queued' ? '' : 'Run it again later.'
    }`.trimEnd(),
  blocked: (item) => `${escape(item.policy.carrierName)} is paused for now.${again(item)}`,
  'portal-changed': (item) =>
    `${escape(item.policy.carrierName)}'s page has changed and was not understood. The fault is our adapter's, not yours; old values are kept.`,
  cancelled: () => 'Taken off the queue. Nothing was read.',
};

/** `masked` in channels whose setting keeps clients' numbers and values out. */
export type Privacy = 'full' | 'masked';

export const shownNumber = (number: string, privacy: Privacy): string =>
  privacy === 'full' ? number : `•••${number.slice(-4)}`;

export const sentence = (item: ItemView, privacy: Privacy): string =>
  SENTENCES[item.reason](item, privacy);

/** A sync that waits for its next try is, to people, one that failed for now. */
export const statusName = (item: ItemView): { emoji: string; name: string } => {
  const waitsForRetry =
    item.status === 'queued' &&
    (item.reason === 'carrier-down' ||
      item.reason === 'session-conflict' ||
      item.reason === 'blocked');
  return waitsForRetry
    ? { emoji: STATUS_WORDS.failed.emoji, name: 'Failed for now' }
    : STATUS_WORDS[item.status];
};
