import { getDocumentProxy } from 'unpdf';
import { answerEach } from '#threads/answer-each.ts';
import type { PdfAnswer } from './pdf.ts';

/** Runs in a thread of its own: reads a PDF. */

const MOST_PAGES = 300;
/** Parts of a line this far apart, in heights of the letters, are cells of a table. */
const CELL_GAP = 1.2;
const WORD_GAP = 0.15;

interface Piece {
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

const isPiece = (item: object): item is { str: string; transform: number[] } & Piece =>
  'str' in item && 'transform' in item;

/** Pieces on one baseline, from left to right, lines from top to bottom. */
const linesOf = (pieces: readonly Piece[]): string[] => {
  const lines: Piece[][] = [];
  for (const piece of pieces.toSorted((a, b) => b.y - a.y)) {
    const line = lines.at(-1);
    const first = line?.[0];
    if (line && first && first.y - piece.y < Math.min(first.height, piece.height) / 2)
      line.push(piece);
    else lines.push([piece]);
  }
  return lines.map(lineOf);
};

const lineOf = (pieces: readonly Piece[]): string => {
  let text = '';
  let end: number | undefined;
  for (const piece of pieces.toSorted((a, b) => a.x - b.x)) {
    const gap = end === undefined ? 0 : (piece.x - end) / piece.height;
    if (gap > CELL_GAP) text += '\t';
    else if (gap > WORD_GAP && !text.endsWith(' ')) text += ' ';
    text += piece.text;
    end = Math.max(end ?? 0, piece.x + piece.width);
  }
  return text.trim();
};

const read = async (bytes: Uint8Array): Promise<PdfAnswer> => {
  const document = await getDocumentProxy(bytes, {
    disableFontFace: true,
    useSystemFonts: false,
    stopAtErrors: true,
    verbosity: 0,
  });
  if (document.numPages > MOST_PAGES) return { failed: 'The PDF has too many pages' };
  const pages: string[] = [];
  for (let number = 1; number <= document.numPages; number += 1) {
    const { items } = await (await document.getPage(number)).getTextContent();
    const pieces = items.flatMap((item): Piece[] => {
      if (!isPiece(item) || item.str.trim() === '') return [];
      const [, , , , x = 0, y = 0] = item.transform;
      return [{ text: item.str, x, y, width: item.width, height: item.height || 1 }];
    });
    pages.push(linesOf(pieces).join('\n'));
  }
  return { lines: pages.join('\n\f\n') };
};

// pdf.js asks for a canvas when it loads; text needs none, and its warning would be all our log says.
console.warn = () => {};
answerEach(read);
