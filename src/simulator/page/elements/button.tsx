import type { Button, IconButton, WorkflowButton } from '@slack/types';
import { type ReactNode, useState } from 'react';
import { withEmoji } from '../emoji.ts';
import { Anchor } from '../parts/anchor.tsx';
import { useConfirm } from '../parts/confirm.tsx';
import { useSurface } from '../surface.ts';

interface ButtonProps {
  element: Button | IconButton | WorkflowButton;
  blockId: string;
}

const classOf = (element: ButtonProps['element'], busy: boolean): string => {
  const style = 'style' in element && element.style ? ` ${element.style}` : '';
  return `button${style}${element.type === 'icon_button' ? ' icon' : ''}${busy ? ' busy' : ''}`;
};

/** A button stays focusable while the bot answers, so that a keyboard does not lose its place. */
export const BlockButton = ({ element, blockId }: ButtonProps): ReactNode => {
  const surface = useSurface();
  const ask = useConfirm();
  const [busy, setBusy] = useState(false);
  const text = withEmoji(element.text.text);
  const value = 'value' in element ? element.value : undefined;
  const click = async (): Promise<void> => {
    if (busy) return;
    if (!(await ask('confirm' in element ? element.confirm : undefined))) return;
    setBusy(true);
    await surface.act(blockId, element.action_id ?? '', value);
    setBusy(false);
  };
  const name = element.accessibility_label ? withEmoji(element.accessibility_label) : undefined;
  if ('url' in element && element.url) {
    return (
      <Anchor
        className={classOf(element, false)}
        href={element.url}
        label={name}
        onFollow={() => void click()}
      >
        {text}
        <span className="outside" aria-hidden="true">
          ↗
        </span>
      </Anchor>
    );
  }
  return (
    <button
      type="button"
      className={classOf(element, busy)}
      aria-label={name}
      aria-busy={busy}
      onClick={() => void click()}
    >
      {text}
    </button>
  );
};
