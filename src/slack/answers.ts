import { isSyncable } from '#shared/status.ts';
import type { Button } from '@slack/types';
import type { PolicyBrief } from '#core/policies/policies.ts';
import type { Requested } from '#core/requests/request.ts';
import {
  actions,
  bold,
  context,
  cut,
  escape,
  few,
  line,
  name,
  section,
  type KnownBlock,
} from './blocks.ts';

/** An answer that only the person sees. */
export interface Answer {
  text: string;
  blocks: KnownBlock[];
}

export const say = (text: string, ...more: KnownBlock[]): Answer => ({
  text: cut(text.replaceAll('*', ''), 3000),
  blocks: [section(text), ...more],
});

/** The same in a modal, beneath the block it is about; Slack takes no markup there. */
export const asError = (block: string, { text }: Answer) => ({
  response_action: 'errors' as const,
  errors: { [block]: text.replaceAll(/[*`]/g, '').slice(0, 500) },
});

/** What was done before comes first. */
export const after = (text: string, then: Answer): Answer => ({
  text: cut(`${text.replaceAll('*', '')} ${then.text}`, 3000),
  blocks: [section(text), ...then.blocks],
});

const named = (policy: PolicyBrief): string =>
  `${bold(policy.contactName)} · ${escape(policy.carrierName)} ${bold(policy.number)}`;

export const help = (command: string): Answer =>
  say(
    [
      '*Today’s values, straight from the carrier.*',
      `\`${command} policy 00123-4567\`  by its number, or a part of it`,
      `\`${command} policy chen\`  by the name of the contact`,
      `\`${command} policy\`  search as you type`,
      `\`${command} contact chen\`  all policies of a contact, to choose from`,
      `\`${command} contact chen before friday 3pm\`  refreshed in time, on one card before you meet`,
      `\`${command} status\`  what of yours runs, waits or needs a person`,
      `\`${command} sources\`  your logins at the carriers: link, add, share`,
      `\`${command} history 00123-4567\`  its latest syncs, and its values over time, as a picture and a CSV`,
      `\`${command} digest\`  the day so far: what synced, what did not, what needs you`,
      `\`${command} report\`  the totals of your book, and where the report is`,
      `\`${command} hold\`  "I'm in the portal": syncs of a login make way`,
      `\`${command} team\`  who is who, and who may do what`,
      '_Sync policies in this_  in the menu of any message: the policies it names',
      `\`${command} help\`  show this`,
    ].join('\n'),
    context(
      'A card follows the sync to its end, and I mention you in its thread then. Commands do not work inside threads; buttons do, and so does that menu.',
    ),
  );

export const unknownCommand = (command: string, word: string): Answer => {
  const shown = escape(cut(word, 40)).replaceAll('`', "'");
  const base = help(command);
  return {
    text: `I do not know "${shown}". ${base.text}`,
    blocks: [section(`I do not know \`${shown}\`.`), ...base.blocks],
  };
};

export const historyOfWhat = (command: string): Answer =>
  say(`Of which policy? Type \`${command} history\` and its number, or the name of the contact.`);

/** Values stay out of a channel in which another company sits, even where only one person reads. */
export const notInSharedChannel = (): Answer =>
  say(
    'Values are not shown in a channel that is shared with another company, or that I cannot look into. Ask in a direct message with me.',
  );

export const tooLong = (command: string, length: number): Answer =>
  say(
    `That is ${length.toLocaleString('en-US')} characters, and no policy number is that long. Perhaps the clipboard held something else? Type \`${command} policy\` and the number.`,
  );

export const refusal = (why: string): Answer => say(`:no_entry: ${why}`);

/** Another person's id in a value, a policy outside the book: not told apart, so nothing leaks. */
export const notYours = (): Answer =>
  refusal('That is not in your book. Ask its advisor, or a manager of your firm.');

/** Said with what helps: how many fit now, and where the others are. */
export const limitReached = (
  { waiting, most }: { waiting: number; most: number },
  command: string,
): Answer =>
  say(
    `${waiting === 0 ? 'That is more than one person may have waiting at a time' : `You have ${waiting} ${waiting === 1 ? 'sync' : 'syncs'} waiting`}, and the most is ${most}, so that nobody is stuck behind one person. ${
      waiting < most ? `${most - waiting} more fit now. ` : ''
    }Wait for some to end, or cancel some: \`${command} status\`.`,
  );

/** A login of another person, or one that is gone: not told apart either. */
export const notYourLogin = (): Answer =>
  refusal('That login is not yours to change. Ask its holder, or a manager of your firm.');

export const stale = (): Answer =>
  say('That button is from an earlier state and does nothing any more. Use the newest card.');

/** Of a modal, as `stale` of a button. */
export const tooOld = (): Answer => say('This window is too old. Ask again.');

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
      : `No login source of ${bold(policy.carrierName)} is shared with you. Ask ${few(holders.map(name), 'or')} to share theirs.`,
  );

export const noContact = (query: string): Answer => ({
  text: 'No contact in your book has that name.',
  blocks: [
    section(
      `No contact in your book matches \`${escape(cut(query, 60)).replaceAll('`', "'")}\`. Try the last name alone, or the e-mail address.`,
    ),
  ],
});

/** Short, as it stands beside its policy; its number is in what a screen reader says. */
const syncButton = (policy: PolicyBrief) => ({
  text: 'Sync',
  action: 'sync-policy',
  value: JSON.stringify({ policy: policy.id }),
  says: `Sync ${policy.number}`,
});

/** What is offered beside each policy, where it is not the sync of it. */
type MatchOffer = (policy: PolicyBrief, index: number) => Button;

/** A policy that cannot be synced is listed all the same: the person should see why it is not it. */
const matchLine = (policy: PolicyBrief, index: number, offer?: MatchOffer): KnownBlock => {
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
): Answer => ({
  text: `${policies.length}${more ? ' or more' : ''} policies match. Choose one.`,
  blocks: [
    section(
      `${more ? 'Many' : policies.length} policies match \`${escape(cut(query, 60)).replaceAll('`', "'")}\`. Which one?`,
    ),
    ...policies.map((policy, index) => matchLine(policy, index, offer)),
    ...(more ? [context('There are more: type more of the number or the name.')] : []),
  ],
});

export const noMatch = (query: string, close: readonly PolicyBrief[], command: string): Answer => {
  const sought = `\`${escape(cut(query, 60)).replaceAll('`', "'")}\``;
  return close.length === 0
    ? say(
        `No policy in your book matches ${sought}. Check the number in the CRM, or search with \`${command} policy\`.`,
      )
    : {
        text: `No policy in your book has the number ${escape(cut(query, 60))}. Close to it: ${close.map(({ number }) => number).join(', ')}.`,
        blocks: [
          section(`No policy in your book has the number ${sought}. Did you mean one of these?`),
          ...close.map((policy, index) => matchLine(policy, index)),
        ],
      };
};

/** What the person reads while the card is on its way. */
export const requested = (
  outcome: Extract<Requested, { kind: 'requested' }>,
  where: { direct: boolean; permalink?: string },
): Answer => {
  const { policy, source, already, joined, queued } = outcome;
  if (already)
    return say(
      `${named(policy)} is being synced already: you asked for it before.${
        where.permalink === undefined ? '' : ` <${where.permalink}|See its thread>.`
      }`,
    );
  const card = where.direct ? 'The card is in our direct messages.' : 'Follow its card here.';
  const lines = [
    source.linked
      ? `Syncing ${named(policy)}. ${card}`
      : `${named(policy)} waits for ${bold(source.name)} to be linked. ${card}`,
  ];
  if (joined) lines.push('It was asked for already, so you share the result.');
  if (!queued)
    lines.push(
      'The queue is not reachable right now. Your request is kept and starts when it is back.',
    );
  return say(lines.join(' '));
};

/** `modal`: a picker was opened, nothing else is to be said. */
export type Asked = Answer | 'modal';
