import {
  anything,
  boolean,
  byType,
  integer,
  list,
  number,
  object,
  oneOf,
  rule,
  string,
  type Check,
} from './checks.ts';
import {
  accessory,
  actionElement,
  button,
  contextActionElement,
  contextElement,
  inputElement,
} from './elements.ts';
import { LIMITS } from './limits.ts';
import { asObject } from './json.ts';
import { anyText, image, mrkdwn, plain, richText } from './texts.ts';

const type = anything;
const id = { block_id: string(LIMITS.id, 1) };
const url = string(LIMITS.image.url, 1);

const distinct = (holder: string, field: string): Check =>
  rule((given) => {
    const items = Array.isArray(given[holder]) ? given[holder] : [];
    const ids = items.map((item) => asObject(item)?.[field]).filter((value) => value !== undefined);
    return new Set(ids).size === ids.length;
  }, `\`${field}\` must be unique`);

const sameWidth = rule((given) => {
  const rows = Array.isArray(given['rows']) ? given['rows'] : [];
  const widths = rows.map((row: unknown) => (Array.isArray(row) ? row.length : 0));
  return new Set(widths).size <= 1;
}, 'all rows must have the same number of columns');

const cell = byType({
  raw_text: object({ type, text: string(LIMITS.dataTable.characters, 1) }),
  raw_number: object({ type, value: number, text: string(LIMITS.dataTable.characters, 1) }),
  rich_text: richText,
});

const task = (...states: string[]): Check =>
  byType({
    task_card: object(
      {
        type,
        task_id: string(LIMITS.id, 1),
        title: string(LIMITS.text, 1),
        status: oneOf(...states),
      },
      {
        ...id,
        details: richText,
        output: richText,
        sources: list(
          byType({ url: object({ type, url, text: string(LIMITS.text, 1) }) }),
          LIMITS.options,
        ),
      },
    ),
  });

const card = object(
  { type },
  {
    ...id,
    hero_image: image(),
    icon: image(),
    title: mrkdwn(LIMITS.card.title),
    subtitle: mrkdwn(LIMITS.card.subtitle),
    body: mrkdwn(LIMITS.card.body),
    subtext: mrkdwn(LIMITS.card.subtext),
    actions: list(button, LIMITS.card.actions),
  },
  rule(
    (given) => ['hero_image', 'title', 'actions', 'body'].some((name) => given[name] !== undefined),
    'must provide at least one of `hero_image`, `title`, `actions` or `body`',
  ),
);

/** Every block of Slack's, by type. */
export const BLOCKS: Record<string, Check> = {
  actions: object(
    { type, elements: list(actionElement, LIMITS.actions, 1) },
    id,
    distinct('elements', 'action_id'),
  ),
  alert: object(
    { type, text: anyText(LIMITS.alert) },
    { ...id, level: oneOf('default', 'info', 'warning', 'error', 'success') },
  ),
  card,
  carousel: object({ type, elements: list(byType({ card }), LIMITS.carousel, 1) }, id),
  context: object({ type, elements: list(contextElement, LIMITS.context, 1) }, id),
  context_actions: object(
    { type, elements: list(contextActionElement, LIMITS.contextActions, 1) },
    id,
  ),
  data_table: object(
    {
      type,
      caption: string(LIMITS.text, 1),
      rows: list(
        list(cell, LIMITS.dataTable.columns, 1),
        LIMITS.dataTable.rows,
        LIMITS.dataTable.minRows,
      ),
    },
    {
      ...id,
      page_size: integer(1, LIMITS.dataTable.pageSize),
      row_header_column_index: integer(0, LIMITS.dataTable.columns - 1),
    },
    sameWidth,
  ),
  data_visualization: object(
    { type, title: string(LIMITS.visualizationTitle, 1), chart: anything },
    id,
  ),
  divider: object({ type }, id),
  file: object({ type, source: oneOf('remote'), external_id: string(LIMITS.id, 1) }, id),
  header: object({ type, text: plain(LIMITS.header) }, id),
  image: image({ ...id, title: plain(LIMITS.image.title) }),
  input: object(
    { type, label: plain(LIMITS.input.label), element: inputElement },
    { ...id, hint: plain(LIMITS.input.hint), optional: boolean, dispatch_action: boolean },
  ),
  markdown: object({ type, text: string(LIMITS.markdown, 1) }, id),
  plan: object(
    { type, title: string(LIMITS.text, 1) },
    {
      ...id,
      tasks: list(task('pending', 'in_progress', 'complete', 'error'), LIMITS.messageBlocks),
    },
    distinct('tasks', 'task_id'),
  ),
  rich_text: richText,
  section: object(
    { type },
    {
      ...id,
      text: anyText(LIMITS.section.text),
      fields: list(anyText(LIMITS.section.field), LIMITS.section.fields, 1),
      accessory,
      expand: boolean,
    },
    rule(
      (given) => given['text'] !== undefined || given['fields'] !== undefined,
      'must provide at least one of `text` or `fields`',
    ),
  ),
  table: object(
    { type, rows: list(list(cell, LIMITS.table.columns, 1), LIMITS.table.rows, 1) },
    {
      ...id,
      column_settings: list(
        object({}, { align: oneOf('left', 'center', 'right'), is_wrapped: boolean }),
        LIMITS.table.columns,
      ),
    },
    sameWidth,
  ),
  task_card: task('in_progress', 'complete', 'error'),
  video: object(
    {
      type,
      video_url: url,
      thumbnail_url: url,
      alt_text: string(LIMITS.video.alt, 1),
      title: plain(LIMITS.video.title),
    },
    {
      ...id,
      title_url: url,
      author_name: string(LIMITS.video.author),
      provider_name: string(LIMITS.video.provider),
      provider_icon_url: url,
      description: plain(LIMITS.video.description),
    },
  ),
};

const CHILDREN = 'actions context divider file header image input rich_text section table video';

BLOCKS['container'] = object(
  {
    type,
    child_blocks: list(
      byType(
        Object.fromEntries(CHILDREN.split(' ').map((name) => [name, BLOCKS[name] ?? anything])),
      ),
      LIMITS.container.blocks,
      1,
    ),
  },
  {
    ...id,
    title: plain(LIMITS.container.title),
    rich_text_title: richText,
    subtitle: anyText(LIMITS.container.subtitle),
    width: oneOf('narrow', 'standard', 'wide', 'full'),
    icon: image(),
    is_collapsible: boolean,
    default_collapsed: boolean,
    has_header_divider: boolean,
  },
  rule(
    (given) => given['title'] !== undefined || given['rich_text_title'] !== undefined,
    'must provide one of `title` or `rich_text_title`',
  ),
);
