import type { LocalChannel, LocalMessage } from '#simulator/workspace/protocol.ts';
import { type ReactNode, useEffect, useEffectEvent, useRef } from 'react';
import { Composer } from './composer.tsx';
import { titleOf } from './conversation.tsx';
import { MessageList } from './message-list.tsx';

interface ThreadPaneProps {
  channel: LocalChannel;
  thread: string;
  messages: LocalMessage[] | undefined;
  close: () => void;
  onProblem: (problem: string) => void;
  refresh: () => Promise<void>;
}

/** Gives the focus back to what opened the thread, if that is still there. */
const returnFocus = (thread: string): void => {
  document.querySelector<HTMLElement>(`[data-thread="${CSS.escape(thread)}"]`)?.focus();
};

export const ThreadPane = (props: ThreadPaneProps): ReactNode => {
  const { channel, thread, messages, close, onProblem, refresh } = props;
  const pane = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const onEscape = useEffectEvent(close);
  useEffect(() => {
    // At the document, since an open list inside takes the key first.
    const onKey = (event: KeyboardEvent): void => {
      const inside = event.target instanceof Node && pane.current?.contains(event.target);
      if (event.key === 'Escape' && inside && !event.defaultPrevented) onEscape();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  useEffect(() => {
    heading.current?.focus();
    return () => returnFocus(thread);
  }, [thread]);
  return (
    <section ref={pane} className="thread" aria-label="Thread">
      <header className="pane-header">
        <h2 ref={heading} tabIndex={-1}>
          Thread <span className="quiet">{titleOf(channel)}</span>
        </h2>
        <button type="button" className="button icon" aria-label="Close the thread" onClick={close}>
          ✕
        </button>
      </header>
      <MessageList
        label="Messages of the thread"
        messages={messages}
        empty="This thread is gone."
        onProblem={onProblem}
        refresh={refresh}
      />
      <Composer channel={channel.id} to={titleOf(channel)} thread={thread} refresh={refresh} />
    </section>
  );
};
