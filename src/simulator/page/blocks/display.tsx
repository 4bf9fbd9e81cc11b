import type { KnownBlock, RichTextBlock } from '@slack/types';
import { type ComponentProps, memo, type ReactNode } from 'react';
import { Message } from 'slack-blocks-to-jsx';
import { type Directory, useDirectory } from '../directory.ts';
import { EmojiPicture } from '../emoji-picture.tsx';
import { Anchor } from '../parts/anchor.tsx';
import { formatToken } from '../time.ts';

type Drawn = ComponentProps<typeof Message>;
type Hooks = NonNullable<Drawn['hooks']>;

const people = ({ state }: Directory): { id: string; name: string }[] => [
  ...state.people.map(({ id, name }) => ({ id, name })),
  { id: state.bot.id, name: state.bot.name },
];

/** Begins the name of an emoji that is none: the library lets us draw emoji, and no other part of a text. */
const WHOLE = 'whole-';

/** What must stay as it is: code, links, mentions and dates, emoji; and a policy number, to be kept on one line. */
const PARTS =
  /`[^`]*`|<[^>]*>|:[\w+'-]+:|(?<![\w/.:@-])(?=[A-Z-]*\d)[A-Z\d]+(?:-[A-Z\d]+)+(?![\w/:@-])/g;

const keptWhole = (text: string): string =>
  text.replaceAll(PARTS, (part) => (/^[`<:]/.test(part) ? part : `:${WHOLE}${part}:`));

const hooksOf = ({ state, open }: Directory): Hooks => ({
  user: ({ id, name }) => (
    <span className={id === state.me.id ? 'mention me' : 'mention'}>@{name || id}</span>
  ),
  channel: ({ id, name }) =>
    state.channels.some((channel) => channel.id === id) ? (
      <button type="button" className="mention link" onClick={() => open({ in: id })}>
        #{name || id}
      </button>
    ) : (
      <span className="mention">#{name || id}</span>
    ),
  atChannel: () => <span className="mention me">@channel</span>,
  atHere: () => <span className="mention me">@here</span>,
  atEveryone: () => <span className="mention me">@everyone</span>,
  emoji: (emoji, parse) =>
    emoji.name.startsWith(WHOLE) ? (
      <span className="whole">{emoji.name.slice(WHOLE.length)}</span>
    ) : (
      <EmojiPicture name={emoji.name} character={parse(emoji)} />
    ),
  date: ({ timestamp, format, fallback }) => (
    <span title={fallback}>{formatToken(Number(timestamp), format)}</span>
  ),
  link: ({ href, children }) => <Anchor href={href}>{children}</Anchor>,
});

/**
 * The library makes DOM ids of block_ids, and these repeat from message to message; and it draws no
 * markup at all where an app says `verbatim`, by which Slack only leaves plain addresses unlinked.
 */
const LEFT_OUT = ['block_id', 'verbatim'];

const asDrawn = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asDrawn);
  if (typeof value !== 'object' || value === null) return value;
  const drawn = Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !LEFT_OUT.includes(key))
      .map(([key, inner]) => [key, asDrawn(inner)]),
  );
  return drawn['type'] === 'mrkdwn' && typeof drawn['text'] === 'string'
    ? { ...drawn, text: keptWhole(drawn['text']) }
    : drawn;
};

/** Blocks that only show something, drawn by slack-blocks-to-jsx in this page's colours. */
export const Display = memo(({ block }: { block: KnownBlock }): ReactNode => {
  const directory = useDirectory();
  const channels = directory.state.channels.map(({ id, name }) => ({ id, name }));
  return (
    <Message
      withoutWrapper
      theme={directory.theme}
      logo=""
      name=""
      blocks={[asDrawn(block)] as unknown as Drawn['blocks']}
      data={{ users: people(directory), channels }}
      hooks={hooksOf(directory)}
    />
  );
});

export const MrkdwnText = ({ text }: { text: string }): ReactNode => (
  <Display block={{ type: 'section', text: { type: 'mrkdwn', text } }} />
);

export const RichText = ({ block }: { block: RichTextBlock }): ReactNode => (
  <Display block={block} />
);
