import type { KnownBlock } from '@slack/types';
import { drawBlocks, textOf } from './drawing.ts';
import { asObject, asText, type Json } from './json.ts';
import { plainText, type Names } from './mrkdwn.ts';
import { TIME_ZONE } from './seed.ts';
import type { LocalMessage, LocalState, LocalView } from './protocol.ts';

/** Messages and views drawn as plain text: what a terminal, a log or a test's failure shows. */
export const namesOf = (
  { people, channels }: Pick<LocalState, 'people' | 'channels'>,
  timeZone = TIME_ZONE,
): Names => ({
  person: (id) => people.find((person) => person.id === id)?.name ?? id,
  channel: (id) => channels.find((channel) => channel.id === id)?.name ?? id,
  timeZone,
});

/** The content of one message: its blocks, else its text. */
export const drawContent = (
  { text, blocks, files = [] }: Pick<LocalMessage, 'text' | 'blocks' | 'files'>,
  names: Names,
): string =>
  [
    blocks.length > 0 ? drawBlocks(blocks, names) : plainText(text, names),
    ...files.map(({ name }) => `(file: ${name})`),
  ]
    .filter(Boolean)
    .join('\n');

const timeOf = (ts: string, { timeZone }: Names): string =>
  new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit', timeZone }).format(
    Number(ts) * 1000,
  );

/** One message: who, when, and what, indented; replies stand further in. */
export const drawMessage = (message: LocalMessage, names: Names): string => {
  const marks = [
    timeOf(message.ts, names),
    ...(message.edited ? ['edited'] : []),
    ...(message.ephemeral ? ['only visible to you'] : []),
  ];
  const lead = message.threadTs === undefined ? '' : '    ';
  const head = `${lead}${names.person(message.user)} (${marks.join(', ')})`;
  const body = drawContent(message, names).replace(/^(?=.)/gm, `${lead}  `);
  return `${head}\n${body}`;
};

/** A channel or a thread as plain text, oldest first. */
export const drawMessages = (messages: readonly LocalMessage[], names: Names): string =>
  messages.map((message) => drawMessage(message, names)).join('\n\n');

/** An input as it stands once something was entered. */
const withEntered = (block: KnownBlock, values: NonNullable<LocalView['values']>): Json => {
  const given = block as unknown as Json;
  const element = asObject(given['element']);
  if (element === undefined) return given;
  const entry = values[block.block_id ?? '']?.[asText(element['action_id'])] ?? {};
  return {
    ...given,
    element: {
      ...element,
      initial_option: entry['selected_option'] ?? element['initial_option'],
      initial_value: entry['value'] ?? element['initial_value'],
      initial_date: entry['selected_date'] ?? element['initial_date'],
    },
  };
};

/** A modal or Home as plain text, with its errors and buttons. */
export const drawView = (view: LocalView, names: Names): string => {
  const given = view as unknown as Json;
  const blocks = (view.blocks as KnownBlock[]).flatMap((block) => {
    const error = view.errors?.[block.block_id ?? ''];
    return [
      drawBlocks([withEntered(block, view.values ?? {})], names),
      ...(error === undefined ? [] : [`  ! ${error}`]),
    ];
  });
  const buttons = ['submit', 'close']
    .map((name) => textOf(given[name], names))
    .filter(Boolean)
    .map((text) => `[${text}]`);
  const title = textOf(given['title'], names);
  return [title === '' ? '' : `== ${title} ==`, ...blocks, buttons.join(' ')]
    .filter(Boolean)
    .join('\n');
};
