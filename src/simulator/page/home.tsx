import type { LocalView } from '#simulator/workspace/protocol.ts';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { act } from './api.ts';
import { BlockList } from './blocks/block-list.tsx';
import { useDirectory } from './directory.ts';
import { SurfaceContext, useOwnSurface } from './surface.ts';

interface HomeProps {
  onProblem: (problem: string) => void;
  refresh: () => Promise<void>;
}

const HomeView = ({ view, onProblem, refresh }: HomeProps & { view: LocalView }): ReactNode => {
  const { state } = useDirectory();
  const on = useMemo(() => ({ view: view.id }), [view.id]);
  const { surface } = useOwnSurface({ as: state.me.id, on, id: view.id, onProblem, refresh });
  return (
    <SurfaceContext value={surface}>
      <BlockList blocks={view.blocks} />
    </SurfaceContext>
  );
};

/** The bot's Home tab: opening it tells the bot, which then publishes what stands here. */
export const Home = ({ onProblem, refresh }: HomeProps): ReactNode => {
  const { state } = useDirectory();
  const asked = useRef('');
  useEffect(() => {
    if (asked.current === state.me.id) return;
    asked.current = state.me.id;
    void act('home', { as: state.me.id }).then((answer) => {
      if (!answer.ok && answer.problem !== undefined) onProblem(answer.problem);
      return refresh();
    });
  }, [state.me.id, onProblem, refresh]);
  return (
    <div className="home">
      {state.home ? (
        <HomeView view={state.home} onProblem={onProblem} refresh={refresh} />
      ) : (
        <p className="empty">{state.bot.name} has not published anything here yet.</p>
      )}
    </div>
  );
};
