import type { LocalState } from '#simulator/workspace/protocol.ts';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { type Address, HOME, LOGINS, PHONE } from './address.ts';
import { type Directory, DirectoryContext } from './directory.ts';
import { ModalStack } from './modal.tsx';
import { ConfirmRoom } from './parts/confirm.tsx';
import { NoticeBar, useNotices } from './parts/notices.tsx';
import { Room } from './room.tsx';
import { Sidebar } from './sidebar.tsx';
import { useAddress } from './use-address.ts';
import { useTheme } from './use-theme.ts';
import { useWorkspace } from './use-workspace.ts';

/** Where a person arrives who says no place, or one that they cannot see. */
const firstPlace = (state: LocalState): string =>
  (state.channels.find(({ botIsMember }) => botIsMember) ?? state.channels[0])?.id ?? HOME;

/** A place of this machine, such as the phone. */
const isOutside = (state: LocalState, inside: string | undefined): boolean =>
  state.outside !== undefined && (inside === LOGINS || inside === PHONE);

const Banner = ({ online, state }: { online: boolean; state: LocalState }): ReactNode => (
  <div role="status">
    {!online && <p className="banner">Connecting to the local workspace again…</p>}
    {online && !state.bot.connected && (
      <p className="banner">{state.bot.name} is not connected: commands will not be answered.</p>
    )}
    {state.me.deleted && (
      <p className="banner">
        {state.me.name} is deactivated. A real workspace would not let this person in.
      </p>
    )}
  </div>
);

export const App = (): ReactNode => {
  const { address, go } = useAddress();
  const theme = useTheme();
  const { state, online, messages, unknownPerson, refresh } = useWorkspace(address);
  const notices = useNotices();
  const [menu, setMenu] = useState(false);
  const { as } = address;
  const inside = address.in;

  const travel = useCallback(
    (to: Address) => {
      setMenu(false);
      go(to);
    },
    [go],
  );
  const open = useCallback<Directory['open']>((place) => travel({ as, ...place }), [travel, as]);
  const directory = useMemo(() => state && { state, theme, open }, [state, theme, open]);

  useEffect(() => {
    if (!state || state.me.id !== as) return;
    const visible =
      inside === HOME || isOutside(state, inside) || state.channels.some(({ id }) => id === inside);
    if (!visible) go({ as, in: firstPlace(state) }, 'replace');
  }, [state, as, inside, go]);

  useEffect(() => {
    if (!state) return;
    const codes = state.outside?.codes.length ?? 0;
    const unread = state.channels.reduce((sum, channel) => sum + channel.unread, codes);
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${state.me.name} · ${state.team.name}`;
  }, [state]);

  useEffect(() => {
    if (!menu) return undefined;
    const button = document.activeElement;
    document.querySelector<HTMLElement>('.sidebar [role=combobox]')?.focus();
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) setMenu(false);
    };
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
      if (button instanceof HTMLElement) button.focus();
    };
  }, [menu]);

  if (!directory || !state || unknownPerson) {
    const why = unknownPerson ? `There is no person ${as} here.` : 'Opening the local workspace…';
    return (
      <main className="loading">
        <p role="status">{why}</p>
        {unknownPerson && <a href="?as=UANARUIZ1">Start as somebody else</a>}
      </main>
    );
  }
  return (
    <DirectoryContext value={directory}>
      <ConfirmRoom>
        <div className={`page${menu ? ' menu-open' : ''}${address.thread ? ' with-thread' : ''}`}>
          <header className="banners">
            <h1 className="sr-only">
              {state.me.name} in {state.team.name}
            </h1>
            <Banner online={online} state={state} />
          </header>
          <aside className="sidebar" aria-label="Workspace">
            <Sidebar state={state} at={inside ?? ''} go={travel} />
          </aside>
          <button
            type="button"
            className="veil"
            aria-label="Close the menu"
            onClick={() => setMenu(false)}
          />
          <main className="main">
            {inside !== undefined && (
              <Room
                address={{ ...address, in: inside }}
                messages={messages}
                go={travel}
                openMenu={() => setMenu(true)}
                onProblem={notices.say}
                refresh={refresh}
              />
            )}
          </main>
        </div>
        {/* Slack's windows cover Slack alone. */}
        {!isOutside(state, inside) && (
          <ModalStack key={state.me.id} as={state.me.id} views={state.modals} refresh={refresh} />
        )}
        <NoticeBar {...notices} />
      </ConfirmRoom>
    </DirectoryContext>
  );
};
