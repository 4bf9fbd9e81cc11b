import type { DataTableBlock } from '@slack/types';
import { type ReactNode, useId, useState } from 'react';
import { EmojiText } from '../emoji-picture.tsx';
import { withEmoji } from '../emoji.ts';
import { RichText } from './display.tsx';
import { type Cell, type Order, sortRows } from './sorting.ts';

/** What Slack shows when the block says no number itself. */
const PAGE_SIZE = 5;

const CellView = ({ cell }: { cell: Cell }): ReactNode =>
  cell.type === 'rich_text' ? <RichText block={cell} /> : <EmojiText text={cell.text} />;

interface PagerProps {
  page: number;
  pageSize: number;
  total: number;
  caption: string;
  turn: (page: number) => void;
}

const Pager = ({ page, pageSize, total, caption, turn }: PagerProps): ReactNode => {
  const first = page * pageSize;
  const last = Math.min(first + pageSize, total);
  return (
    <nav className="pager" aria-label={`Pages of ${caption}`}>
      <span role="status">
        {first + 1}–{last} of {total}
      </span>
      <button
        type="button"
        className="button small"
        aria-disabled={page === 0}
        onClick={() => page > 0 && turn(page - 1)}
      >
        Previous
      </button>
      <button
        type="button"
        className="button small"
        aria-disabled={last >= total}
        onClick={() => last < total && turn(page + 1)}
      >
        Next
      </button>
    </nav>
  );
};

/** A table with pages and sortable columns; its first row holds the headings. */
export const DataTable = ({ block }: { block: DataTableBlock }): ReactNode => {
  const id = useId();
  const [order, setOrder] = useState<Order>();
  const [page, setPage] = useState(0);
  const [headings = [], ...rows] = block.rows;
  const pageSize = block.page_size ?? PAGE_SIZE;
  const lastPage = Math.max(0, Math.ceil(rows.length / pageSize) - 1);
  const at = Math.min(page, lastPage);
  const shown = sortRows(rows, order).slice(at * pageSize, (at + 1) * pageSize);
  const sortBy = (column: number): void => {
    const descending = order?.column === column && !order.descending;
    setOrder({ column, descending });
    setPage(0);
  };
  const sortOf = (column: number): 'ascending' | 'descending' | 'none' => {
    if (order?.column !== column) return 'none';
    return order.descending ? 'descending' : 'ascending';
  };
  const headingOf = (column: number): string => {
    const heading = headings[column];
    return heading !== undefined && 'text' in heading ? heading.text : '';
  };
  const numeric = (column: number): boolean =>
    rows.length > 0 && rows.every((row) => row[column]?.type === 'raw_number');
  return (
    <div className="data-table">
      <div role="group" className="scroller" aria-labelledby={id} tabIndex={0}>
        <table>
          <caption id={id}>{withEmoji(block.caption)}</caption>
          <thead>
            <tr>
              {headings.map((heading, column) => (
                <th
                  key={column}
                  scope="col"
                  aria-sort={sortOf(column)}
                  className={numeric(column) ? 'number' : undefined}
                >
                  <button type="button" onClick={() => sortBy(column)}>
                    <CellView cell={heading} />
                    <span aria-hidden="true" className={`sort ${sortOf(column)}`} />
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ row, index }) => (
              <tr key={index}>
                {row.map((cell, column) =>
                  column === block.row_header_column_index ? (
                    <th key={column} scope="row">
                      <CellView cell={cell} />
                    </th>
                  ) : (
                    <td
                      key={column}
                      className={numeric(column) ? 'number' : undefined}
                      data-heading={headingOf(column)}
                    >
                      <CellView cell={cell} />
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > pageSize && (
        <Pager
          page={at}
          pageSize={pageSize}
          total={rows.length}
          caption={block.caption}
          turn={setPage}
        />
      )}
    </div>
  );
};
