import type { SectionBlock } from '@slack/types';
import { type ReactNode, useId } from 'react';
import { Element } from '../elements/element.tsx';
import { Display } from './display.tsx';

/** The library draws an accessory without telling of a click, so it only gets the words. */
export const SectionView = ({ block }: { block: SectionBlock }): ReactNode => {
  const id = useId();
  const { accessory, ...words } = block;
  if (!accessory || accessory.type === 'image') return <Display block={block} />;
  const named = accessory.type === 'checkboxes' || accessory.type === 'radio_buttons';
  return (
    <div className="section">
      <div id={id} className="section-words">
        <Display block={words} />
      </div>
      <Element
        element={accessory}
        standing={{
          blockId: block.block_id ?? '',
          acts: true,
          ...(named && { labelledBy: id }),
        }}
      />
    </div>
  );
};
