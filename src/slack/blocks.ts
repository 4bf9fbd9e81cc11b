import type {
  ActionsBlock,
  Button,
  ContextBlock,
  KnownBlock,
  MrkdwnElement,
  PlainTextElement,
  SectionBlock,
} from '@slack/types';

export const count = (n: number): string => n.toLocaleString('en-US');

export const policies = (n: number): string => (n === 1 ? '1 policy' : `${count(n)} policies`);

/** Slack's literals with the limits that a text of ours could meet. */
export const plain = (text: string, most = 75): PlainTextElement => ({
  type: 'plain_text',
  text: cut(oneLine(text), most),
  emoji: true,
});

/** Never in the middle of a character: half an emoji is no text to Slack. */
export const cut = (text: string, most: number): string =>
  text.length <= most
    ? text
    : `${text
        .slice(0, most - 1)
        .replace(/[\uD800-\uDBFF]$/, '')
        .trimEnd()}…`;

/** The same for Slack's own markup, where no entity, token or bold run may stay half open. */
export const cutMarkup = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const kept = cut(text, most - 1).replace(/(&[a-z]{0,4}|<[^<>]*)…$/, '…');
  return kept.split('*').length % 2 === 0 ? `${kept}*` : kept;
};

/** Without line breaks and the invisible marks that turn the direction of what comes after. */
const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]+/gu, '')
    .trim();

const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Kept apart from the text around it, which else would be read from right to left as well. */
export const isolated = (text: string): string =>
  RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;

/** What would format; in the full width form, which a search folds back to the plain one. */
const FORMATTING: Record<string, string> = { '*': '＊', '~': '～', '`': '｀', _: '＿' };

/** Names and numbers are other people's text: they must not become mentions, links or emphasis. */
export const escape = (text: string): string =>
  isolated(oneLine(text))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[*~`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, (mark) => FORMATTING[mark] ?? mark);

/** About two lines of a phone. */
const LONGEST_NAME = 80;

export const name = (text: string): string => escape(cut(oneLine(text), LONGEST_NAME));

export const bold = (text: string): string => (text.trim() === '' ? '' : `*${name(text)}*`);

/** The first few, and how many more there are. */
export const few = (texts: readonly string[], word: 'and' | 'or', most = 3): string => {
  const shown = texts.slice(0, most);
  const more = texts.length - shown.length;
  const all = more > 0 ? [...shown, `${more} more`] : shown;
  return all.length < 2
    ? (all[0] ?? '')
    : `${all.slice(0, -1).join(', ')} ${word} ${all.at(-1) ?? ''}`;
};

/** `verbatim`: what looks like a link, a channel or @somebody in a name stays plain text. */
const mrkdwn = (text: string, most: number): MrkdwnElement => ({
  type: 'mrkdwn',
  text: cutMarkup(text, most),
  verbatim: true,
});

export const section = (text: string): SectionBlock => ({
  type: 'section',
  text: mrkdwn(text, 3000),
  expand: true,
});

/** What a line is about, with its button beside it; beneath it on a phone. */
export const line = (text: string, spec: ButtonSpec, blockId: string): SectionBlock => ({
  ...section(text),
  block_id: blockId,
  accessory: button(spec),
});

export const context = (...lines: string[]): ContextBlock => ({
  type: 'context',
  elements: lines.map((text) => mrkdwn(text, 2000)),
});

export interface ButtonSpec {
  text: string;
  action: string;
  value: string;
  style?: 'primary' | 'danger';
  url?: string;
  /** What a screen reader says instead of the short text. */
  says?: string;
  /** Slack asks before the click counts. */
  confirm?: { title: string; text: string; yes: string };
}

export const button = ({ text, action, value, style, url, says, confirm }: ButtonSpec): Button => ({
  type: 'button',
  text: plain(text),
  action_id: action,
  value,
  ...(style === undefined ? {} : { style }),
  ...(url === undefined ? {} : { url }),
  ...(says === undefined ? {} : { accessibility_label: cut(says, 75) }),
  ...(confirm === undefined
    ? {}
    : {
        confirm: {
          title: plain(confirm.title, 100),
          text: plain(confirm.text, 300),
          confirm: plain(confirm.yes, 30),
          deny: plain('No', 30),
        },
      }),
});

export const actions = (blockId: string, buttons: readonly ButtonSpec[]): ActionsBlock[] =>
  buttons.length === 0
    ? []
    : [{ type: 'actions', block_id: blockId, elements: buttons.map(button) }];

/** An instant as each reader's own clock shows it. */
export const at = (ms: number, form = '{date_short_pretty} at {time}'): string => {
  const fallback = new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
  return `<!date^${Math.floor(ms / 1000)}^${form}|${fallback} UTC>`;
};

/**
 * The same in the middle of a sentence, with the words before it: "ends today at 5:02 PM". Slack writes
 * "Today" where its date begins with the day, and "today" where words of ours do. They are no one's
 * name: what ends a date would end it there.
 */
export const atAfter = (
  words: string,
  ms: number,
  form = '{date_short_pretty} at {time}',
): string => at(ms, `${words} ${form}`).replace('|', `|${words} `);

// Made once: making one takes many times as long as writing a day with it.
const DAY = new Intl.DateTimeFormat('en-US', {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'short',
  day: 'numeric',
});

/** An as-of date is a day, not an instant: "Nov 20, 2026". */
export const day = (iso: string): string => DAY.format(new Date(`${iso}T12:00:00Z`));

export type { KnownBlock };

/** Somebody's own words, with the emphasis that they put there; no mention and no link is in them. */
export const ownWords = (text: string): string =>
  isolated(oneLine(text))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('```', "'''");

/** The same line by line: emphasis ends with its line, so that none formats what comes after. */
export const quote = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => `> ${ownWords(line)}`)
    .join('\n');
