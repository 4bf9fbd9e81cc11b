import { BOOK_LIFE_MS, type Book } from './book.ts';

/** Of sessions that gave way; each goes by itself when nobody takes it up in time. */
export interface KeptBooks {
  take: (sourceId: string) => Book | undefined;
  put: (sourceId: string, book: Book) => void;
}

export const createKeptBooks = (): KeptBooks => {
  const kept = new Map<string, { book: Book; timer: NodeJS.Timeout }>();
  const take = (sourceId: string): Book | undefined => {
    const entry = kept.get(sourceId);
    kept.delete(sourceId);
    clearTimeout(entry?.timer);
    return entry?.book;
  };
  return {
    take,
    put: (sourceId, book) => {
      take(sourceId);
      const timer = setTimeout(() => kept.delete(sourceId), BOOK_LIFE_MS);
      timer.unref();
      kept.set(sourceId, { book, timer });
    },
  };
};
