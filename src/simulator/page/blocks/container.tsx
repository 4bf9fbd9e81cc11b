import type { ContainerBlock } from '@slack/types';
import type { ReactNode } from 'react';
import { withEmoji } from '../emoji.ts';
import { Display, MrkdwnText, RichText } from './display.tsx';

const Title = ({ block }: { block: ContainerBlock }): ReactNode => (
  <>
    {block.icon && <Display block={{ type: 'context', elements: [block.icon] }} />}
    {block.title && <strong>{withEmoji(block.title.text)}</strong>}
    {block.rich_text_title && <RichText block={block.rich_text_title} />}
    {block.subtitle && (
      <span className="quiet">
        <MrkdwnText text={block.subtitle.text} />
      </span>
    )}
  </>
);

interface ContainerProps {
  block: ContainerBlock;
  /** Its child blocks, drawn. */
  children: ReactNode;
}

export const ContainerView = ({ block, children }: ContainerProps): ReactNode => {
  if (!block.is_collapsible) {
    return (
      <div className="container">
        <div className="container-title">
          <Title block={block} />
        </div>
        {children}
      </div>
    );
  }
  return (
    <details className="container" open={!block.default_collapsed}>
      <summary className="container-title">
        <Title block={block} />
      </summary>
      {children}
    </details>
  );
};
