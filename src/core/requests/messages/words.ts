import { whoLinks } from '#core/logins/login-lines.ts';
import { isValuedDaily } from '#core/policies/freshness.ts';
import type { Reason, SyncStatus } from '#shared/outcome.ts';
import { isSyncable } from '#shared/status.ts';
import { standingIn, type UnchangedWhy } from '#core/policies/verdict.ts';
import type { CarrierPause, ItemView } from '../view.ts';
import { asOf, noDate } from './as-of.ts';
import { cancelledSentence } from './cancelled.ts';
import { freeNumbers, isAllTaken, likelyNumbers, whoseNumbers } from './free-numbers.ts';
import { withheldSentence } from './withheld.ts';
import { atAfter, at, bold, day, few, name } from '#slack/blocks.ts';

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
  'same-as-of': 'the carrier has published nothing newer yet',
  'market-closed': 'markets are closed today, so there is nothing newer',
  'valued-yearly': 'this product may keep its values for a year',
  'no-movement': 'the carrier has a newer date with the same amounts',
  'no-date': 'the carrier shows the same amounts',
  'no-values': 'the carrier shows no values for this policy yet',
};

const carrier = ({ policy }: ItemView): string => name(policy.carrierName);
const login = ({ source }: ItemView): string => bold(source.name);

/** How long `seconds` are, as people say it. */
const about = (seconds: number): string => {
  if (seconds < 90) return `${Math.ceil(seconds / 5) * 5} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
};

const expectedStart = (item: ItemView): string => {
  if (item.notBefore > 0 && item.detail.waitsFor === 'slack')
    return `Slack has not told us yet that ${name(item.source.holderName)} still works here, and no saved password is used before that. Next try: ${at(item.notBefore)}. There is nothing for you to do.`;
  if (item.notBefore > 0)
    return `Waits ${atAfter('until', item.notBefore)}, when ${carrier(item)} may be tried again.`;
  if (item.position <= 1) return 'Next in line: it starts in a few seconds.';
  const seconds = (item.position - 1) * item.secondsPerPolicy + 5;
  const why =
    item.reason === 'source-busy' ? `: another policy is being read through ${login(item)}` : '';
  return `Number ${item.position} in line${why}. Starts in about ${about(seconds)}.`;
};

/** Who does the next step: this person, or somebody who may link the login. */
const link = (item: ItemView, how = ''): string =>
  item.source.mayLink
    ? `Link it${how}, and this sync starts by itself.`
    : `Ask ${whoLinks(item.source)} to link it${how}; this sync then starts by itself.`;

const nextTry = (item: ItemView): string =>
  item.status === 'queued' && item.notBefore > 0 ? ` Next try: ${at(item.notBefore)}.` : '';

const stale = (item: ItemView): string => {
  const { keptNewer = [], expectedAsOf, carrierStatus } = item.detail;
  if (keptNewer.length > 0)
    return `${carrier(item)} shows values${asOf(item)}, older than yours, so yours are kept. Sync again on the next business day.`;
  const late = isValuedDaily(item.policy.productClass)
    ? expectedAsOf && `; by now they should be as of ${day(expectedAsOf)}`
    : ', more than a year ago';
  const status = carrierStatus ? ` (it shows ${bold(carrierStatus)})` : '';
  return [
    `The newest values at ${carrier(item)} are${asOf(item) || ' old'}${late ?? ''}.`,
    `Check the policy's status there${status}. If it is no longer active, update its status in the CRM; if it is, sync again on the next business day.`,
  ].join(' ');
};

const partial = (item: ItemView): string => {
  const { missing = [] } = item.detail;
  const what = missing.length === 0 ? 'some values' : few(missing.map(bold), 'and');
  return `${carrier(item)} shows no amount for ${what}, so your old value is kept. Sync again later; if it is still missing, look at the policy on ${carrier(item)}'s site.`;
};

const numberMismatch = (item: ItemView, privacy: Privacy): string => {
  const shown = likelyNumbers(item).map((number) => bold(shownNumber(number, privacy)));
  const next =
    shown.length === 0
      ? "Compare it with the carrier's, correct it in the CRM and sync again."
      : isAllTaken(item)
        ? whoseNumbers(shown, bold(soughtNumber(item, privacy)), carrier(item))
        : `Did you mean ${few(shown, 'or')}? ${freeNumbers(item).length > 0 ? 'Correct the number, and we sync again.' : 'Then correct the number in the CRM and sync again.'}`;
  return `${carrier(item)} has no ${bold(soughtNumber(item, privacy))} in this login. ${next}`;
};

