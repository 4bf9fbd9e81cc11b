import { readFile, stat } from 'node:fs/promises';
import type { BrowserContext, Download, Page } from 'playwright';
import { HARM_LIMITS } from '../limits.ts';
import { PortalChanged } from '../failure.ts';

/** What the carrier's code waits for now: only that passes the fence, once. */
interface Openings {
  /** Pop-ups that may open, and first requests of theirs, which come before their page is known. */
  popups: number;
  firstRequests: number;
  admitted: WeakSet<Page>;
  download: ((download: Download) => void) | undefined;
}

const OPENINGS = new WeakMap<BrowserContext, Openings>();

const openingsOf = (context: BrowserContext): Openings => {
  const known = OPENINGS.get(context);
  if (known) return known;
  const fresh: Openings = {
    popups: 0,
    firstRequests: 0,
    admitted: new WeakSet(),
    download: undefined,
  };
  OPENINGS.set(context, fresh);
  return fresh;
};

/** Whether a navigation in a pop-up may go on; `page` is undefined while it is not known. */
export const mayOpen = (context: BrowserContext, page: Page | undefined): boolean => {
  const openings = openingsOf(context);
  if (page) return openings.admitted.has(page) || openings.popups > 0;
  if (openings.firstRequests === 0) return false;
  openings.firstRequests -= 1;
  return true;
};

/** Whether this pop-up is the one that is waited for. */
export const admitPopup = (context: BrowserContext, popup: Page): boolean => {
  const openings = openingsOf(context);
  if (openings.popups === 0) return false;
  openings.popups -= 1;
  openings.admitted.add(popup);
  return true;
};

/** Whether somebody waits for a download: then it is theirs. */
export const admitDownload = (context: BrowserContext, download: Download): boolean => {
  const openings = openingsOf(context);
  const { download: take } = openings;
  openings.download = undefined;
  take?.(download);
  return take !== undefined;
};

/**
 * Does `act`, and gives the window that it opens, fenced like the first. It is closed when the read
 * ends. Throws PortalChanged when none opens.
 */
export const popup = async (page: Page, act: () => Promise<unknown>): Promise<Page> => {
  const openings = openingsOf(page.context());
  openings.popups = 1;
  openings.firstRequests = 1;
  try {
    const [opened] = await Promise.all([
      page
        .waitForEvent('popup')
        .catch((error: unknown) => notCome(page, error, 'No window opened')),
      act(),
    ]);
    await opened.waitForLoadState('domcontentloaded');
    return opened;
  } finally {
    openings.popups = 0;
    openings.firstRequests = 0;
  }
};

/** Does `act`, and gives the window that it opens, where it opens one: for who does not know yet. */
export const popupIfAny = async (
  page: Page,
  act: () => Promise<unknown>,
): Promise<Page | undefined> => {
  const openings = openingsOf(page.context());
  openings.popups = 1;
  openings.firstRequests = 1;
  let opened: Page | undefined;
  const take = (window: Page): void => void (opened = window);
  page.once('popup', take);
  try {
    await act();
    await opened?.waitForLoadState('domcontentloaded');
    return opened;
  } finally {
    page.off('popup', take);
    openings.popups = 0;
    openings.firstRequests = 0;
  }
};

const notCome = (page: Page, error: unknown, what: string): never => {
  if (page.isClosed() || !/Timeout/.test(String(error))) throw error;
  throw new PortalChanged(what);
};

/** A file as the portal gave it. */
export interface DownloadedFile {
  /** As the portal names it; never a path. */
  name: string;
  bytes: Uint8Array;
  /** Of UTF-8, of UTF-16 with a mark, else of Windows-1252. */
  text: () => string;
}

/**
 * Does `act`, and gives the file that it downloads, also through a window that it opens. Throws
 * PortalChanged when no download begins, or one of more than `mostBytes` (25 MB, and no more than that).
 */
export const download = async (
  page: Page,
  act: () => Promise<unknown>,
  { mostBytes = HARM_LIMITS.fileBytes }: { mostBytes?: number } = {},
): Promise<DownloadedFile> => {
  const most = Math.min(mostBytes, HARM_LIMITS.fileBytes);
  const openings = openingsOf(page.context());
  const begun = Promise.withResolvers<Download>();
  openings.download = begun.resolve;
  openings.firstRequests = 1;
  const watch = await watchSize(page, most);
  try {
    const arrived = Promise.race([
      begun.promise,
      page
        .waitForEvent('download')
        .catch((error: unknown) => notCome(page, error, 'No download began')),
    ]);
    const [file] = await Promise.all([arrived, act()]);
    watch.of(file);
    return await keep(file, most);
  } finally {
    openings.download = undefined;
    openings.firstRequests = 0;
    await watch.stop();
  }
};

const keep = async (file: Download, most: number): Promise<DownloadedFile> => {
  const tooLarge = `The download is larger than ${most / 1_000_000} MB`;
  try {
    const path = await file.path().catch(async (error: unknown) => {
      throw (await file.failure()) === 'canceled' ? new PortalChanged(tooLarge) : error;
    });
    if ((await stat(path)).size > most) throw new PortalChanged(tooLarge);
    const bytes = await readFile(path);
    return { name: file.suggestedFilename(), bytes, text: () => decoded(bytes) };
  } finally {
    await file.delete().catch(() => {});
  }
};

/** Ends a download as soon as it is too large: the browser would write it to the disk to its end. */
const watchSize = async (page: Page, most: number) => {
  const session = await page.context().newCDPSession(page);
  const file = Promise.withResolvers<Download>();
  session.on('Page.downloadProgress', ({ receivedBytes, totalBytes }) => {
    if (Math.max(receivedBytes, totalBytes) > most)
      void file.promise.then((download) => download.cancel()).catch(() => {});
  });
  await session.send('Page.enable');
  return { of: file.resolve, stop: () => session.detach().catch(() => {}) };
};

const decoded = (bytes: Uint8Array): string => {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
};
