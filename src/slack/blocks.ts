import type {
  ActionsBlock,
  Button,
  ContextBlock,
  KnownBlock,
  PlainTextElement,
  SectionBlock,
} from '@slack/types';

/** Slack's literals with the limits that a text of ours could meet. */
export const plain = (text: string, most = 75): PlainTextElement => ({
  type: 'plain_text',
  text: cut(text, most),
  emoji: true,
});

export const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;

/** Names and numbers are other people's text: they must not become mentions, links or emphasis. */
export const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** In bold, without the characters that would end it early. */
export const bold = (text: string): string => `*${escape(text).replaceAll('*', '∗')}*`;

export const section = (text: string): SectionBlock => ({
  type: 'section',
  text: { type: 'mrkdwn', text: cut(text, 3000) },
  expand: true,
});

export const context = (...lines: string[]): ContextBlock => ({
  type: 'context',
  elements: lines.map((text) => ({ type: 'mrkdwn', text: cut(text, 2000) })),
});

export interface ButtonSpec {
  text: string;
  action: string;
  value: string;
  style?: 'primary' | 'danger';
  url?: string;
  /** What a screen reader says instead of the short text. */
  says?: string;
}

export const button = ({ text, action, value, style, url, says }: ButtonSpec): Button => ({
  type: 'button',
  text: plain(text),
  action_id: action,
  value,
  ...(style === undefined ? {} : { style }),
  ...(url === undefined ? {} : { url }),
  ...(says === undefined ? {} : { accessibility_label: cut(says, 75) }),
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

/** An as-of date is a day, not an instant: "Nov 20, 2026". */
export const day = (iso: string): string =>
  new Date(`${iso}T12:00:00Z`).toLocaleDateString('en-US', {
    timeZone: 'UTC',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
  });

export type { KnownBlock };
