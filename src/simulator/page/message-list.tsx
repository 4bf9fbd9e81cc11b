import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import {
  Fragment,
  useCallback,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { MessageView } from './message.tsx';
import { dateOf, formatDay, sameDay } from './time.ts';

interface MessageListProps {
  label: string;
  messages: LocalMessage[] | undefined;
  empty: string;
  openThread?: ((ts: string) => void) | undefined;
  thread?: string | undefined;
  /** How many lines this person has sent from here: the list follows each to its answer. */
  sent?: number;
  onProblem: (problem: string) => void;
  refresh: () => Promise<void>;
}

/** Nearer to the end than this counts as reading the newest. */
const NEAR_PX = 80;

/** Where the newest message is read: at its end, or at its head where the view is shorter than it. */
const newestOf = (scroller: HTMLElement): number => {
  const end = scroller.scrollHeight - scroller.clientHeight;
  const newest = [...scroller.querySelectorAll('.message')].at(-1);
  if (!newest) return end;
  const above = newest.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  return Math.min(end, Math.floor(scroller.scrollTop + above));
};

/** Follows the newest message for as long as the person has not scrolled away from it. */
const useStickyEnd = (
  count: number,
  sent: number,
): [React.RefObject<HTMLDivElement | null>, boolean, () => void] => {
  const scroller = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const [missed, setMissed] = useState(false);
  const counted = useRef(0);
  // At the end nothing is missed: the scrolling tells it.
  const toEnd = useCallback((): void => {
    const element = scroller.current;
    if (element) element.scrollTop = newestOf(element);
    following.current = true;
  }, []);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const onScroll = (): void => {
      const left = element.scrollHeight - element.scrollTop - element.clientHeight;
      const off = Math.abs(element.scrollTop - newestOf(element));
      following.current = left < NEAR_PX || off < NEAR_PX;
      if (following.current) setMissed(false);
    };
    // A card that grows pushes the end away without any new message.
    const size = new ResizeObserver(() => {
      if (following.current) element.scrollTop = Math.max(element.scrollTop, newestOf(element));
    });
    if (element.firstElementChild) size.observe(element.firstElementChild);
    size.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      size.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, []);
  useLayoutEffect(() => {
    const element = scroller.current;
    const more = count > counted.current;
    counted.current = count;
    if (!element || !more) return;
    if (following.current) element.scrollTop = newestOf(element);
    else setMissed(true);
  }, [count]);
  useLayoutEffect(() => {
    if (sent > 0) toEnd();
  }, [sent, toEnd]);
  return [scroller, missed, toEnd];
};

export const MessageList = (props: MessageListProps): ReactNode => {
  const { label, messages, empty, openThread, thread, sent = 0, onProblem, refresh } = props;
  const [scroller, missed, toEnd] = useStickyEnd(messages?.length ?? 0, sent);
  return (
    <div className="message-frame">
      <div
        ref={scroller}
        className="messages"
        role="log"
        aria-label={label}
        aria-busy={messages === undefined}
        tabIndex={0}
      >
        <div className="messages-inner">
          {messages?.length === 0 && <p className="empty">{empty}</p>}
          {messages?.map((message, index) => {
            const before = messages[index - 1];
            const date = dateOf(message.ts);
            const newDay = !before || !sameDay(dateOf(before.ts), date);
            return (
              <Fragment key={`${message.ts}${message.ephemeral ? 'e' : ''}`}>
                {newDay && (
                  <div className="day">
                    <span>{formatDay(date)}</span>
                  </div>
                )}
                <MessageView
                  message={message}
                  openThread={openThread}
                  threadOpen={thread === message.ts}
                  onProblem={onProblem}
                  refresh={refresh}
                />
              </Fragment>
            );
          })}
        </div>
      </div>
      {missed && (
        <button type="button" className="button primary newest" onClick={toEnd}>
          Newest messages ↓
        </button>
      )}
    </div>
  );
};
