import { openThread, TookTooLong } from '#threads/thread.ts';
import { HARM_LIMITS } from '../limits.ts';
import { PortalChanged } from '../failure.ts';

/** What the thread answers. */
export type PdfAnswer = { lines: string } | { failed: string };

const LOOK_EVERY_MS = 50;

/**
 * Text of a PDF, line by line as a person reads it; cells that stand apart are divided by a tab, pages
 * by a form feed on its own line. Read in a thread of its own, whose time and memory are limited.
 * Throws PortalChanged when it is no PDF, has no text (a scan), or is too much.
 */
export const pdf = async (bytes: Uint8Array): Promise<string> => {
  if (!Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-'))
    throw new PortalChanged('The file is not a PDF');
  if (bytes.length > HARM_LIMITS.fileBytes) throw new PortalChanged('The PDF is too large');
  const answer = await inThread(bytes);
  if ('failed' in answer) throw new PortalChanged(answer.failed);
  if (answer.lines.trim() === '') throw new PortalChanged('The PDF has no text');
  return answer.lines;
};

const inThread = async (bytes: Uint8Array): Promise<PdfAnswer> => {
  // It reads what strangers wrote.
  await using thread = openThread<Uint8Array, PdfAnswer>(
    new URL('./pdf-thread.ts', import.meta.url),
    { mostMs: HARM_LIMITS.pdfMs, heapMb: HARM_LIMITS.pdfHeapMb },
  );
  const { promise: tooMuch, resolve } = Promise.withResolvers<PdfAnswer>();
  const before = process.memoryUsage.rss();
  // Buffers lie outside the heap, so the limit on the thread's heap does not see an unpacked bomb.
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() - before > HARM_LIMITS.pdfBytes)
      resolve({ failed: 'The PDF takes too much memory' });
  }, LOOK_EVERY_MS);
  try {
    return await Promise.race([thread.ask(bytes), tooMuch]);
  } catch (error) {
    return {
      failed:
        error instanceof TookTooLong ? 'The PDF takes too long to read' : 'The PDF cannot be read',
    };
  } finally {
    clearInterval(watch);
  }
};
