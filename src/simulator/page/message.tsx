import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { memo, type ReactNode, useMemo } from 'react';
import { BlockList } from './blocks/block-list.tsx';
import { MrkdwnText } from './blocks/display.tsx';
import { isBot, nameOf, useDirectory } from './directory.ts';
import { Anchor } from './parts/anchor.tsx';
import { Avatar } from './parts/avatar.tsx';
import { MessageShortcuts } from './shortcuts.tsx';
import { SurfaceContext, useOwnSurface } from './surface.ts';
import { dateOf, formatClock, formatFull } from './time.ts';

interface MessageProps {
  message: LocalMessage;
  /** Absent in a thread, where a message has no thread of its own to open. */
  openThread?: ((ts: string) => void) | undefined;
  threadOpen?: boolean;
  onProblem: (problem: string) => void;
  refresh: () => Promise<void>;
}

const replies = (count: number): string => (count === 1 ? '1 reply' : `${count} replies`);

const Body = ({ message }: { message: LocalMessage }): ReactNode => (
  <>
    {message.failedCommand !== undefined && (
      <p className="failed-command">
        <code>{message.failedCommand}</code>
      </p>
    )}
    {message.blocks.length > 0 ? (
      <BlockList blocks={message.blocks} />
    ) : (
      <div className="blocks">
        <MrkdwnText text={message.text} />
      </div>
    )}
  </>
);

export const MessageView = memo((props: MessageProps): ReactNode => {
  const { message, openThread, threadOpen = false, onProblem, refresh } = props;
  const { state } = useDirectory();
  const on = useMemo(
    () => ({ channel: message.channel, ts: message.ts }),
    [message.channel, message.ts],
  );
  const { surface } = useOwnSurface({ as: state.me.id, on, id: message.ts, onProblem, refresh });
  const name = nameOf(state, message.user);
  const bot = isBot(state, message.user);
  const date = dateOf(message.ts);
  const failed = message.failedCommand !== undefined;
  return (
    <article
      className={`message${message.ephemeral ? ' ephemeral' : ''}${failed ? ' failed' : ''}`}
      aria-label={`${name}, ${formatClock(date)}`}
      data-ts={message.ts}
    >
      <Avatar id={message.user} name={name} bot={message.user === state.bot.id} />
      <div className="message-main">
        {message.ephemeral && <p className="only-you">Only visible to you</p>}
        <header>
          <span className="author">{name}</span>
          {bot && <span className="tag">App</span>}
          <time dateTime={date.toISOString()} title={formatFull(date)}>
            {formatClock(date)}
          </time>
          {message.edited && <span className="edited">(edited)</span>}
        </header>
        <SurfaceContext value={surface}>
          <Body message={message} />
        </SurfaceContext>
        {message.files?.map(({ id, name: file, url }) => (
          <Anchor key={id} href={url}>
            {file}
          </Anchor>
        ))}
        {openThread && message.replyCount > 0 && (
          <button
            type="button"
            className={`replies${threadOpen ? ' open' : ''}`}
            data-thread={message.ts}
            onClick={() => openThread(message.ts)}
          >
            {replies(message.replyCount)}
          </button>
        )}
      </div>
      {!message.ephemeral && (
        <div className="message-tools">
          {openThread && (
            <button
              type="button"
              className="button small"
              data-thread={message.replyCount > 0 ? undefined : message.ts}
              aria-label={`Reply in thread to ${name}, ${formatClock(date)}`}
              onClick={() => openThread(message.ts)}
            >
              Reply
            </button>
          )}
          <MessageShortcuts
            message={message}
            label={`More actions for ${name}, ${formatClock(date)}`}
            onProblem={onProblem}
            refresh={refresh}
          />
        </div>
      )}
    </article>
  );
});
