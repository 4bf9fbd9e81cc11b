import { cutMarkup, escape, type KnownBlock } from './blocks.ts';

/** Slack refuses an update whose text is longer than 4,000 characters. */
const LONGEST = 3900;

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

const EMOJI = /(?<![\p{L}\p{N}]):[a-z][a-z0-9_+-]*:[ \t]*/gu;

/** Names of pictures and marks of bold are nothing that could be heard. */
const bare = (text: string): string => text.replaceAll(EMOJI, '').replaceAll('*', '').trim();

/** What is plain in its block would be markup in a text: names must not become mentions there. */
const plainly = (value: unknown): string =>
  asText(value).replaceAll(EMOJI, '').split('\n').map(escape).join('\n').trim();

const textOf = (value: unknown): string => {
  if (!isObject(value)) return plainly(value);
  return value['type'] === 'mrkdwn' ? bare(asText(value['text'])) : plainly(value['text']);
};

/** What is there to be used says itself. */
const isUsed = (element: Json): boolean => element['action_id'] !== undefined;

const elementText = (element: Json): string => {
  if (isUsed(element)) return '';
  return element['type'] === 'image' ? plainly(element['alt_text']) : textOf(element);
};

const richText = (value: unknown): string =>
  objects(isObject(value) ? value['elements'] : [])
    .map((element) =>
      Array.isArray(element['elements']) ? richText(element) : plainly(element['text']),
    )
    .join('');

const cellText = (cell: Json): string =>
  cell['type'] === 'rich_text' ? richText(cell) : plainly(cell['text']);

/** A line a row. A number is said with what it counts, and what counts nothing is not said. */
const rowText = (head: readonly string[], row: readonly Json[]): string => {
  const isNumber = (cell: Json): boolean => cell['type'] === 'raw_number';
  const words = row.filter((cell) => !isNumber(cell)).map(cellText);
  const numbers = row.flatMap((cell, index) =>
    isNumber(cell) && cell['value'] !== 0 ? [`${head[index] ?? ''} ${cellText(cell)}`] : [],
  );
  const said = words.filter((text) => text !== '–').join(', ');
  return numbers.length === 0 ? said : `${said}: ${numbers.join(', ')}`;
};

const tableText = ({ caption, rows }: Json, width: number): string => {
  const [head = [], ...rest] = Array.isArray(rows) ? rows.map(objects) : [];
  const names = head.map(cellText);
  return [plainly(caption), ...rest.map((row) => cutMarkup(rowText(names, row), width))]
    .filter((text) => text !== '')
    .join('\n');
};

const taskText = ({ title, output, details }: Json): string =>
  [plainly(title), richText(details), richText(output)].filter((text) => text !== '').join('. ');

const blockText = (block: Json, width: number): string => {
  const { type, text, fields, elements, accessory, title, tasks, label } = block;
  switch (type) {
    case 'section':
      return [
        textOf(text),
        ...objects(fields).map(textOf),
        isObject(accessory) ? elementText(accessory) : '',
      ]
        .filter((line) => line !== '')
        .join('\n');
    case 'context':
      return objects(elements)
        .map(elementText)
        .filter((line) => line !== '')
        .join('\n');
    case 'image':
      return plainly(block['alt_text']);
    case 'plan':
      return [textOf(title), ...objects(tasks).map(taskText)].join('\n');
    case 'task_card':
      return taskText(block);
    case 'table':
    case 'data_table':
      return tableText(block, width);
    case 'rich_text':
      return objects(elements).map(richText).join('\n');
    case 'input':
      return textOf(label);
    default:
      return [textOf(title), textOf(text)].filter((line) => line !== '').join('\n');
  }
};

/** Characters of a row: all of it, or what lets every row of a long table be heard. */
const WIDTHS = [Infinity, 240, 180, 140, 120, 105, 90, 80, 70, 62, 54, 48, 42, 36];

/**
 * What blocks say, for who hears a message and for notifications: neither reads blocks. Buttons are
 * not in it, as they are heard by themselves.
 */
const spokenText = (blocks: readonly KnownBlock[]): string => {
  let text = '';
  // Nearly every message is heard whole: what is narrower is made only where that is too long.
  for (const width of WIDTHS) {
    text = blocks
      .map((block) => blockText(block as unknown as Json, width))
      .filter((said) => said !== '')
      .join('\n');
    if (text.length <= LONGEST) return text;
  }
  return cutMarkup(text, LONGEST);
};

/** Blocks with the text that says the same. */
export const spoken = (blocks: KnownBlock[]): { text: string; blocks: KnownBlock[] } => ({
  text: spokenText(blocks),
  blocks,
});
