import { type ReactNode, useCallback, useEffect, useState } from 'react';

/** Long enough to read a sentence twice. */
const STAYS_MS = 10_000;

export interface Notices {
  notice: { text: string; id: number } | undefined;
  say: (text: string) => void;
  dismiss: () => void;
}

export const useNotices = (): Notices => {
  const [notice, setNotice] = useState<Notices['notice']>();
  const say = useCallback(
    (text: string) => setNotice((before) => ({ text, id: (before?.id ?? 0) + 1 })),
    [],
  );
  const dismiss = useCallback(() => setNotice(undefined), []);
  useEffect(() => {
    if (!notice) return undefined;
    const timer = window.setTimeout(dismiss, STAYS_MS);
    return () => window.clearTimeout(timer);
  }, [notice, dismiss]);
  return { notice, say, dismiss };
};

/** Always in the page, so that a screen reader hears what appears in it. */
export const NoticeBar = ({ notice, dismiss }: Notices): ReactNode => (
  <div className="notices" role="alert">
    {notice && (
      <p className="notice">
        {notice.text}
        <button type="button" className="button small" onClick={dismiss}>
          Dismiss
        </button>
      </p>
    )}
  </div>
);
