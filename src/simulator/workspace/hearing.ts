import { asObject, asObjects, asText, type Json } from './json.ts';
import { fileOf } from './state.ts';
import type { World } from './world.ts';

/**
 * What somebody who hears a message or a view misses. Slack refuses none of it: a screen reader and
 * a notification read a message's text, and of what can be used its label.
 */

/** Words that stand in what is shown; what can be used is heard by itself. */
const wordsShown = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(wordsShown);
  const given = asObject(value);
  if (given === undefined || given['action_id'] !== undefined) return [];
  if (given['type'] === 'table' || given['type'] === 'data_table') return wordsOfTable(given);
  return Object.entries(given).flatMap(([name, part]) =>
    typeof part === 'string' ? (SAYING.has(name) ? wordsIn(part) : []) : wordsShown(part),
  );
};

const SAYING = new Set(['text', 'title', 'caption', 'alt_text', 'description', 'subtitle', 'body']);

/** Headings stand above, and a number that is 0 may be left out. */
const wordsOfTable = ({ caption, rows }: Json): string[] => [
  ...wordsIn(asText(caption)),
  ...(Array.isArray(rows) ? rows.slice(1) : []).flatMap((row) =>
    asObjects(row).flatMap((cell) =>
      cell['type'] === 'raw_number' && cell['value'] === 0 ? [] : wordsShown(cell),
    ),
  ),
];

const EMOJI = /(?<![\p{L}\p{N}]):[a-z][a-z0-9_+-]*:/gu;

const wordsIn = (text: string): string[] =>
  text
    .replaceAll(EMOJI, ' ')
    .replaceAll(/&(amp|lt|gt);/g, ' ')
    .match(/[\p{L}\p{N}$%]+/gu) ?? [];

/** Slack takes no more of a text than so much; what goes on is cut, and says so. */
const isCut = (text: string): boolean => text.length > 2900 && text.includes('…');

const unsaid = (text: string, blocks: unknown): string[] => {
  if (isCut(text)) return [];
  const said = new Set(wordsIn(text));
  const missing = [...new Set(wordsShown(blocks))].filter((word) => !said.has(word));
  return missing.length === 0 ? [] : [`its text leaves out: ${missing.slice(0, 12).join(' ')}`];
};

const everything = (value: unknown): Json[] => {
  if (Array.isArray(value)) return value.flatMap(everything);
  const given = asObject(value);
  return given === undefined ? [] : [given, ...Object.values(given).flatMap(everything)];
};

const alike = (blocks: unknown): string[] => {
  const labels = everything(blocks)
    .filter(({ type }) => type === 'button')
    .map((button) => {
      const label =
        asText(button['accessibility_label']) || asText(asObject(button['text'])?.['text']);
      return label.toLowerCase();
    });
  const twice = [...new Set(labels.filter((label, index) => labels.indexOf(label) !== index))];
  return twice.map((label) => `more than one button is heard as "${label}"`);
};

const IMAGE = /\.(png|jpe?g|gif)$/i;

/** A picture here is a chart or a page: without its figures its words say nothing. */
const mute = (world: World, blocks: unknown): string[] =>
  everything(blocks)
    .filter(({ type }) => type === 'image')
    .flatMap((image) => {
      const file = fileOf(world.state, asText(asObject(image['slack_file'])?.['id']));
      const told = /\d/.test(asText(image['alt_text']));
      const named = file === undefined || !IMAGE.test(file.name) || file.alt !== '';
      return [
        ...(told ? [] : ['the words of a picture hold no figure']),
        ...(named ? [] : [`the file ${file.name} has no words of its own`]),
      ];
    });

const note = (world: World, what: string, problems: readonly string[]): void => {
  for (const problem of problems) world.unheard.push(`${what}: ${problem}`);
};

/** A message as it is shown now, whether new or updated. */
export const hearMessage = (world: World, text: string, blocks: readonly unknown[]): void =>
  note(world, `message "${text.slice(0, 60)}"`, [
    ...(blocks.length === 0 ? [] : unsaid(text, blocks)),
    ...alike(blocks),
    ...mute(world, blocks),
  ]);

/** Views have no text: what is in them is read from their blocks. */
export const hearView = (world: World, { type, title, callback_id, blocks }: Json): void => {
  const name = asText(asObject(title)?.['text']) || asText(callback_id);
  note(world, `${asText(type)} "${name}"`, [...alike(blocks), ...mute(world, blocks)]);
};