const otherLogin = (item: ItemView): string => {
  const linked = item.otherLinked.map((source) => bold(source.name));
  const others = (item.detail.otherSources ?? []).map((source) => bold(source.name));
  if (linked.length > 0)
    return `This login can't see the policy. Another might: try ${few(linked, 'or')}.`;
  return others.length > 0
    ? `This login can't see the policy. Another might: ${few(others, 'or')}. Link it, then sync the policy through it.`
    : `This login can't see the policy. Another ${carrier(item)} login might. Ask a manager which one, then sync through it.`;
};

/** Why a carrier is not asked now. */
export const pauseWhy = ({ reason, by }: CarrierPause, carrierName: string): string => {
  switch (reason) {
    case 'portal-changed':
      return `${name(carrierName)} is paused: its pages changed, and we can't read them yet`;
    case 'blocked':
      return `${name(carrierName)} is paused: it does not let us in for now`;
    case 'by-hand':
      return `${by === undefined ? 'Someone at your firm' : name(by)} paused ${name(carrierName)}`;
  }
};

const carrierPaused = (item: ItemView): string => {
  const pause = item.pause ?? { reason: 'portal-changed' };
  const until = pause.reason === 'portal-changed' ? 'once that is fixed' : 'once it resumes';
  return `${pauseWhy(pause, item.policy.carrierName)}. Your sync runs by itself ${until}, and I tell you in this thread.`;
};

const implausible = (item: ItemView): string => {
  const settled = item.held?.settled;
  const by = settled?.by == null ? 'Someone' : name(settled.by);
  switch (settled?.how) {
    case undefined:
      return `The values we read at ${carrier(item)} look wrong, so yours are kept. Compare them with ${carrier(item)}'s site and say whether they are right, or sync again later.`;
    case 'accepted':
      return `${by} confirmed the new values, and they are saved.`;
    case 'rejected':
      return `${by} said the new values are not right. Yours are kept. Sync again later, or ask support.`;
    case 'overtaken':
      return 'The values we read looked wrong and were not saved. A newer sync read values that fit, or the policy has another number or carrier now.';
  }
};

