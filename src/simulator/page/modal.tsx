import type { ModalView } from '@slack/types';
import type { LocalView } from '#simulator/workspace/protocol.ts';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { FOUND_IN } from '../first-steps.ts';
import { formatAddress } from './address.ts';
import { act } from './api.ts';
import { BlockList } from './blocks/block-list.tsx';
import { withEmoji } from './emoji.ts';
import { useDirectory } from './directory.ts';
import { Dialog } from './parts/dialog.tsx';
import { SurfaceContext, useOwnSurface } from './surface.ts';
import { valuesOf } from './view-values.ts';

interface ViewProps {
  as: string;
  view: LocalView;
  top: boolean;
  refresh: () => Promise<void>;
}

const FIRST_FIELD = 'input:not([type=hidden]), textarea, select';

const useView = ({ as, view, refresh }: ViewProps) => {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState<'submit' | 'close'>();
  const on = useMemo(() => ({ view: view.id }), [view.id]);
  const [attempts, setAttempts] = useState(0);
  const { surface, touched } = useOwnSurface({
    as,
    on,
    id: view.id,
    // What is shown as wrong can be sent again at once: a press while it is sent would be lost.
    ...(view.errors && busy !== 'submit' && { errors: view.errors }),
    onProblem: setProblem,
    refresh,
  });
  const submit = async (): Promise<void> => {
    if (busy) return;
    setBusy('submit');
    setProblem(undefined);
    const values = valuesOf(view.blocks, touched);
    const answer = await act('submit', { as, view: view.id, values });
    if (!answer.ok && answer.problem !== undefined) setProblem(answer.problem);
    await refresh();
    setBusy(undefined);
    setAttempts((before) => before + 1);
  };
  const close = async (): Promise<void> => {
    if (busy === 'close') return;
    setBusy('close');
    await act('close', { as, view: view.id });
    await refresh();
    setBusy(undefined);
  };
  // A fault of one input stands beside it, and so need not stand above all of them.
  const general = view.errors || busy === 'submit' ? undefined : problem;
  return { surface, problem: general, busy, attempts, submit, close };
};

/** No part of the bot's view. The window covers the page, so what it asks for is shown beside it. */
const FoundIn = ({ view }: { view: LocalView }): ReactNode => {
  const { state } = useDirectory();
  const place = FOUND_IN[(view as ModalView).callback_id ?? ''];
  if (!state.outside || !place) return null;
  return (
    <p className="found-in">
      {place.words}{' '}
      <a href={formatAddress({ as: state.me.id, in: place.in })} target="_blank" rel="noreferrer">
        {place.name}
      </a>
      .
    </p>
  );
};

/** One view of the stack; those below stay drawn but hidden, and so keep what was typed. */
const StackedView = (props: ViewProps & { closer: (close: () => void) => void }): ReactNode => {
  const { view, top, closer } = props;
  const form = useRef<HTMLFormElement>(null);
  const { surface, problem, busy, attempts, submit, close } = useView(props);
  const focused = useRef('');
  const { title, submit: submitText, close: closeText } = view as ModalView;
  const titleId = `title-${view.id}`;
  useEffect(() => {
    if (!top) return;
    closer(() => void close());
  });
  useEffect(
    // React's strict mode takes the dialog away once and shows it again, with the focus on its title.
    () => () => {
      focused.current = '';
    },
    [],
  );
  useEffect(() => {
    const drawn = top ? view.hash : '';
    if (drawn === focused.current) return;
    const returned = focused.current === '';
    focused.current = drawn;
    const heading = form.current?.querySelector('h2');
    const at = document.activeElement;
    const lost = at === heading || !form.current?.contains(at);
    // A view that was loading gets its fields later; somebody who already types is left alone.
    if (!top || (!returned && !lost)) return;
    (form.current?.querySelector<HTMLElement>(FIRST_FIELD) ?? heading)?.focus();
  }, [top, view.hash]);
  useEffect(() => {
    if (attempts === 0) return;
    form.current
      ?.querySelector<HTMLElement>(`.invalid :is(${FIRST_FIELD})`)
      ?.focus({ preventScroll: false });
  }, [attempts]);
  return (
    <form
      ref={form}
      hidden={!top}
      noValidate
      className="modal-view"
      onSubmit={(event) => {
        event.preventDefault();
        if (submitText) void submit();
      }}
    >
      <header className="pane-header">
        <h2 id={titleId} tabIndex={-1}>
          {withEmoji(title.text)}
        </h2>
        <button
          type="button"
          className="button icon"
          aria-label="Close"
          onClick={() => void close()}
        >
          ✕
        </button>
      </header>
      <div className="modal-body" aria-busy={busy === 'submit'}>
        {problem !== undefined && (
          <p className="error banner" role="alert">
            {problem}
          </p>
        )}
        <SurfaceContext value={surface}>
          <BlockList blocks={view.blocks} />
        </SurfaceContext>
      </div>
      <FoundIn view={view} />
      <footer className="dialog-buttons">
        <button type="button" className="button" onClick={() => void close()}>
          {withEmoji(closeText?.text ?? (submitText ? 'Cancel' : 'Close'))}
        </button>
        {submitText && (
          <button
            type="submit"
            className={`button primary${busy === 'submit' ? ' busy' : ''}`}
            aria-busy={busy === 'submit'}
          >
            {withEmoji(submitText.text)}
          </button>
        )}
      </footer>
    </form>
  );
};

interface ModalStackProps {
  as: string;
  views: LocalView[];
  refresh: () => Promise<void>;
}

export const ModalStack = ({ as, views, refresh }: ModalStackProps): ReactNode => {
  const close = useRef<() => void>(undefined);
  const top = views.at(-1);
  if (!top) return null;
  return (
    <Dialog className="modal" labelledBy={`title-${top.id}`} onEscape={() => close.current?.()}>
      {views.map((view) => (
        <StackedView
          key={view.id}
          as={as}
          view={view}
          top={view === top}
          refresh={refresh}
          closer={(closeTop) => {
            close.current = closeTop;
          }}
        />
      ))}
    </Dialog>
  );
};
