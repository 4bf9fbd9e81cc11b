import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { FIRST_STEPS, hasEnded, TO_TRY, type Step } from '../first-steps.ts';
import type { Address } from './address.ts';
import { act } from './api.ts';
import { nameOf, useDirectory } from './directory.ts';

const TEAM = 'CTEAM0001';

/** What was tried in this workspace, in this browser; one that began anew is greeted again. */
export const useTried = (since: number) => {
  const key = `tried ${since}`;
  const [tried, setTried] = useState<string[]>(
    () => JSON.parse(localStorage.getItem(key) ?? '[]') as string[],
  );
  const keep = (change: (before: string[]) => string[]): void =>
    setTried((before) => {
      const all = change(before);
      localStorage.setItem(key, JSON.stringify(all));
      return all;
    });
  return {
    tried,
    hidden: tried.includes(CLOSED),
    remember: (what: string): void => keep((all) => [...new Set([...all, what])]),
    hide: (): void => keep((all) => [...all, CLOSED]),
    show: (): void => keep((all) => all.filter((what) => what !== CLOSED)),
  };
};

export type Tried = ReturnType<typeof useTried>;

const CLOSED = 'closed';
const begun = (command: string): string => `begun ${command}`;

/** Four steps do not fit side by side in less. */
const WIDE = 900;

/** Whether there is too little room to show all steps in full: beside a thread, on a phone. */
const useNarrow = () => {
  const box = useRef<HTMLElement>(null);
  const [narrow, setNarrow] = useState(false);
  useEffect(() => {
    if (!box.current) return undefined;
    const size = new ResizeObserver(
      ([entry]) => entry && setNarrow(entry.contentRect.width < WIDE),
    );
    size.observe(box.current);
    return () => size.disconnect();
  }, []);
  return { box, narrow };
};

interface GuideProps {
  steps: Tried;
  messages: LocalMessage[] | undefined;
  go: (to: Address) => void;
  onProblem: (problem: string) => void;
  refresh: () => Promise<void>;
  onSent: () => void;
}

interface StepTitleProps {
  step: Step;
  /** How far it is. */
  is: 'new' | 'under way' | 'tried';
  /** Present when only the title is shown. */
  unfold: (() => void) | undefined;
}

const StepTitle = ({ step, is, unfold }: StepTitleProps): ReactNode => {
  const title = (
    <>
      {step.title}
      {is !== 'new' && <span className="tag">{is}</span>}
    </>
  );
  return unfold ? (
    <button type="button" className="fold" aria-expanded={false} onClick={unfold}>
      {title}
    </button>
  ) : (
    <strong>{title}</strong>
  );
};

/** Greets whoever sees the workspace for the first time, and leads through its main ways. */
export const Guide = ({
  steps,
  messages,
  go,
  onProblem,
  refresh,
  onSent,
}: GuideProps): ReactNode => {
  const { state, open } = useDirectory();
  const { tried, remember, hide } = steps;
  const { box, narrow } = useNarrow();
  const [chosen, setChosen] = useState<Step>();
  const isOf = ({ command }: Step): StepTitleProps['is'] =>
    tried.includes(command) ? 'tried' : tried.includes(begun(command)) ? 'under way' : 'new';
  useEffect(() => {
    for (const step of FIRST_STEPS) {
      const isDone = messages?.some(
        ({ user, text }) => user === state.bot.id && hasEnded(step, text),
      );
      if (isOf(step) === 'under way' && isDone) remember(step.command);
    }
  });
  const run = async ({ as, command, endsWith }: Step): Promise<void> => {
    remember(begun(command));
    setChosen(undefined);
    go({ as, in: TEAM });
    onSent();
    const answer = await act('command', { as, channel: TEAM, text: command });
    if (answer.ok && endsWith === 'answer') remember(command);
    if (!answer.ok && answer.problem !== undefined) onProblem(answer.problem);
    await refresh();
  };
  const next = FIRST_STEPS.find(({ command }) => !tried.includes(command));
  const isFolded = (step: Step): boolean => narrow && step !== (chosen ?? next);
  return (
    <section ref={box} className={`guide${narrow ? ' narrow' : ''}`} aria-label="First steps">
      <header>
        <h3>{next ? `Welcome. ${TO_TRY}` : 'That was the tour'}</h3>
        <button type="button" className="button small" onClick={hide}>
          Hide
        </button>
      </header>
      {!next && (
        <p>
          Type <code>/sync help</code> for all there is. <code>npm run tour -- --list</code> names
          more stories.
        </p>
      )}
      <ol>
        {FIRST_STEPS.map((step) => (
          <li key={step.command} aria-current={step === next ? 'step' : undefined}>
            <StepTitle
              step={step}
              is={isOf(step)}
              unfold={isFolded(step) ? () => setChosen(step) : undefined}
            />
            {!isFolded(step) && (
              <>
                <span className="quiet">{step.about}</span>
                <span className="guide-acts">
                  <button
                    type="button"
                    className={`button small${step === next ? ' primary' : ''}`}
                    onClick={() => void run(step)}
                  >
                    {step.command}
                  </button>
                  <span className="quiet">as {nameOf(state, step.as)}</span>
                  {step.places?.map((place) => (
                    <button
                      key={place.in}
                      type="button"
                      className={isOf(step) === 'under way' ? 'button small' : 'place-link'}
                      onClick={() => open({ in: place.in })}
                    >
                      {place.text}
                    </button>
                  ))}
                </span>
              </>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
};
