import type { TableBlock } from '@slack/types';
import type { ReactNode } from 'react';
import { Display } from './display.tsx';

/** The library knows no number cells; a wide table scrolls inside its own frame. */
export const TableView = ({ block }: { block: TableBlock }): ReactNode => {
  const rows = block.rows.map((row) =>
    row.map((cell) =>
      cell.type === 'raw_number' ? { type: 'raw_text' as const, text: cell.text } : cell,
    ),
  );
  return (
    <div role="group" className="scroller" aria-label="Table" tabIndex={0}>
      <Display block={{ ...block, rows }} />
    </div>
  );
};
