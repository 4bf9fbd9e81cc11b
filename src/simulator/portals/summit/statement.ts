import type { ShownPolicy } from '../policy-data.ts';

type Document = PDFKit.PDFDocument;

const LEFT = 60;
const COLUMNS = { name: LEFT, amount: 330, asOf: 440 };
const LINE = 20;

const longDate = (iso: string): string =>
  new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(iso));

const money = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  currencySign: 'accounting',
});

/** What is no number is shown as it is: portals do. */
const dollars = (amount: string): string =>
  Number.isNaN(Number(amount)) ? amount : money.format(Number(amount));

/** Writes texts of one line, each at its own place. */
const line = (
  document: Document,
  y: number,
  cells: Partial<Record<keyof typeof COLUMNS, string>>,
) => {
  for (const [column, text] of Object.entries(cells))
    document.text(text, COLUMNS[column as keyof typeof COLUMNS], y, { lineBreak: false });
};

/** The statement as it is printed: facts, a table of values, and small print with amounts of its own. */
const draw = (document: Document, policy: ShownPolicy): void => {
  let y = 60;
  const next = (cells: Parameters<typeof line>[2], size = 11): void => {
    document.fontSize(size);
    line(document, y, cells);
    y += LINE;
  };
  next({ name: 'Summit Fidelity' }, 16);
  next({ name: 'Statement of account values' }, 13);
  y += LINE;
  next({ name: 'Account number', amount: policy.number });
  next({ name: 'Product', amount: policy.product });
  next({ name: 'Owner', amount: policy.owner });
  next({ name: 'Account status', amount: policy.status });
  y += LINE;
  document.font('Helvetica-Bold');
  next({ name: 'Value', amount: 'Amount', asOf: 'As of' });
  document.font('Helvetica');
  for (const { name, amount, asOf } of policy.values)
    next({
      name,
      amount: amount === undefined ? 'Not available' : dollars(amount),
      asOf: longDate(asOf),
    });
  next({ name: `End of values: ${policy.values.length}` });
  y += LINE;
  document.fontSize(8);
  document.text(
    'An annual fee of $30.00 is taken on the contract anniversary. Values may fall.',
    LEFT,
    y,
  );
};

/** The same facts after a redesign: a letter, whose amounts stand in sentences. */
const drawRedesigned = (document: Document, policy: ShownPolicy): void => {
  document.fontSize(12).text(`Dear ${policy.owner},`, LEFT, 60);
  for (const { name, amount = '0' } of policy.values)
    document.text(`The ${name.toLowerCase()} of ${policy.number} stands at ${dollars(amount)}.`);
};

const BOOK_LEFT = 30;
const BOOK_COLUMNS = [BOOK_LEFT, 130, 330, 440, 560, 670] as const;
const BOOK_LINE = 14;
const BOOK_BOTTOM = 540;

/** A line for each value of each account, its headers again on every page, and their counts at the end. */
const drawBook = (document: Document, policies: readonly ShownPolicy[]): void => {
  let y = 40;
  let pages = 0;
  const write = (...cells: readonly string[]): void => {
    cells.forEach((text, index) =>
      document.text(text, BOOK_COLUMNS[index], y, { lineBreak: false }),
    );
    y += BOOK_LINE;
  };
  const begin = (): void => {
    if (pages > 0) document.addPage();
    pages += 1;
    y = 40;
    document.fontSize(8);
    write('Summit Fidelity', '', '', '', '', `Page ${pages}`);
    write('Statement of all accounts, closed ones too');
    y += BOOK_LINE;
    document.font('Helvetica-Bold');
    write('Account', 'Product', 'Status', 'Value', 'Amount', 'As of');
    document.font('Helvetica');
  };
  begin();
  let values = 0;
  for (const policy of policies) {
    const { number, product, status } = policy;
    const lines = policy.values.map(({ name, amount, asOf }) => [
      name,
      amount === undefined ? 'Not available' : dollars(amount),
      longDate(asOf),
    ]);
    values += lines.length;
    for (const line of lines.length === 0 ? [['None', 'None', 'None']] : lines) {
      if (y > BOOK_BOTTOM) begin();
      write(number, product, status, ...line);
    }
  }
  write(`End of statement: ${policies.length} accounts, ${values} values`);
};

/** A PDF of one page. */
export const statementOf = (policy: ShownPolicy): Promise<Buffer> =>
  printed({ size: 'LETTER' }, (document) =>
    (policy.changedPage ? drawRedesigned : draw)(document, policy),
  );

/** A PDF of as many pages as it takes: all accounts of a login. */
export const bookStatementOf = (policies: readonly ShownPolicy[]): Promise<Buffer> =>
  printed({ size: 'LETTER', layout: 'landscape', margin: BOOK_LEFT }, (document) => {
    const changed = policies.find((policy) => policy.changedPage);
    if (changed) drawRedesigned(document, changed);
    else drawBook(document, policies);
  });

const printed = async (
  paper: PDFKit.PDFDocumentOptions,
  write: (document: Document) => void,
): Promise<Buffer> => {
  // Only a portal that prints needs this, and it takes a while to load.
  const { default: PDFDocument } = await import('pdfkit');
  const document = new PDFDocument({ ...paper, info: { Title: 'Statement' } });
  const parts: Buffer[] = [];
  const written = Promise.withResolvers<void>();
  document.on('data', (part: Buffer) => parts.push(part));
  document.on('end', () => written.resolve());
  write(document);
  document.end();
  await written.promise;
  return Buffer.concat(parts);
};
