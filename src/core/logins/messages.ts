import { LINKING_OFF } from '#slack/answers.ts';
import type { LoginSource } from './store/login-sources.ts';
import type { Actor } from '#shared/access.ts';
import { managesFirm, maySource } from './login-sources.ts';
import type { Answer } from '#slack/answers.ts';
import {
  actions,
  context,
  plain,
  section,
  type ButtonSpec,
  type KnownBlock,
} from '#slack/blocks.ts';
import { menuLine } from '#slack/listen.ts';
import { linkButtons, sourceLine } from './login-lines.ts';
import { spoken } from '#slack/spoken.ts';

/** What the menu beside a login offers. */
type SourceAct = 'hold' | 'end-hold' | 'rename' | 'share' | 'unlink' | 'remove';

const ACT_WORDS: Record<SourceAct, string> = {
  hold: "I'm in the portal: hold",
  'end-hold': "I'm done in the portal",
  rename: 'Rename',
  share: 'Share',
  unlink: 'Unlink',
  remove: 'Remove',
};

const actsOf = (source: LoginSource, actor: Actor, now: number): SourceAct[] => [
  ...((source.linked || source.heldUntil > now) && maySource(actor, 'source.hold', source)
    ? [source.heldUntil > now ? ('end-hold' as const) : ('hold' as const)]
    : []),
  ...(maySource(actor, 'source.manage', source)
    ? (['rename', 'share', ...(source.linked ? (['unlink'] as const) : []), 'remove'] as const)
    : []),
];

/** Slack's limit for the value of a line of a menu. */
const LONGEST_VALUE = 150;

/** With the list that it stands in, which follows; one of many words leads to the whole of it. */
const actValue = (act: SourceAct, source: string, { called, ...list }: SourceList): string => {
  const [full = '', short = ''] = [{ ...list, called }, list].map((each) =>
    menuLine(`source-${act}`, { source, list: sourceListValue(each) }),
  );
  return full.length <= LONGEST_VALUE ? full : short;
};

const row = (
  source: LoginSource,
  index: number,
  actor: Actor,
  now: number,
  list: SourceList,
): KnownBlock => {
  const [first, ...rest] = actsOf(source, actor, now).map((act) => ({
    text: plain(ACT_WORDS[act]),
    value: actValue(act, source.id, list),
  }));
  const line = section(sourceLine(source, actor, now));
  return first === undefined
    ? line
    : {
        ...line,
        accessory: {
          type: 'overflow',
          action_id: `source-menu:${index}`,
          options: [first, ...rest],
        },
      };
};

export const FIRM_PAGE = 15;
const OWN_PAGE = 30;

const totals = (sources: readonly LoginSource[]): string => {
  const linked = sources.filter((source) => source.linked).length;
  const unlinked = sources.length - linked;
  return unlinked === 0 ? `all ${linked} linked` : `${linked} linked, ${unlinked} unlinked`;
};

interface ListSettings {
  now: number;
  canLink: boolean;
}

const listOf = (
  actor: Actor,
  { now, canLink }: ListSettings,
  title: string,
  sources: readonly LoginSource[],
  more: { list: SourceList; about: string; buttons: ButtonSpec[] },
): Answer => {
  const links = canLink ? linkButtons(sources, actor, now) : [];
  return spoken([
    section(`*${title}*  ${more.about}`),
    ...actions('links', links),
    ...sources.map((source, index) => row(source, index, actor, now, more.list)),
    ...(canLink ? [] : [context(LINKING_OFF)]),
    ...actions('sources', more.buttons),
  ]);
};

/** A new login may be called otherwise than those that are listed. */
const addButton = ({ kind, page }: SourceList): ButtonSpec => ({
  text: 'Add a login',
  action: 'source-add',
  value: sourceListValue({ kind, page }),
});
const refreshButton = (value: string): ButtonSpec => ({
  text: 'Refresh',
  action: 'source-list:refresh',
  value,
});

/** Which list is shown; travels in its buttons, and is checked again. */
export interface SourceList {
  kind: 'mine' | 'firm';
  page: number;
  /** Those alone of one's own that are called so; words for a search. */
  called?: string | undefined;
}

export const sourceListValue = ({ kind, page, called }: SourceList): string =>
  `${kind}:${page}${called === undefined ? '' : `:${called}`}`;

export const parseSourceList = (value: string | undefined): SourceList => {
  const [, kind, page, called] = /^(mine|firm):(\d{1,4})(?::(.{1,1000}))?$/.exec(value ?? '') ?? [];
  return {
    kind: kind === 'firm' ? 'firm' : 'mine',
    page: Number(page ?? 0),
    called,
  };
};

/** The way to what comes before and after a page; `end`: how many are on it and before it. */
const leaves = (list: SourceList, end: number, total: number): ButtonSpec[] => {
  const { page } = list;
  const leaf = (text: string, to: number, action: string): ButtonSpec => ({
    text,
    action: `source-list:${action}`,
    value: sourceListValue({ ...list, page: to }),
  });
  return [
    ...(page > 0 ? [leaf('Previous', page - 1, 'previous')] : []),
    ...(end < total ? [leaf('Next', page + 1, 'next')] : []),
  ];
};

/** The advisor's morning: every login with how it stands, and a row of Link buttons. */
export const sourcesMessage = (
  sources: readonly LoginSource[],
  page: number,
  actor: Actor,
  settings: ListSettings,
  called?: string,
): Answer => {
  const firm: ButtonSpec[] = managesFirm(actor)
    ? [{ text: 'All of the firm', action: 'source-list:firm', value: 'firm:0' }]
    : [];
  if (sources.length === 0)
    return spoken([
      section(
        'You have no login sources yet. Add the login of one carrier, then link it: its policies can be synced from then on.',
      ),
      ...actions('sources', [{ ...addButton({ kind: 'mine', page }), style: 'primary' }, ...firm]),
    ]);
  // A page that was left may be empty by now.
  const at = Math.min(page, Math.ceil(sources.length / OWN_PAGE) - 1);
  const from = at * OWN_PAGE;
  const shown = sources.slice(from, from + OWN_PAGE);
  const end = from + shown.length;
  const list = { kind: 'mine', page: at, called } as const;
  return listOf(actor, settings, 'Your login sources', shown, {
    list,
    about:
      shown.length === sources.length
        ? totals(sources)
        : `${totals(sources)} · ${from + 1} to ${end}, unlinked ones first`,
    buttons: [
      ...leaves(list, end, sources.length),
      addButton(list),
      refreshButton(sourceListValue(list)),
      ...firm,
    ],
  });
};

export const firmMessage = (
  { sources, total }: { sources: readonly LoginSource[]; total: number },
  page: number,
  actor: Actor,
  settings: ListSettings,
): Answer => {
  const from = page * FIRM_PAGE;
  const list = { kind: 'firm', page } as const;
  return listOf(actor, settings, "The firm's login sources", sources, {
    list,
    about:
      sources.length === 0
        ? 'none here'
        : `${from + 1} to ${from + sources.length} of ${total}, unlinked ones first`,
    buttons: [
      ...leaves(list, from + sources.length, total),
      addButton(list),
      { text: 'Only mine', action: 'source-list:mine', value: 'mine' },
      refreshButton(sourceListValue(list)),
    ],
  });
};
