import type { AnyBlock, KnownBlock } from '@slack/types';
import type { ReactNode } from 'react';
import { Element } from '../elements/element.tsx';
import { CardBlockView, CarouselView } from './card.tsx';
import { ContainerView } from './container.tsx';
import { DataTable } from './data-table.tsx';
import { Display } from './display.tsx';
import { ImageView } from './image.tsx';
import { InputView } from './input.tsx';
import { SectionView } from './section.tsx';
import { TableView } from './table.tsx';

const isKnown = (block: AnyBlock): block is KnownBlock => block.type !== '';

/** Whatever can be clicked or chosen is drawn here, the rest by the library: nothing twice. */
const BlockView = ({ block }: { block: AnyBlock }): ReactNode => {
  if (!isKnown(block)) return null;
  const blockId = block.block_id ?? '';
  switch (block.type) {
    case 'section':
      return <SectionView block={block} />;
    case 'actions':
    case 'context_actions':
      return (
        <div className="actions">
          {block.elements.map((element, index) => (
            <Element
              key={`${index}/${element.type}`}
              element={element}
              standing={{ blockId, acts: true }}
            />
          ))}
        </div>
      );
    case 'input':
      return <InputView block={block} />;
    case 'data_table':
      return <DataTable block={block} />;
    case 'image':
      return <ImageView block={block} />;
    case 'table':
      return <TableView block={block} />;
    case 'card':
      return <CardBlockView block={block} />;
    case 'carousel':
      return <CarouselView block={block} />;
    case 'container':
      return (
        <ContainerView block={block}>
          <BlockList blocks={block.child_blocks} />
        </ContainerView>
      );
    default:
      return <Display block={block} />;
  }
};

/** Keys are places, since apps give new ids at each update and the focus is to stay where it is. */
export const BlockList = ({ blocks }: { blocks: readonly AnyBlock[] }): ReactNode => (
  <div className="blocks">
    {blocks.map((block, index) => (
      <BlockView key={`${index}/${block.type}`} block={block} />
    ))}
  </div>
);
