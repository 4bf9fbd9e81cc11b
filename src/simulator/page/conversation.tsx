import type { LocalChannel, LocalMessage } from '#simulator/workspace/protocol.ts';
import { type ReactNode, useMemo } from 'react';
import { Composer } from './composer.tsx';
import { MessageList } from './message-list.tsx';

export const titleOf = (channel: LocalChannel): string =>
  channel.kind === 'direct' ? channel.name : `#${channel.name}`;

interface ConversationProps {
  channel: LocalChannel;
  messages: LocalMessage[] | undefined;
  thread: string | undefined;
  openThread: (ts: string) => void;
  onProblem: (problem: string) => void;
  refresh: () => Promise<void>;
}

export const Conversation = (props: ConversationProps): ReactNode => {
  const { channel, messages, thread, openThread, onProblem, refresh } = props;
  const title = titleOf(channel);
  const top = useMemo(
    () => messages?.filter(({ threadTs, ts }) => threadTs === undefined || threadTs === ts),
    [messages],
  );
  return (
    <>
      <MessageList
        label={`Messages in ${title}`}
        messages={top}
        empty={`Nothing has been said in ${title} yet. Type / for a command.`}
        openThread={openThread}
        thread={thread}
        onProblem={onProblem}
        refresh={refresh}
      />
      <Composer channel={channel.id} to={title} refresh={refresh} />
    </>
  );
};
