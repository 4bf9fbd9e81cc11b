import type { InputBlock } from '@slack/types';
import { type ReactNode, useId } from 'react';
import { Element } from '../elements/element.tsx';
import { withEmoji } from '../emoji.ts';
import { useSurface } from '../surface.ts';

export const InputView = ({ block }: { block: InputBlock }): ReactNode => {
  const id = useId();
  const { errors } = useSurface();
  const blockId = block.block_id ?? '';
  const error = errors[blockId];
  const describedBy = [block.hint && `${id}hint`, error && `${id}error`].filter(Boolean).join(' ');
  return (
    <div className={`input${error ? ' invalid' : ''}`} data-block={blockId}>
      <div id={`${id}label`} className="label">
        {withEmoji(block.label.text)}
        {block.optional && <span className="quiet"> (optional)</span>}
      </div>
      <Element
        element={block.element}
        dispatches={block.dispatch_action ?? false}
        standing={{
          blockId,
          acts: (block.dispatch_action ?? false) && !block.element.type.includes('input'),
          labelledBy: `${id}label`,
          ...(describedBy !== '' && { describedBy }),
          invalid: error !== undefined,
          required: !block.optional,
        }}
      />
      {block.hint && (
        <p id={`${id}hint`} className="hint">
          {withEmoji(block.hint.text)}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}error`} className="error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
};