/** What happened and what comes next, in a sentence or two, for each reason. */
const SENTENCES: Record<Reason, (item: ItemView, privacy: Privacy) => string> = {
  waiting: expectedStart,
  'source-busy': expectedStart,
  'waiting-for-link': (item) => `${login(item)} is unlinked. ${link(item)}`,
  'on-hold': (item) =>
    item.notBefore > 0
      ? `${login(item)} is on hold until ${at(item.notBefore, '{time}')} while someone works in the portal. This sync resumes then.`
      : `${login(item)} is on hold while someone works in the portal. This sync resumes after that.`,
  'carrier-paused': carrierPaused,
  'signing-in': (item) => `Signing in at ${carrier(item)}.`,
  'code-needed': (item) =>
    item.codeStep === 'choose-way'
      ? `${carrier(item)} asks where to send the code for ${login(item)}. ${name(item.source.holderName)} has about 5 minutes to choose: here, in a direct message from me, or on the link page.`
      : `${carrier(item)} asks for a code for ${login(item)}. ${name(item.source.holderName)} has about 5 minutes to enter it: here, in a direct message from me, or on the link page.`,
  reading: (item) => `Reading the policy at ${carrier(item)}.`,
  'searching-again': () => 'Some of it was missing. Looking once more to be sure.',
  changed: (item) => `Values${asOf(item)} are in.${noDate(item)}`,
  unchanged: (item) =>
    `Verified, nothing changed: ${UNCHANGED[item.detail.why ?? 'same-as-of']}.${
      item.detail.asOf === undefined ? noDate(item) : ` Values are${asOf(item)}.`
    }`,
  stale,
  'status-drift': (item) =>
    `${carrier(item)} says ${bold(item.detail.carrierStatus ?? 'inactive')}, the CRM says ${bold(item.detail.crmStatus ?? item.policy.status)}. Inactive policies stop updating. Set its status in the CRM to match; if it is still active at ${carrier(item)}, sync again.`,
  partial,
  'number-mismatch': numberMismatch,
  'other-login': otherLogin,
  gone: (item) =>
    `It ${
      item.detail.lastSeenAt === undefined
        ? 'was there before'
        : atAfter('was there', item.detail.lastSeenAt, '{date_short_pretty}')
    }, but two searches no longer find it. Check its status and its Agent of Record at ${carrier(item)}: if it is not active there, update the status in the CRM; if it is, sync again.`,
  'never-seen': (item) =>
    `Two searches did not find it in this login. Compare the number with ${carrier(item)}'s site. If it differs, correct it in the CRM and sync again. If it is right, the policy is probably no longer active there: update its status in the CRM.`,
  'bad-credentials': (item) =>
    `${carrier(item)} refused the user ID or password of ${login(item)}. It was sent once and won't be sent again. ${link(item, ' with the right one')}`,
  'password-expired': (item) =>
    `The password of ${login(item)} has expired. Set a new one on ${carrier(item)}'s site first. ${link(item, ' with the new one')}`,
  'session-ended': (item) =>
    `${carrier(item)} ended the link of ${login(item)}. ${link(item, ' again')}`,
  'code-rejected': (item) =>
    `${carrier(item)} did not accept the code for ${login(item)}. ${link(item, ' again with a new code')}`,
  'code-timed-out': (item) =>
    `No code for ${login(item)} came in time. ${link(item, ' again with a new code')}`,
  'code-asked': (item) =>
    `${carrier(item)} asks for a code before it lets ${login(item)} in. ${link(item, ' and enter the code')}`,
  'not-linked': (item) =>
    `Nobody linked ${login(item)} within a day, so this sync has ended. ${
      item.source.mayLink
        ? 'Sync again when you want it: the Link step comes first.'
        : `Ask ${whoLinks(item.source)} to link it, then sync again.`
    }`,
  'lockout-risk': (item) =>
    `Our last sign-in to ${login(item)} got no clear answer, and another try could lock it, so we wait for you. Sign in on ${carrier(item)}'s site to check that it works. ${link(item)}`,
  locked: (item) =>
    `${carrier(item)} has locked ${login(item)}. Unlock it on ${carrier(item)}'s site first. ${link(item)}`,
  'action-needed': (item) =>
    `${carrier(item)} needs you on its site first, such as to accept new terms. Sign in there, do it, then sync again.`,
  'session-conflict': (item) =>
    item.status === 'queued'
      ? `Someone is signed in at ${carrier(item)} with this login, so we wait.${nextTry(item)} Is it you? Sign out there, then run it now; for longer work, write me \`hold\` in a direct message: that keeps us out until you are done.`
      : `Someone stayed signed in at ${carrier(item)} with this login. Sync again when they are done.`,
  'carrier-down': (item) =>
    item.status === 'queued'
      ? `${carrier(item)}'s site is not answering properly.${nextTry(item)} There is nothing for you to do.`
      : `${carrier(item)}'s site kept failing. Nothing is wrong with the policy or the login. Sync again later.`,
  blocked: (item) =>
    item.status === 'queued'
      ? `Syncs at ${carrier(item)} are paused for now.${nextTry(item)} There is nothing for you to do.`
      : `Syncs at ${carrier(item)} are paused for now. Try again in some hours.`,
  'portal-changed': (item) =>
    `${carrier(item)}'s site ${item.detail.deaths === undefined ? "has changed, and we take no values from a page we can't read" : 'broke off each of our tries to read this policy, so we stopped'}. We are the ones to fix that; your values are kept. Sync again later. Until then, see ${carrier(item)}'s site.`,
  implausible,
  cancelled: cancelledSentence,
};

/** A term in no vocabulary is shown and never guessed at: a person decides what it means. */
export const unknownStatus = (item: ItemView): string[] => {
  const { carrierStatus, carrierStanding } = item.detail;
  return item.status === 'success' &&
    carrierStatus &&
    standingIn({ status: carrierStatus, standing: carrierStanding }) === 'review'
    ? [
        `${carrier(item)} shows the status ${bold(carrierStatus)}, which we don't know; the CRM says ${bold(item.policy.status)}. Compare the two. A manager or an owner can say what it means, once for all policies there.`,
      ]
    : [];
};

/** `masked` in channels whose setting keeps clients' numbers and values out. */
export type Privacy = 'full' | 'masked';

