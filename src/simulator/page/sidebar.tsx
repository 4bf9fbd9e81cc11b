import type { LocalChannel, LocalState } from '#simulator/workspace/protocol.ts';
import type { ReactNode } from 'react';
import { type Address, formatAddress, HOME, LOGINS, PHONE } from './address.ts';
import { Avatar } from './parts/avatar.tsx';
import { KeySign, LockSign, PhoneSign } from './parts/signs.tsx';
import { PersonSwitcher } from './person-switcher.tsx';

interface SidebarProps {
  state: LocalState;
  at: string;
  go: (to: Address) => void;
}

const sign = (channel: LocalChannel): ReactNode =>
  channel.kind === 'private' ? <LockSign /> : '#';

interface PlaceProps {
  to: Address;
  current: boolean;
  unread?: number;
  /** What the number beside it is a number of. */
  counts?: string;
  go: (to: Address) => void;
  children: ReactNode;
}

/** A real link, so that it can be opened in another tab as another person's would be. */
const Place = (props: PlaceProps): ReactNode => {
  const { to, current, unread = 0, counts = 'unread', go, children } = props;
  return (
    <li>
      <a
        href={formatAddress(to)}
        className={`place${unread > 0 ? ' unread' : ''}`}
        aria-current={current ? 'page' : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          go(to);
        }}
      >
        {children}
        {unread > 0 && (
          <span className="count">
            {unread}
            <span className="sr-only"> {counts}</span>
          </span>
        )}
      </a>
    </li>
  );
};

export const Sidebar = ({ state, at, go }: SidebarProps): ReactNode => {
  const as = state.me.id;
  const rooms = state.channels.filter(({ kind }) => kind !== 'direct');
  const direct = state.channels.filter(({ kind }) => kind === 'direct');
  const isBots = ({ name }: LocalChannel): boolean => name === state.bot.name;
  const people = direct.filter((channel) => !isBots(channel));
  const placeOf = (channel: LocalChannel) => ({
    to: { as, in: channel.id },
    current: channel.id === at,
    unread: channel.unread,
    go,
  });
  return (
    <div className="sidebar-inner">
      <header className="team">
        <strong>{state.team.name}</strong>
        <p className="quiet">Local workspace</p>
      </header>
      <PersonSwitcher me={state.me} people={state.people} become={(id) => go({ as: id, in: at })} />
      <nav aria-label="Channels">
        <h2>Channels</h2>
        <ul>
          {rooms.map((channel) => (
            <Place key={channel.id} {...placeOf(channel)}>
              <span className="sign" aria-hidden="true">
                {sign(channel)}
              </span>
              <span className="place-name">{channel.name}</span>
              {channel.externallyShared && <span className="tag">shared</span>}
            </Place>
          ))}
        </ul>
        <h2>
          {state.bot.name}
          <span className={`presence${state.bot.connected ? ' on' : ''}`}>
            <span className="sr-only">{state.bot.connected ? 'connected' : 'not connected'}</span>
          </span>
        </h2>
        <ul>
          <Place to={{ as, in: HOME }} current={at === HOME} go={go}>
            <span className="sign" aria-hidden="true">
              ⌂
            </span>
            <span className="place-name">Home</span>
          </Place>
          {direct.filter(isBots).map((channel) => (
            <Place key={channel.id} {...placeOf(channel)}>
              <span className="sign" aria-hidden="true">
                ✉
              </span>
              <span className="place-name">Messages</span>
            </Place>
          ))}
        </ul>
        {state.outside && (
          <>
            <h2>Outside Slack</h2>
            <ul>
              <Place to={{ as, in: LOGINS }} current={at === LOGINS} go={go}>
                <span className="sign" aria-hidden="true">
                  <KeySign />
                </span>
                <span className="place-name">Sandbox logins</span>
              </Place>
              <Place
                to={{ as, in: PHONE }}
                current={at === PHONE}
                unread={state.outside.codes.length}
                counts="waiting"
                go={go}
              >
                <span className="sign" aria-hidden="true">
                  <PhoneSign />
                </span>
                <span className="place-name">Phone</span>
              </Place>
            </ul>
          </>
        )}
        {people.length > 0 && <h2>Direct messages</h2>}
        <ul>
          {people.map((channel) => (
            <Place key={channel.id} {...placeOf(channel)}>
              <Avatar id={channel.id} name={channel.name} small />
              <span className="place-name">{channel.name}</span>
            </Place>
          ))}
        </ul>
      </nav>
    </div>
  );
};
