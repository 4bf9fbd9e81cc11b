import type { LocalPerson } from '#simulator/workspace/protocol.ts';
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import { Avatar } from './parts/avatar.tsx';
import { Floating } from './parts/floating.tsx';

const labelOf = (person: LocalPerson): string => {
  if (person.deleted) return 'deactivated';
  if (person.restricted) return 'guest';
  return person.about;
};

const PersonLine = ({ person }: { person: LocalPerson }): ReactNode => (
  <>
    <Avatar id={person.id} name={person.name} small />
    <span className="person-name">{person.name}</span>
    <span className={`tag${person.deleted || person.restricted ? ' warn' : ''}`}>
      {labelOf(person)}
    </span>
  </>
);

interface PersonSwitcherProps {
  me: LocalPerson;
  people: LocalPerson[];
  become: (id: string) => void;
}

/** A select-only combobox: whoever uses the local workspace may be anybody in it. */
export const PersonSwitcher = ({ me, people, become }: PersonSwitcherProps): ReactNode => {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const humans = people.filter(({ bot }) => !bot);
  const [active, setActive] = useState<number>();
  const open = active !== undefined;
  const show = (): void =>
    setActive(
      Math.max(
        0,
        humans.findIndex((one) => one.id === me.id),
      ),
    );
  const pick = (person: LocalPerson | undefined): void => {
    setActive(undefined);
    if (person && person.id !== me.id) become(person.id);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Tab') {
      setActive(undefined);
      return;
    }
    if (!open) {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      show();
    } else if (event.key === 'ArrowDown') setActive((active + 1) % humans.length);
    else if (event.key === 'ArrowUp') setActive((active - 1 + humans.length) % humans.length);
    else if (event.key === 'Home') setActive(0);
    else if (event.key === 'End') setActive(humans.length - 1);
    else if (event.key === 'Enter' || event.key === ' ') pick(humans[active]);
    else if (event.key === 'Escape') setActive(undefined);
    else return;
    event.preventDefault();
  };
  return (
    <div className="switcher">
      <span id={`${id}label`} className="switcher-label">
        You are
      </span>
      <button
        ref={button}
        type="button"
        role="combobox"
        className="switcher-button"
        aria-labelledby={`${id}label ${id}value`}
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-controls={`${id}list`}
        aria-activedescendant={open ? `${id}${active}` : undefined}
        onClick={() => (open ? setActive(undefined) : show())}
        onBlur={() => setActive(undefined)}
        onKeyDown={onKey}
      >
        <span id={`${id}value`} className="person">
          <PersonLine person={me} />
        </span>
        <span className="chevron" aria-hidden="true" />
      </button>
      {open && (
        <Floating anchor={button} fit>
          <div
            id={`${id}list`}
            role="listbox"
            tabIndex={-1}
            aria-label="People"
            className="listbox"
            onMouseDown={(event) => event.preventDefault()}
          >
            {humans.map((person, index) => (
              <div
                key={person.id}
                id={`${id}${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={person.id === me.id}
                data-active={index === active || undefined}
                className="option person"
                onClick={() => pick(person)}
                onKeyDown={(event) => event.key === 'Enter' && pick(person)}
              >
                <PersonLine person={person} />
              </div>
            ))}
          </div>
        </Floating>
      )}
    </div>
  );
};
