import type { Button, StaticSelect } from '@slack/types';
import { REPORT_FILTERS, type ReportFilter } from '#core/policies/report-rules.ts';
import { REPORT_PAGE_SIZE } from '#core/policies/report.ts';
import {
  actions,
  button,
  context,
  name,
  plain,
  section,
  type KnownBlock,
  count,
} from '#slack/blocks.ts';
import { rowBlocks, type RowSettings } from './row-blocks.ts';
import type { HomeState } from './state.ts';
import { FILTER_MEANINGS, FILTER_NAMES } from './words.ts';
import { MOST_LISTED, type ReportPage } from '#core/policies/store/report-rows.ts';

export interface ReportParts extends RowSettings {
  state: HomeState;
  page: ReportPage;
  carriers: readonly { id: string; name: string }[];
  /** What an empty report says. */
  whenEmpty: string;
}

/** Slack keeps what was entered in a block of the same id; a new one shows what is so now. */
const search = ({ state }: ReportParts): KnownBlock => ({
  type: 'input',
  block_id: `search:${state.at}`,
  dispatch_action: true,
  label: plain('Find a contact or a policy number'),
  element: {
    type: 'plain_text_input',
    action_id: 'home-search',
    placeholder: plain('Part of a name or number, then Enter'),
    dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
    max_length: 100,
    ...(state.query === '' ? {} : { initial_value: state.query }),
  },
});

/** The totals are the filters: one tap shows what a number counts. */
const filters = ({ state, page }: ReportParts): KnownBlock[] =>
  actions(
    `filters:${state.at}`,
    REPORT_FILTERS.map((filter) => ({
      text: `${FILTER_NAMES[filter]} ${count(page.totals[filter])}${page.more ? '+' : ''}`,
      action: `home-filter:${filter}`,
      value: filter,
      says: `${state.filter === filter ? 'Shown: ' : 'Show '}${FILTER_NAMES[filter]}, ${count(page.totals[filter])}`,
      ...(state.filter === filter ? { style: 'primary' as const } : {}),
    })),
  );

const MOST_OPTIONS = 99;

const carrierSelect = ({ state, carriers }: ReportParts): StaticSelect[] => {
  if (carriers.length < 2) return [];
  const every = { text: plain('All carriers'), value: 'all' };
  const options = carriers
    .slice(0, MOST_OPTIONS)
    .map(({ id, name }) => ({ text: plain(name), value: id }));
  return [
    {
      type: 'static_select',
      action_id: 'home-carrier',
      placeholder: plain('Carrier'),
      options: [every, ...options],
      initial_option: options.find(({ value }) => value === state.carrier) ?? every,
    },
  ];
};

const clearButton = ({ state }: ReportParts): Button[] =>
  state.query === '' && state.filter === 'all' && state.carrier === undefined
    ? []
    : [button({ text: 'Clear', action: 'home-clear', value: 'clear', says: 'Show all policies' })];

const narrowing = (parts: ReportParts): KnownBlock[] => {
  const elements = [...carrierSelect(parts), ...clearButton(parts)];
  return elements.length === 0
    ? []
    : [{ type: 'actions', block_id: `narrow:${parts.state.at}`, elements }];
};

const shownQuery = (state: HomeState): string => `"${name(state.query)}"`;

const notes = ({ state, page }: ReportParts): KnownBlock[] => {
  const lines = [
    ...(page.more
      ? [`Many policies match ${shownQuery(state)}; not all are looked at. Type more of it.`]
      : []),
    ...(page.totals.all === 0 ? [] : [FILTER_MEANINGS[state.filter]]),
  ];
  return lines.length === 0 ? [] : [context(...lines)];
};

const NOTHING: Record<Exclude<ReportFilter, 'all'>, string> = {
  success: 'None has been read successfully yet.',
  'not-found': 'None is Not Found. :sparkles:',
  'not-synced': 'All that can be synced were, within the last 7 days. :sparkles:',
  'needs-link': 'None needs a link. :sparkles:',
  stale: 'No value is older than it should be. :sparkles:',
  'status-differs': 'Every status is as in the CRM. :sparkles:',
  unconfirmed: 'No values to confirm. :sparkles:',
};

const emptyText = ({ state, page, whenEmpty }: ReportParts): string => {
  if (state.query !== '' && page.totals.all === 0)
    return page.more
      ? 'Type at least two letters or digits.'
      : `No policy matches ${shownQuery(state)}. Try a part of the number, or of the contact's name.`;
  if (page.totals.all === 0 && state.carrier === undefined) return whenEmpty;
  return state.filter === 'all' ? 'No policies here.' : NOTHING[state.filter];
};

const paging = ({ state, page }: ReportParts): KnownBlock[] => {
  const total = page.totals[state.filter];
  const listed = Math.min(total, MOST_LISTED);
  const first = page.page * REPORT_PAGE_SIZE;
  const last = first + page.rows.length;
  const turn = (text: string, to: number, says: string) => ({
    text,
    action: `home-page:${to < page.page ? 'previous' : 'next'}`,
    value: String(to),
    says,
  });
  if (total <= page.rows.length && !page.more) return [];
  return [
    ...actions(`paging:${state.at}`, [
      ...(page.page > 0 ? [turn('‹ Previous', page.page - 1, 'Previous page')] : []),
      ...(last < listed ? [turn('Next ›', page.page + 1, 'Next page')] : []),
    ]),
    context(
      `${count(first + 1)}–${count(last)} of ${count(total)}${page.more ? ' or more' : ''}${
        last >= listed && total > listed
          ? '. The list ends here: search or filter for the others.'
          : ''
      }`,
    ),
  ];
};

/** Search, filters, and the rows of one page. */
export const reportBlocks = (parts: ReportParts): KnownBlock[] => [
  search(parts),
  ...filters(parts),
  ...narrowing(parts),
  ...notes(parts),
  { type: 'divider' },
  ...(parts.page.rows.length === 0
    ? [section(emptyText(parts))]
    : [...parts.page.rows.flatMap((row) => rowBlocks(row, parts)), ...paging(parts)]),
];
