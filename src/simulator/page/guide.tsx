import { type ReactNode, useState } from 'react';
import { FIRST_STEPS, TO_TRY, type Step } from '../first-steps.ts';
import type { Address } from './address.ts';
import { act } from './api.ts';
import { nameOf, useDirectory } from './directory.ts';

const TEAM = 'CTEAM0001';

/** What was tried in this workspace, in this browser; one that began anew is greeted again. */
const useTried = (since: number) => {
  const key = `tried ${since}`;
  const [tried, setTried] = useState<string[]>(
    () => JSON.parse(localStorage.getItem(key) ?? '[]') as string[],
  );
  return {
    tried,
    remember: (what: string): void => {
      const all = [...new Set([...tried, what])];
      localStorage.setItem(key, JSON.stringify(all));
      setTried(all);
    },
  };
};

const CLOSED = 'closed';

interface GuideProps {
  go: (to: Address) => void;
  onProblem: (problem: string) => void;
  refresh: () => Promise<void>;
  onSent: () => void;
}

/** Greets whoever sees the workspace for the first time, and leads through its main ways. */
export const Guide = ({ go, onProblem, refresh, onSent }: GuideProps): ReactNode => {
  const { state, open } = useDirectory();
  const { tried, remember } = useTried(state.since);
  if (!state.outside || tried.includes(CLOSED)) return null;
  const run = async ({ as, command }: Step): Promise<void> => {
    remember(command);
    go({ as, in: TEAM });
    onSent();
    const answer = await act('command', { as, channel: TEAM, text: command });
    if (!answer.ok && answer.problem !== undefined) onProblem(answer.problem);
    await refresh();
  };
  const next = FIRST_STEPS.find(({ command }) => !tried.includes(command));
  return (
    <section className="guide" aria-label="First steps">
      <header>
        <h3>{next ? `Welcome. ${TO_TRY}` : 'That was the tour'}</h3>
        <button type="button" className="button small" onClick={() => remember(CLOSED)}>
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
            <strong>
              {step.title}
              {tried.includes(step.command) && <span className="tag">tried</span>}
            </strong>
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
                  className="mention link"
                  onClick={() => open({ in: place.in })}
                >
                  {place.text}
                </button>
              ))}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
};
