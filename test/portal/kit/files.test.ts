import { describe, expect, it, vi } from 'vitest';
import { createKit } from '#portal/kit/kit.ts';
import { PortalChanged } from '#portal/failure.ts';
import { pdfOf } from '#test/support/pdf.ts';

const kit = createKit();
const columns = { number: 'Policy number', value: ['Account value', /^Current value/] };

describe('a CSV file', () => {
  it.each([
    ['with commas', 'Policy number,Account value\n0012,"1,000.00"\n'],
    ['with semicolons and a byte order mark', '\uFEFFPolicy number;Account value\r\n0012;1,000.00'],
    ['with tabs', 'Policy number\tAccount value\n0012\t1,000.00'],
    ['with its columns in another order', 'Account value,Status,Policy number\n"1,000.00",x,0012'],
    [
      'with lines above the headers',
      'Book of Ana\nAs of 11/20/2026,,\n\nPolicy number,Account value\n0012,"1,000.00"',
    ],
    ['of an earlier generation', 'POLICY NUMBER,Current value (USD)\n0012,"1,000.00"'],
    [
      'with its headers again on each page',
      'Policy number,Account value\nPolicy number,Account value\n0012,"1,000.00"',
    ],
    ['with empty cells at the end', 'Policy number,Account value\n0012,"1,000.00",,'],
  ])('%s is read by its headers', (_what, text) => {
    expect(kit.csv(text, { columns })).toEqual([{ number: '0012', value: '1,000.00' }]);
  });

  it.each([
    ['without the headers', 'Number,Amount\n1,2'],
    ['with a header twice', 'Policy number,Policy number,Account value\n1,2,3'],
    ['with a row cut off', 'Policy number,Account value\n0012'],
    ['with a row too long', 'Policy number,Account value\n0012,1,000.00'],
    ['that is a page', '<html><body>Policy number</body></html>'],
    ['that is empty', ''],
  ])('%s is not understood', (_what, text) => {
    expect(() => kit.csv(text, { columns })).toThrow(PortalChanged);
  });

  it('names the rows that are not whole to who asks, and gives the others', () => {
    const onUnreadable = vi.fn<(row: number, why: string) => void>();
    const text = 'Policy number,Account value\n1,10\n2\n3,30\nEnd of report: 3 policies';
    const rows = kit.csv(text, { columns, notes: /^End of report/, onUnreadable });
    expect(rows.map((row) => row.number)).toEqual(['1', '3']);
    expect(onUnreadable).toHaveBeenCalledExactlyOnceWith(2, expect.stringContaining('1 cells'));
  });

  it('gives a column that may be there only where it is', () => {
    const optional = { status: 'Status' };
    expect(kit.csv('Policy number,Account value\n1,2', { columns, optional })).toEqual([
      { number: '1', value: '2' },
    ]);
    const [row] = kit.csv('Policy number,Status,Account value\n1,Active,2', { columns, optional });
    expect(row?.status).toBe('Active');
  });
});

describe('a PDF', () => {
  it('is read line by line, cells divided by tabs, pages by form feeds', async () => {
    const bytes = pdfOf([
      [
        [20, 150, 'Account'],
        [66, 150, 'Value'],
        [220, 150, '$1,234.50'],
        [20, 130, 'As of 11/20/2026'],
      ],
      [[20, 150, 'Page 2']],
    ]);
    expect(await kit.pdf(bytes)).toBe('Account Value\t$1,234.50\nAs of 11/20/2026\n\f\nPage 2');
  });

  it.each([
    ['a page that says sorry', new TextEncoder().encode('<html>Sorry</html>'), 'not a PDF'],
    ['one cut off', pdfOf([[[20, 150, 'Account Value']]]).subarray(0, 60), 'cannot be read'],
    ['a scan without text', pdfOf([[]]), 'no text'],
    ['one that is too large', Buffer.concat([pdfOf([[]]), Buffer.alloc(26_000_000)]), 'too large'],
  ])('%s is not understood', async (_what, bytes, why) => {
    await expect(kit.pdf(bytes)).rejects.toThrow(why);
  });
});
