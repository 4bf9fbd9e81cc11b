import type { cardComes } from '#slack/origin.ts';
import type { PolicyBrief } from '#core/policies/policies.ts';
import {
  bold,
  escape,
  actions,
  few,
  name,
  section,
  cut,
  type KnownBlock,
  line,
  context,
} from '#slack/blocks.ts';
import { type Answer, say } from '#slack/answers.ts';
import type { Button } from '@slack/types';
import { isSyncable } from '#shared/status.ts';
import type { Requested } from './request.ts';
import { spoken } from '#slack/spoken.ts';

export const named = (policy: PolicyBrief): string =>
  `${bold(policy.contactName)} · ${escape(policy.carrierName)} ${bold(policy.number)}`;

/** Said with what helps: how many fit now, and where the others are. */
export const limitReached = (
  { waiting, most }: { waiting: number; most: number },
  command: string,
): Answer =>
  say(
    `${waiting === 0 ? 'That is more than one person may have waiting at a time' : `You have ${waiting} ${waiting === 1 ? 'sync' : 'syncs'} waiting`}, and the limit is ${most}, so that nobody is stuck behind one person. ${
      waiting < most ? `${most - waiting} more fit now. ` : ''
    }Wait for some to end, or cancel some: \`${command} status\`.`,
  );

export const notSyncable = (policy: PolicyBrief): Answer =>
  say(
    `${named(policy)} is not synced: the CRM says ${bold(policy.status)} (${policy.indicator}), and only pending or open policies are synced. If it is active at the carrier, correct its status in the CRM first.`,
    ...actions('correct', [
      {
        text: 'Update status',
        action: 'choose-status',
        value: JSON.stringify({ policy: policy.id }),
      },
    ]),
  );

export const noSource = (policy: PolicyBrief, holders: readonly string[]): Answer =>
  say(
    holders.length === 0
      ? `There is no login source for ${bold(policy.carrierName)} yet. A manager or owner can add one.`
      : `No login source of ${bold(policy.carrierName)} is shared with you. Ask ${few(holders.map(name), 'or')} to share one.`,
  );

/** The button begins anew: it takes the one login that is left, or asks which. */
export const anotherLogin = (policy: PolicyBrief): Answer =>
  say(
    `That login is not yours to use for ${named(policy)}. Sync it through another one?`,
    ...actions('another-login', [
      {
        text: 'Use another login',
        action: 'sync-policy',
        value: JSON.stringify({ policy: policy.id }),
      },
    ]),
  );

export const noContact = (query: string): Answer =>
  spoken([
    section(
      `No contact in your book matches \`${escape(cut(query, 60)).replaceAll('`', "'")}\`. Try the last name alone, or the e-mail address.`,
    ),
  ]);

/** Short, as it stands beside its policy; what a screen reader says tells two carriers' same number apart. */
export const syncButton = (policy: PolicyBrief) => ({
  text: 'Sync',
  action: 'sync-policy',
  value: JSON.stringify({ policy: policy.id }),
  says: `Sync ${policy.number} at ${policy.carrierName}`,
});

export const NOT_THEIRS_TO_RUN = 'Only the person who asked can do this.';

/** What is offered beside each policy, where it is not the sync of it. */
export type MatchOffer = (policy: PolicyBrief, index: number) => Button;

/** A policy that cannot be synced is listed all the same: the person should see why it is not it. */
export const matchLine = (policy: PolicyBrief, index: number, offer?: MatchOffer): KnownBlock => {
  const about = `${bold(policy.contactName)}\n${escape(policy.carrierName)} ${bold(policy.number)} · ${escape(policy.productName)} · ${escape(policy.status)}`;
  if (offer !== undefined) return { ...section(about), accessory: offer(policy, index) };
  return isSyncable(policy.indicator)
    ? line(about, syncButton(policy), `match-${index}`)
    : section(`${about} (not synced: ${policy.indicator})`);
};

export const severalMatches = (
  query: string,
  policies: readonly PolicyBrief[],
  more: boolean,
  offer?: MatchOffer,
): Answer =>
  spoken([
    section(
      `${more ? 'Many' : policies.length} policies match \`${escape(cut(query, 60)).replaceAll('`', "'")}\`. Which one?`,
    ),
    ...policies.map((policy, index) => matchLine(policy, index, offer)),
    ...(more ? [context('There are more: type more of the number or the name.')] : []),
  ]);

export const noMatch = (query: string, close: readonly PolicyBrief[], command: string): Answer => {
  const sought = `\`${escape(cut(query, 60)).replaceAll('`', "'")}\``;
  return close.length === 0
    ? say(
        `No policy in your book matches ${sought}. Check the number in the CRM, or search with \`${command} policy\`.`,
      )
    : spoken([
        section(`No policy in your book has the number ${sought}. Did you mean one of these?`),
        ...close.map((policy, index) => matchLine(policy, index)),
      ]);
};

/** Where a card comes; with a channel where this is read in a thread, and the card is in none. */
export type CardPlace =
  | Awaited<ReturnType<typeof cardComes>>
  /** Without an address, Slack has not taken the card yet. */
  | { channel: string; permalink: string | undefined };

/** What the person reads while the card is on its way: of one policy, or of several. */
export const whereCard = (card: CardPlace, its = 'its'): string => {
  if (typeof card === 'object')
    return card.permalink === undefined
      ? `Its card comes in <#${card.channel}>.`
      : `<${card.permalink}|Its card> is in <#${card.channel}>.`;
  if (card === 'here') return `Follow ${its} card here.`;
  return card === 'unknown'
    ? 'The card comes here or in our direct messages, as soon as Slack answers me.'
    : 'The card is in our direct messages.';
};

export const requested = (
  outcome: Extract<Requested, { kind: 'requested' }>,
  where: { card: CardPlace; permalink?: string },
): Answer => {
  const { policy, source, already, askedBefore, queued } = outcome;
  if (already)
    return say(
      `${named(policy)} is syncing already: you asked for it before.${
        where.permalink === undefined ? '' : ` <${where.permalink}|See its thread>.`
      }`,
    );
  const card = whereCard(where.card);
  const lines = [
    source.linked
      ? `Syncing ${named(policy)}. ${card}`
      : `${named(policy)} is waiting for ${bold(source.name)} to be linked. ${card}`,
  ];
  if (askedBefore !== undefined)
    lines.push(
      askedBefore.kind === 'elsewhere'
        ? 'You asked for it elsewhere too, and both cards show the same result.'
        : `${name(askedBefore.name)} asked for it before, and you both get the same result.`,
    );
  if (!queued)
    lines.push(
      'The queue is not reachable right now. Your request is kept and starts when it is back.',
    );
  return say(lines.join(' '));
};
