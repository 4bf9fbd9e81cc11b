import { CASES } from '#simulator/portals/cases.ts';
import { type ReactNode, useState } from 'react';
import { type Address, LOGINS, PHONE } from './address.ts';
import { act } from './api.ts';
import { nameOf, useDirectory } from './directory.ts';

const TEAM = 'CTEAM0001';

interface Step {
  title: string;
  about: string;
  as: string;
  command: string;
  /** Where what the step asks for is found. */
  places?: { text: string; in: string }[];
}

const policy = ({ as, number }: { as: string; number: string }) => ({
  as,
  command: `/sync policy ${number}`,
});

const STEPS: Step[] = [
  {
    title: 'Sync a policy',
    about: 'The carrier’s value of today comes into the thread, ahead of the day’s work.',
    ...policy(CASES.changed),
  },
  {
    title: 'Link a login',
    about: 'This login is unlinked. Click Link on the card, and the sync starts by itself.',
    ...policy(CASES.singleUnlinked),
    places: [
      { text: 'Its user name and password', in: LOGINS },
      { text: 'The code it is sent', in: PHONE },
    ],
  },
  {
    title: 'See what happens to a number that nobody has',
    about: 'Two searches find nothing: the thread says why, and what to do next.',
    ...policy(CASES.mistyped),
  },
  {
    title: 'Read the day so far',
    about: 'What synced, what did not and why, and what needs a person.',
    as: 'UMARCUS01',
    command: '/sync digest',
  },
];

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
  const next = STEPS.find(({ command }) => !tried.includes(command));
  return (
    <section className="guide" aria-label="First steps">
      <header>
        <h3>{next ? 'Welcome. Four things to try, each a click' : 'That was the tour'}</h3>
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
        {STEPS.map((step) => (
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
