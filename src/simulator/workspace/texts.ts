import {
  anything,
  boolean,
  byType,
  integer,
  list,
  object,
  oneOf,
  rule,
  string,
  type Check,
} from './checks.ts';
import { LIMITS } from './limits.ts';

/** Shapes of Slack's composition objects: texts, options, confirmations, rich text. */
const type = anything;

export const plain = (max: number): Check =>
  byType({ plain_text: object({ type, text: string(max, 1) }, { emoji: boolean }) });

export const mrkdwn = (max: number): Check =>
  byType({ mrkdwn: object({ type, text: string(max, 1) }, { verbatim: boolean }) });

export const anyText = (max: number): Check =>
  byType({
    plain_text: object({ type, text: string(max, 1) }, { emoji: boolean }),
    mrkdwn: object({ type, text: string(max, 1) }, { verbatim: boolean }),
  });

export const confirmation: Check = object(
  { text: anyText(LIMITS.confirm.text) },
  {
    title: plain(LIMITS.confirm.title),
    confirm: plain(LIMITS.confirm.button),
    deny: plain(LIMITS.confirm.button),
    style: oneOf('primary', 'danger'),
  },
);

const option = (text: (max: number) => Check, more: Record<string, Check> = {}): Check =>
  object(
    { text: text(LIMITS.option.text), value: string(LIMITS.option.value, 1) },
    { description: text(LIMITS.option.description), ...more },
  );

/** Options of selects: plain text only. */
export const selectOption = option(plain);
/** Options of radio buttons and checkboxes, which may be formatted. */
export const choiceOption = option(anyText);
export const overflowOption = option(plain, { url: string(LIMITS.option.url) });

export const optionGroup: Check = object({
  label: plain(LIMITS.optionGroupLabel),
  options: list(selectOption, LIMITS.options, 1),
});

const style = object(
  {},
  { bold: boolean, italic: boolean, strike: boolean, code: boolean, underline: boolean },
);

const richPart = byType({
  text: object({ type, text: string(LIMITS.inputLength * 10, 1) }, { style }),
  link: object(
    { type, url: string(LIMITS.button.url, 1) },
    { text: anything, unsafe: boolean, style },
  ),
  user: object({ type, user_id: string(LIMITS.id, 1) }, { style }),
  channel: object({ type, channel_id: string(LIMITS.id, 1) }, { style }),
  usergroup: object({ type, usergroup_id: string(LIMITS.id, 1) }, { style }),
  team: object({ type, team_id: string(LIMITS.id, 1) }, { style }),
  emoji: object({ type, name: string(LIMITS.id, 1) }, { unicode: anything, url: anything, style }),
  date: object(
    { type, timestamp: integer(0, Number.MAX_SAFE_INTEGER), format: string(LIMITS.id, 1) },
    { url: anything, fallback: anything, style },
  ),
  broadcast: object({ type, range: oneOf('here', 'channel', 'everyone') }, { style }),
  color: object({ type, value: string(LIMITS.id, 1) }, { style }),
});

const border = oneOf(0, 1);
const parts = list(richPart, 1000);
const richSection = object({ type, elements: parts });

export const richText: Check = byType({
  rich_text: object(
    {
      type,
      elements: list(
        byType({
          rich_text_section: richSection,
          rich_text_list: object(
            {
              type,
              elements: list(byType({ rich_text_section: richSection }), 1000),
              style: oneOf('bullet', 'ordered'),
            },
            { indent: integer(0, 8), offset: integer(0, 1000), border },
          ),
          rich_text_quote: object({ type, elements: parts }, { border }),
          rich_text_preformatted: object({ type, elements: parts }, { border, language: anything }),
        }),
        1000,
      ),
    },
    { block_id: string(LIMITS.id) },
  ),
});

const hasImage = rule(
  (given) => (given['image_url'] === undefined) !== (given['slack_file'] === undefined),
  'must provide exactly one of `image_url` or `slack_file`',
);

export const imageFields = {
  image_url: string(LIMITS.image.url, 1),
  slack_file: object({}, { url: string(LIMITS.image.url), id: string(LIMITS.id) }),
};

export const image = (more: Record<string, Check> = {}): Check =>
  byType({
    image: object(
      { type, alt_text: string(LIMITS.image.alt, 1) },
      { ...imageFields, ...more },
      hasImage,
    ),
  });
