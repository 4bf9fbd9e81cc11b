import type { Confirm } from '@slack/types';
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { MrkdwnText } from '../blocks/display.tsx';
import { withEmoji } from '../emoji.ts';
import { Dialog } from './dialog.tsx';

type Ask = (confirm: Confirm | undefined) => Promise<boolean>;

const ConfirmContext = createContext<Ask>(() => Promise.resolve(true));

/** Asks the person; without a confirm object the answer is yes at once. */
export const useConfirm = (): Ask => use(ConfirmContext);

interface QuestionProps {
  confirm: Confirm;
  answer: (yes: boolean) => void;
}

const Question = ({ confirm, answer }: QuestionProps): ReactNode => {
  const id = useId();
  const danger = confirm.style === 'danger';
  return (
    <Dialog
      role="alertdialog"
      className="confirm"
      labelledBy={`${id}title`}
      describedBy={`${id}text`}
      onEscape={() => answer(false)}
    >
      <h2 id={`${id}title`}>{withEmoji(confirm.title?.text ?? 'Are you sure?')}</h2>
      <div id={`${id}text`}>
        {confirm.text.type === 'mrkdwn' ? (
          <MrkdwnText text={confirm.text.text} />
        ) : (
          withEmoji(confirm.text.text)
        )}
      </div>
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={() => answer(false)}>
          {withEmoji(confirm.deny?.text ?? 'Cancel')}
        </button>
        <button
          type="button"
          className={`button ${danger ? 'danger' : 'primary'}`}
          onClick={() => answer(true)}
        >
          {withEmoji(confirm.confirm?.text ?? 'Yes')}
        </button>
      </div>
    </Dialog>
  );
};

export const ConfirmRoom = ({ children }: { children: ReactNode }): ReactNode => {
  const [question, setQuestion] = useState<Confirm>();
  const waiting = useRef<(yes: boolean) => void>(undefined);
  const ask = useCallback<Ask>((confirm) => {
    if (!confirm) return Promise.resolve(true);
    waiting.current?.(false);
    setQuestion(confirm);
    return new Promise((resolve) => {
      waiting.current = resolve;
    });
  }, []);
  const answer = useCallback((yes: boolean) => {
    setQuestion(undefined);
    waiting.current?.(yes);
    waiting.current = undefined;
  }, []);
  const dialog = useMemo(
    () => question && <Question confirm={question} answer={answer} />,
    [question, answer],
  );
  return (
    <ConfirmContext value={ask}>
      {children}
      {dialog}
    </ConfirmContext>
  );
};
