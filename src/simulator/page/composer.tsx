import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import { act } from './api.ts';
import { useDirectory } from './directory.ts';
import { GlobalShortcuts } from './shortcuts.tsx';

interface ComposerProps {
  channel: string;
  /** "#team", or the person of a direct message. */
  to: string;
  thread?: string;
  refresh: () => Promise<void>;
  onSent?: () => void;
}

const THREAD_REFUSAL = (command: string): string =>
  `${command} does not work in threads, as in Slack. Type it in the channel instead.`;

export const Composer = ({ channel, to, thread, refresh, onSent }: ComposerProps): ReactNode => {
  const id = useId();
  const { state } = useDirectory();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const [active, setActive] = useState(0);
  const [closed, setClosed] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);

  const word = text.split(' ')[0] ?? '';
  const typingCommand = thread === undefined && text.startsWith('/') && !closed;
  const hints = typingCommand
    ? state.commands.filter(({ command }) =>
        text.includes(' ') ? command === word : command.startsWith(text),
      )
    : [];
  const choosing = hints.length > 0 && !text.includes(' ');
  const at = Math.min(active, hints.length - 1);

  const send = async (): Promise<void> => {
    const typed = text.trim();
    if (typed === '') return;
    const isCommand = typed.startsWith('/');
    if (isCommand && thread !== undefined) {
      setProblem(THREAD_REFUSAL(typed.split(/\s/)[0] ?? typed));
      return;
    }
    setText('');
    setProblem(undefined);
    onSent?.();
    const answer = isCommand
      ? await act('command', { as: state.me.id, channel, text: typed })
      : await act('post', {
          as: state.me.id,
          channel,
          text: typed,
          ...(thread !== undefined && { threadTs: thread }),
        });
    // With a ts the workspace says it in the channel itself.
    if (!answer.ok && answer.ts === undefined) {
      setProblem(answer.problem ?? 'That could not be sent.');
      setText((now) => (now === '' ? typed : now));
    }
    await refresh();
  };

  const complete = (command: string): void => {
    setText(`${command} `);
    field.current?.focus();
  };

  const onKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const hint = hints[at];
    if (choosing && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      const by = event.key === 'ArrowDown' ? 1 : -1;
      setActive((at + by + hints.length) % hints.length);
    } else if (choosing && event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      setClosed(true);
    } else if (
      choosing &&
      hint &&
      event.key === 'Tab' &&
      !event.shiftKey &&
      text !== hint.command
    ) {
      event.preventDefault();
      complete(hint.command);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      if (choosing && hint && hint.command !== text) complete(hint.command);
      else void send();
    }
  };

  if (state.me.deleted)
    return <p className="composer quiet">A deactivated account can look, and do nothing.</p>;

  const label = thread === undefined ? `Message ${to}` : 'Reply in thread';
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {hints.length > 0 && (
        <div id={`${id}hints`} role="listbox" aria-label="Commands" tabIndex={-1} className="hints">
          {hints.map((hint, index) => (
            <div
              key={hint.command}
              id={`${id}hint${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              className="option"
              data-active={(choosing && index === at) || undefined}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => complete(hint.command)}
              onKeyDown={(event) => event.key === 'Enter' && complete(hint.command)}
            >
              <span>
                <strong>{hint.command}</strong> <code>{hint.hint}</code>
              </span>
              <span className="option-about">{hint.description}</span>
            </div>
          ))}
        </div>
      )}
      {problem !== undefined && (
        <p className="error" role="alert">
          {problem}
        </p>
      )}
      <div className="composer-frame">
        <GlobalShortcuts onProblem={setProblem} refresh={refresh} />
        <textarea
          ref={field}
          rows={1}
          value={text}
          aria-label={label}
          placeholder={label}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={`${id}hints`}
          aria-activedescendant={choosing ? `${id}hint${at}` : undefined}
          onChange={(event) => {
            setText(event.target.value);
            setClosed(false);
            setActive(0);
          }}
          onKeyDown={onKey}
        />
        <button type="submit" className="button primary" aria-disabled={text.trim() === ''}>
          Send
        </button>
      </div>
    </form>
  );
};
