import type { LocalChannel, LocalMessage } from '#simulator/workspace/protocol.ts';
import { type ReactNode, useEffect, useRef } from 'react';
import { type Address, HOME, LOGINS, PHONE } from './address.ts';
import { act } from './api.ts';
import { Conversation, titleOf } from './conversation.tsx';
import { useDirectory } from './directory.ts';
import { useTried } from './guide.tsx';
import { Home } from './home.tsx';
import { Logins, Phone } from './outside.tsx';
import { ThreadPane } from './thread-pane.tsx';
import { keyOf } from './use-workspace.ts';

interface RoomProps {
  address: Address;
  messages: Record<string, LocalMessage[]>;
  go: (to: Address) => void;
  openMenu: () => void;
  onProblem: (problem: string) => void;
  refresh: () => Promise<void>;
}

const facts = (channel: LocalChannel, bot: string): string[] => [
  ...(channel.externallyShared ? ['shared with another company'] : []),
  ...(channel.botIsMember || channel.kind === 'direct' ? [] : [`${bot} is not in this channel`]),
];

interface HeaderProps {
  title: string;
  about: string;
  tags: string[];
  openMenu: () => void;
  children?: ReactNode;
}

const Header = ({ title, about, tags, openMenu, children }: HeaderProps): ReactNode => (
  <header className="pane-header">
    <button
      type="button"
      className="button icon menu"
      aria-label="Channels and people"
      onClick={openMenu}
    >
      ☰
    </button>
    <div className="pane-title">
      <h2>{title}</h2>
      <p className="quiet">{about}</p>
    </div>
    {tags.map((tag) => (
      <span key={tag} className="tag warn">
        {tag}
      </span>
    ))}
    {children}
  </header>
);

/** Looking at a channel takes its unread mark away, also while new messages come in. */
const useSeen = (as: string, channel: LocalChannel | undefined, refresh: () => Promise<void>) => {
  const unread = channel?.unread ?? 0;
  const id = channel?.id;
  const now = useRef(unread);
  useEffect(() => {
    now.current = unread;
  }, [unread]);
  const any = unread > 0;
  useEffect(() => {
    let left = !any;
    // What comes while it says so is looked at next, though the number is the same.
    const look = async (): Promise<void> => {
      if (id === undefined || left || now.current === 0 || document.hidden) return;
      const { ok } = await act('seen', { as, channel: id });
      await refresh();
      if (ok) await look();
    };
    const onLook = (): void => void look();
    onLook();
    document.addEventListener('visibilitychange', onLook);
    return () => {
      left = true;
      document.removeEventListener('visibilitychange', onLook);
    };
  }, [as, id, any, refresh]);
};

export const Room = (props: RoomProps): ReactNode => {
  const { address, messages, go, openMenu, onProblem, refresh } = props;
  const { state } = useDirectory();
  const channel = state.channels.find(({ id }) => id === address.in);
  useSeen(state.me.id, channel, refresh);
  const steps = useTried(state.since);
  const { as, in: inside, thread } = address;
  if (inside === HOME) {
    const about = `What ${state.bot.name} shows to ${state.me.name}`;
    return (
      <section className="room" aria-label="Conversation">
        <Header title="Home" about={about} tags={[]} openMenu={openMenu} />
        <Home key={state.me.id} onProblem={onProblem} refresh={refresh} />
      </section>
    );
  }
  if (state.outside && (inside === LOGINS || inside === PHONE)) {
    const [title, about] =
      inside === LOGINS
        ? ['Sandbox logins', 'What the link page asks for, at the carriers of this machine']
        : ['Phone', 'Where codes arrive: texts, calls, e-mails and authenticator apps'];
    return (
      <section className="room" aria-label={title}>
        <Header title={title} about={about} tags={[]} openMenu={openMenu} />
        {inside === LOGINS ? <Logins outside={state.outside} /> : <Phone outside={state.outside} />}
      </section>
    );
  }
  if (!channel) {
    const about = `${state.me.name} is not in it, or it does not exist.`;
    return (
      <section className="room" aria-label="Conversation">
        <Header title="No such channel here" about={about} tags={[]} openMenu={openMenu} />
      </section>
    );
  }
  const greets = state.outside !== undefined && channel.kind === 'public' && channel.botIsMember;
  return (
    <>
      <section className="room" aria-label="Conversation">
        <Header
          title={titleOf(channel)}
          about={channel.about}
          tags={facts(channel, state.bot.name)}
          openMenu={openMenu}
        >
          {greets && steps.hidden && (
            <button type="button" className="button small" onClick={steps.show}>
              First steps
            </button>
          )}
        </Header>
        <Conversation
          key={`${state.me.id}/${channel.id}`}
          channel={channel}
          messages={messages[keyOf(channel.id)]}
          thread={thread}
          steps={greets ? steps : undefined}
          openThread={(ts) => go({ as, in: channel.id, thread: ts })}
          go={go}
          onProblem={onProblem}
          refresh={refresh}
        />
      </section>
      {thread !== undefined && (
        <ThreadPane
          key={`${state.me.id}/${channel.id}/${thread}`}
          channel={channel}
          thread={thread}
          messages={messages[keyOf(channel.id, thread)]}
          close={() => go({ as, in: channel.id })}
          onProblem={onProblem}
          refresh={refresh}
        />
      )}
    </>
  );
};
