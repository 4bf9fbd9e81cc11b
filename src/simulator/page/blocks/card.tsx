import type { CardBlock, CarouselBlock } from '@slack/types';
import type { ReactNode } from 'react';
import { BlockButton } from '../elements/button.tsx';
import { Display } from './display.tsx';

export const CardBlockView = ({ block }: { block: CardBlock }): ReactNode => {
  const { actions = [], ...words } = block;
  return (
    <div className="card">
      <Display block={words} />
      {actions.length > 0 && (
        <div className="actions">
          {actions.map((button) => (
            <BlockButton
              key={button.action_id ?? button.text.text}
              element={button}
              blockId={block.block_id ?? ''}
            />
          ))}
        </div>
      )}
    </div>
  );
};

export const CarouselView = ({ block }: { block: CarouselBlock }): ReactNode => (
  <div role="group" className="carousel scroller" aria-label="Cards" tabIndex={0}>
    {block.elements.map((card, index) => (
      <CardBlockView key={card.block_id ?? index} block={card} />
    ))}
  </div>
);