/** Masked, the last characters tell two policies apart; never more than half of the number. What is masked stays so. */
export const shownNumber = (number: string, privacy: Privacy): string => {
  if (privacy === 'full' || number.startsWith('•••')) return number;
  const characters = Array.from(number.trim());
  const shown = Math.min(4, Math.floor(characters.length / 2));
  return `•••${characters.slice(characters.length - shown).join('')}`;
};

export type Sought = Pick<ItemView, 'policy'> & Partial<Pick<ItemView, 'detail'>>;

/** The number that was looked for at the carrier, whatever it is corrected to since. */
export const soughtNumber = ({ detail, policy }: Sought, privacy: Privacy): string =>
  shownNumber(detail?.crmNumber ?? policy.number, privacy);

/** What a person corrected since replaces the advice to do so. The CRM's part is in the guide beneath. */
const corrected = (item: ItemView, privacy: Privacy): string | undefined => {
  const { statusEdit, numberEdit } = item.guide ?? {};
  if (numberEdit !== undefined)
    return `It was not found as ${bold(shownNumber(numberEdit.from, privacy))}. ${name(numberEdit.by)} corrected the number to ${bold(shownNumber(numberEdit.to, privacy))}.`;
  if (statusEdit === undefined) return undefined;
  const says =
    item.detail.carrierStatus === undefined
      ? ''
      : `${carrier(item)} says ${bold(item.detail.carrierStatus)}. `;
  return `${says}${name(statusEdit.by)} changed the status: ${bold(statusEdit.from)} → ${bold(statusEdit.to)}. ${
    isSyncable(item.policy.indicator) ? 'Sync it again.' : 'The policy is no longer synced.'
  }`;
};

/** Somebody looked at what looked wrong. */
const confirmed = ({ detail: { acceptedBy } }: ItemView): string =>
  acceptedBy === undefined ? '' : ` ${name(acceptedBy)} confirmed them.`;

export const sentence = (item: ItemView, privacy: Privacy): string =>
  withheldSentence(item) ??
  corrected(item, privacy) ??
  `${SENTENCES[item.reason](item, privacy)}${confirmed(item)}`;

/** What happened alone, for where the next steps stand right above it. */
export const happened = (item: ItemView, privacy: Privacy): string => {
  const { asOf: date, carrierStatus } = item.detail;
  switch (item.reason) {
    case 'stale':
      return date === undefined
        ? 'The values there are old.'
        : `Its newest values are of ${day(date)}.`;
    case 'status-drift':
      return `${carrier(item)} says ${bold(carrierStatus ?? 'inactive')}, the CRM says ${bold(item.policy.status)}.`;
    case 'number-mismatch':
      return likelyNumbers(item).length === 0 || isAllTaken(item)
        ? 'There is no such number in this login.'
        : `Did you mean ${few(
            likelyNumbers(item).map((number) => bold(shownNumber(number, privacy))),
            'or',
          )}?`;
    case 'other-login':
      return "This login can't see it. Another might.";
    case 'gone':
      return 'It was there before, but two searches no longer find it.';
    case 'never-seen':
      return 'Two searches did not find it.';
    default:
      return sentence(item, privacy);
  }
};

/** A Success that somebody must look at does not look like one that nobody must. */
const QUALIFIED: Partial<Record<Reason, string>> = {
  stale: 'Success, old values',
  'status-drift': 'Success, status differs',
  partial: 'Success, in part',
};

/** To people, a sync that waits for its next try failed for now, and one that waits for a link needs it. */
export const statusName = (item: ItemView): { emoji: string; name: string } => {
  const waitsForRetry =
    item.status === 'queued' &&
    (item.reason === 'carrier-down' ||
      item.reason === 'session-conflict' ||
      item.reason === 'blocked');
  if (item.reason === 'implausible' && item.held?.settled === undefined)
    return { emoji: ':raised_hand:', name: 'Failed, please check' };
  if (waitsForRetry) return { emoji: STATUS_WORDS.failed.emoji, name: 'Failed for now' };
  if (item.reason === 'waiting-for-link') return STATUS_WORDS['needs-link'];
  const qualified = item.status === 'success' ? QUALIFIED[item.reason] : undefined;
  return qualified === undefined
    ? STATUS_WORDS[item.status]
    : { emoji: ':large_yellow_circle:', name: qualified };
};
