import { formatMoney } from '#shared/money.ts';
import { mainValue } from '#core/policies/report-rules.ts';
import { isSyncable } from '#shared/status.ts';
import {
  atAfter,
  actions,
  at,
  bold,
  cut,
  day,
  escape,
  name,
  section,
  type KnownBlock,
} from '#slack/blocks.ts';
import { STATUS_WORDS } from '#core/requests/messages/words.ts';
import { SHORT_REASONS } from '#slack/short-reasons.ts';
import type { ReportRow } from '#core/policies/store/report-rows.ts';

export interface RowSettings {
  /** Whether this person is offered Link for this login. */
  mayLink: (sourceId: string) => boolean;
  /** A success at or after this counts as synced, epoch ms. */
  syncedSince: number;
  /** Distinguishes the blocks of one drawing from the next. */
  drawing: number;
}

const status = (name: keyof typeof STATUS_WORDS, reason: string): string =>
  `${STATUS_WORDS[name].emoji} *${STATUS_WORDS[name].name}*${reason === '' ? '' : `, ${reason}`}`;

const attempt = ({ lastAttempt, carrierLinked }: ReportRow): string =>
  lastAttempt === undefined
    ? ':white_circle: *Not synced yet*'
    : `${
        // The link it needed is there by now, or its login is gone; else the row says which one it needs.
        lastAttempt.status === 'needs-link' && carrierLinked
          ? ':large_green_circle: Linked again since, *sync it now*'
          : status(lastAttempt.status, SHORT_REASONS[lastAttempt.reason])
      } · ${at(lastAttempt.at)}`;

const statusLine = (row: ReportRow): string => {
  const { policy, open, needsLink, lastSuccessAt } = row;
  const last =
    lastSuccessAt === 0
      ? ''
      : ` · ${atAfter('last success', lastSuccessAt, '{date_short_pretty}')}`;
  if (needsLink !== undefined)
    return `:key: *Needs link:* ${escape(cut(needsLink.sourceName, 60))}${last}`;
  if (open !== undefined) return status(open.status, SHORT_REASONS[open.reason]);
  if (!isSyncable(policy.indicator))
    return `:no_entry_sign: *${escape(cut(policy.status, 60))}* in the CRM, so not synced${last}`;
  return attempt(row);
};

const warnings = (row: ReportRow, { syncedSince }: RowSettings): string[] => {
  const { policy, open, stale, lastSuccessAt, lastAttempt } = row;
  if (open !== undefined || !isSyncable(policy.indicator)) return [];
  const success = lastSuccessAt === 0 ? 'never' : at(lastSuccessAt, '{date_short_pretty}');
  return [
    ...(stale ? [':warning: The value is older than it should be'] : []),
    ...(lastAttempt !== undefined && lastSuccessAt < syncedSince && row.needsLink === undefined
      ? [`:calendar: No success for 7 days, last: ${success}`]
      : []),
  ];
};

/** A reading of the policy is no date of the value, and says so: it may have lacked this one. */
const dated = (asOf: string | undefined, lastSuccessAt: number): string => {
  if (asOf !== undefined) return `as of ${day(asOf)}`;
  return lastSuccessAt === 0
    ? 'no date shown'
    : `no date shown, ${atAfter('policy read', lastSuccessAt)}`;
};

const valueLine = ({ policy, values, lastSuccessAt }: ReportRow): string[] => {
  const value = mainValue(values);
  if (value === undefined) return [];
  const date = dated(value.asOf, lastSuccessAt);
  // Carriers list what is applied for with zeros, which nobody has lost.
  return policy.indicator === 'pending' && value.amount.minor === 0
    ? [`No value yet · ${date}`]
    : [`*${formatMoney(value.amount)}* ${escape(cut(value.name, 40))} · ${date}`];
};

/** Why a policy may have no value yet. */
const pending = ({ policy }: ReportRow): string =>
  policy.indicator === 'pending' ? ` · ${name(policy.status)}` : '';

const text = (row: ReportRow, settings: RowSettings): string => {
  const { policy } = row;
  return [
    `${bold(policy.contactName)} · ${bold(cut(policy.number, 60))}`,
    `${name(policy.carrierName)} · ${name(policy.productName)}${pending(row)}`,
    ...valueLine(row),
    statusLine(row),
    ...warnings(row, settings),
  ].join('\n');
};

/** One policy: what it is, its newest value, how it stands, and what can be done. */
export const rowBlocks = (row: ReportRow, settings: RowSettings): KnownBlock[] => {
  const { policy, needsLink } = row;
  const value = JSON.stringify({ policy: policy.id });
  const says = `${cut(policy.number, 30)} of ${cut(policy.contactName, 30)}`;
  const linkFirst = needsLink !== undefined && settings.mayLink(needsLink.sourceId);
  const idle = row.open === undefined || needsLink !== undefined;
  return [
    section(text(row, settings)),
    ...actions(`row:${policy.id}:${settings.drawing}`, [
      ...(linkFirst
        ? [
            {
              text: 'Link',
              action: 'link',
              value: JSON.stringify({ source: needsLink.sourceId }),
              says: `Link ${cut(needsLink.sourceName, 60)}`,
            },
          ]
        : []),
      ...(isSyncable(policy.indicator) && idle
        ? [{ text: 'Sync', action: 'home-sync', value, says: `Sync ${says}` }]
        : []),
      { text: 'History', action: 'home-history', value, says: `History ${says}` },
    ]),
    { type: 'divider' },
  ];
};
