import type { LocalChannel, LocalMessage } from '#simulator/workspace/protocol.ts';
import { type ReactNode, useMemo, useState } from 'react';
import type { Address } from './address.ts';
import { Composer } from './composer.tsx';
import { Guide, type Tried } from './guide.tsx';
import { MessageList } from './message-list.tsx';

export const titleOf = (channel: LocalChannel): string =>
  channel.kind === 'direct' ? channel.name : `#${channel.name}`;

interface ConversationProps {
  channel: LocalChannel;
  messages: LocalMessage[] | undefined;
  thread: string | undefined;
  /** The first steps, where they are shown. */
  steps: Tried | undefined;
  openThread: (ts: string) => void;
  go: (to: Address) => void;
  onProblem: (problem: string) => void;
  refresh: () => Promise<void>;
}

export const Conversation = (props: ConversationProps): ReactNode => {
  const { channel, messages, thread, steps, openThread, go, onProblem, refresh } = props;
  const [sent, setSent] = useState(0);
  const onSent = (): void => setSent((before) => before + 1);
  const title = titleOf(channel);
  const top = useMemo(
    () => messages?.filter(({ threadTs, ts }) => threadTs === undefined || threadTs === ts),
    [messages],
  );
  return (
    <>
      {steps && !steps.hidden && (
        <Guide
          steps={steps}
          messages={top}
          go={go}
          onProblem={onProblem}
          refresh={refresh}
          onSent={onSent}
        />
      )}
      <MessageList
        label={`Messages in ${title}`}
        messages={top}
        empty={`Nothing has been said in ${title} yet. Type / for a command.`}
        openThread={openThread}
        thread={thread}
        sent={sent}
        onProblem={onProblem}
        refresh={refresh}
      />
      <Composer channel={channel.id} to={title} refresh={refresh} onSent={onSent} />
    </>
  );
};
