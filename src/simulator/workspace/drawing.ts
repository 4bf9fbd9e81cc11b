import type { KnownBlock } from '@slack/types';
import { asObject, asObjects, asText, type Json } from './json.ts';
import { emoji, plainText, richDate, type Names } from './mrkdwn.ts';
import { drawTable } from './tables.ts';

/** Blocks as plain text: elements in brackets, tables in columns. */
export const textOf = (value: unknown, names: Names): string => {
  if (typeof value === 'string') return emoji(value);
  const given = asObject(value);
  const text = asText(given?.['text']);
  return given?.['type'] === 'mrkdwn' ? plainText(text, names) : emoji(text);
};

const richPart = (part: Json, names: Names): string => {
  switch (part['type']) {
    case 'link':
      return part['text'] === undefined
        ? asText(part['url'])
        : `${asText(part['text'])} (${asText(part['url'])})`;
    case 'user':
      return `@${names.person(asText(part['user_id']))}`;
    case 'channel':
      return `#${names.channel(asText(part['channel_id']))}`;
    case 'emoji':
      return emoji(`:${asText(part['name'])}:`);
    case 'date':
      return richDate(Number(part['timestamp']), asText(part['format']), names.timeZone);
    case 'broadcast':
      return `@${asText(part['range'])}`;
    default:
      return asText(part['text']);
  }
};

const rich = (value: unknown, names: Names): string =>
  asObjects(asObject(value)?.['elements'])
    .map((element) => {
      if (element['type'] === 'rich_text_list')
        return asObjects(element['elements'])
          .map((item, index) => {
            const mark = element['style'] === 'ordered' ? `${index + 1}.` : '•';
            return `${mark} ${partsOf(item, names)}`;
          })
          .join('\n');
      const text = partsOf(element, names);
      return element['type'] === 'rich_text_quote' ? text.replace(/^/gm, '> ') : text;
    })
    .join('\n');

const partsOf = (element: Json, names: Names): string =>
  asObjects(element['elements'])
    .map((part) => richPart(part, names))
    .join('');

const optionTexts = (element: Json, names: Names): string =>
  asObjects(element['options'])
    .map(({ text }) => textOf(text, names))
    .join(' | ');

const chosenIn = (element: Json, names: Names): string =>
  textOf(asObject(element['initial_option'])?.['text'], names) ||
  asText(element['initial_value'] ?? element['initial_date'] ?? element['initial_time']);

/** An element as people name it: `[Button]`, `[Choose a source ▾]`, `(•) One`, `[________]`. */
const drawElement = (element: Json, names: Names): string => {
  const type = asText(element['type']);
  const label = textOf(element['placeholder'], names);
  switch (type) {
    case 'plain_text':
    case 'mrkdwn':
      return textOf(element, names);
    case 'image':
      return `(image: ${asText(element['alt_text'])})`;
    case 'button':
    case 'workflow_button':
    case 'icon_button': {
      const url = asText(element['url']);
      const text = `[${textOf(element['text'], names)}]`;
      return url === '' ? text : `${text} (${url})`;
    }
    case 'overflow':
      return `[… ${optionTexts(element, names)}]`;
    case 'radio_buttons':
    case 'checkboxes':
      return `[${optionTexts(element, names)}]`;
    case 'feedback_buttons':
      return '[👍] [👎]';
    default:
      break;
  }
  const shown = chosenIn(element, names) || label || '________';
  return type.endsWith('_select') || type.endsWith('picker') ? `[${shown} ▾]` : `[${shown}]`;
};

const drawElements = (elements: unknown, names: Names, between: string): string =>
  asObjects(elements)
    .map((element) => drawElement(element, names))
    .join(between);

const TASK: Record<string, string> = {
  pending: '○',
  in_progress: '◐',
  complete: '●',
  error: '✗',
};

const drawTask = (task: Json, names: Names): string => {
  const head = `${TASK[asText(task['status'])] ?? '·'} ${emoji(asText(task['title']))}`;
  const more = [rich(task['details'], names), rich(task['output'], names)].filter(Boolean);
  return [head, ...more.map((text) => text.replace(/^/gm, '    '))].join('\n');
};

const cellText = (cell: unknown, names: Names): string => {
  const given = asObject(cell) ?? {};
  return given['type'] === 'rich_text' ? rich(given, names) : emoji(asText(given['text']));
};

const rowsOf = (block: Json, names: Names): string[][] =>
  Array.isArray(block['rows'])
    ? block['rows'].map((row: unknown) =>
        Array.isArray(row) ? row.map((cell) => cellText(cell, names)) : [],
      )
    : [];

const drawSection = (block: Json, names: Names): string => {
  const accessory = asObject(block['accessory']);
  const text = textOf(block['text'], names);
  const fields = asObjects(block['fields']).map((field) =>
    textOf(field, names).replaceAll('\n', ' '),
  );
  const element = accessory === undefined ? '' : drawElement(accessory, names);
  return [[text, element].filter(Boolean).join('  '), ...fields].filter(Boolean).join('\n');
};

const DRAWN: Record<string, (block: Json, names: Names) => string> = {
  header: (block, names) => `== ${textOf(block['text'], names)} ==`,
  section: drawSection,
  divider: () => '────',
  context: (block, names) => drawElements(block['elements'], names, ' · '),
  actions: (block, names) => drawElements(block['elements'], names, ' '),
  context_actions: (block, names) => drawElements(block['elements'], names, ' '),
  markdown: (block) => emoji(asText(block['text'])).replaceAll('**', ''),
  rich_text: rich,
  image: (block) => `(image: ${asText(block['alt_text'])})`,
  video: (block, names) => `(video: ${textOf(block['title'], names)})`,
  alert: (block, names) => `! ${textOf(block['text'], names)}`,
  input: (block, names) =>
    [
      `${textOf(block['label'], names)}: ${drawElement(asObject(block['element']) ?? {}, names)}`,
      textOf(block['hint'], names),
    ]
      .filter(Boolean)
      .join('\n  '),
  plan: (block, names) =>
    [
      emoji(asText(block['title'])),
      ...asObjects(block['tasks']).map((task) => drawTask(task, names)),
    ].join('\n'),
  task_card: drawTask,
  table: (block, names) => drawTable(rowsOf(block, names)),
  data_table: (block, names) =>
    [emoji(asText(block['caption'])), drawTable(rowsOf(block, names))].join('\n'),
  card: (block, names) =>
    [
      ...['title', 'subtitle', 'body', 'subtext'].map((name) => textOf(block[name], names)),
      drawElements(block['actions'], names, ' '),
    ]
      .filter(Boolean)
      .join('\n'),
  carousel: (block, names) => drawBlocks(asObjects(block['elements']), names),
  container: (block, names) =>
    [
      textOf(block['title'], names) || rich(block['rich_text_title'], names),
      drawBlocks(asObjects(block['child_blocks']), names),
    ].join('\n'),
};

export const drawBlocks = (blocks: readonly (Json | KnownBlock)[], names: Names): string =>
  blocks
    .map((block) => {
      const given = block as Json;
      return DRAWN[asText(given['type'])]?.(given, names) ?? `(${asText(given['type'])})`;
    })
    .filter(Boolean)
    .join('\n');
