import type { Page, Request } from 'playwright';
import type { Finds, PagesOptions } from '../contract.ts';
import { find, isShown, type Place } from './find.ts';
import { HARM_LIMITS, STEP_LIMITS } from '../limits.ts';
import { PortalChanged } from '../failure.ts';

const LOOK_EVERY_MS = 100;
/** So many looks must show the same, with no request open, until a screen counts as drawn. */
const SAME_LOOKS = 3;
const MOST_SCREENS = 500;

/** HTML of a page or frame as it is now. Throws PortalChanged when it is larger than any page needs. */
export const html = async (place: Place): Promise<string> => {
  const length = await place.evaluate(() => document.documentElement.outerHTML.length);
  if (length > HARM_LIMITS.htmlChars) throw new PortalChanged('The page is too large');
  return place.content();
};
/**
 * HTML of each screen of a listing, once it is drawn. Throws PortalChanged when a screen comes twice,
 * does not change, or the listing has no end.
 */
export const pages = async function* (
  place: Place,
  { next, busy, most = MOST_SCREENS }: PagesOptions,
): AsyncGenerator<string> {
  await using watch = watchDrawing(place, busy);
  const seen = new Set<string>();
  let text = await watch.drawn();
  for (let screens = 1; ; screens += 1) {
    if (seen.has(text)) throw new PortalChanged('A screen of the listing comes twice');
    seen.add(text);
    yield await html(place);
    if (!(await isShown(place, next))) return;
    const button = await find(place, next);
    if (!(await button.isEnabled())) return;
    if (screens >= Math.min(most, MOST_SCREENS)) throw new PortalChanged('The listing has no end');
    await button.click();
    text = await watch.drawn(text);
  }
};

/**
 * HTML of a list that draws only what is in sight, at each place that it is scrolled to; rows come
 * more than once. Throws PortalChanged when it has no end.
 */
export const scroll = async function* (
  place: Place,
  { list, busy, most = MOST_SCREENS }: { list: Finds; busy?: Finds; most?: number },
): AsyncGenerator<string> {
  await using watch = watchDrawing(place, busy);
  await watch.drawn();
  const box = await find(place, list);
  await box.evaluate((element) => element.scrollTo(0, 0));
  for (let screens = 1; ; screens += 1) {
    await watch.drawn();
    yield await html(place);
    const moved = await box.evaluate((element) => {
      const before = element.scrollTop;
      element.scrollBy(0, element.clientHeight * 0.8);
      return element.scrollTop > before;
    });
    if (!moved) return;
    if (screens >= Math.min(most, MOST_SCREENS)) throw new PortalChanged('The list has no end');
  }
};

/** Tells when what is in sight has settled. */
const watchDrawing = (place: Place, busy: Finds | undefined) => {
  const page: Page = 'mainFrame' in place ? place : place.page();
  const open = new Set<Request>();
  const began = (request: Request): void => {
    if (['document', 'xhr', 'fetch'].includes(request.resourceType())) open.add(request);
  };
  const ended = (request: Request): void => void open.delete(request);
  page.on('request', began);
  page.on('requestfinished', ended);
  page.on('requestfailed', ended);

  /** Undefined while another document comes. */
  const textNow = (): Promise<string | undefined> =>
    place
      .evaluate(() => (document.readyState === 'loading' ? undefined : document.body.innerText))
      .catch((error: unknown) => {
        if (page.isClosed()) throw error;
        return undefined;
      });

  return {
    /** The text in sight once it has settled, and differs from `before`. Throws PortalChanged. */
    drawn: async (before?: string): Promise<string> => {
      const end = performance.now() + STEP_LIMITS.wait;
      let last: string | undefined;
      let same = 0;
      while (performance.now() < end) {
        const text = await textNow();
        const waits = open.size > 0 || (busy !== undefined && (await isShown(place, busy)));
        same = !waits && text !== undefined && text === last && text !== before ? same + 1 : 0;
        if (same >= SAME_LOOKS && text !== undefined) return text;
        last = text;
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
      throw new PortalChanged('A listing does not settle, or does not go on');
    },
    [Symbol.asyncDispose]: (): Promise<void> => {
      page.off('request', began);
      page.off('requestfinished', ended);
      page.off('requestfailed', ended);
      return Promise.resolve();
    },
  };
};

/**
 * Sets a select to the option of this text, or a box to ticked or not; does nothing where it is so
 * already. True when something was changed. Throws PortalChanged when there is no such option.
 */
export const choose = async (
  place: Place,
  wanted: Finds,
  value: string | boolean,
): Promise<boolean> => {
  const field = await find(place, wanted);
  if (typeof value === 'boolean') {
    if ((await field.isChecked()) === value) return false;
    await field.setChecked(value);
    return true;
  }
  const found = await field.evaluate((element, text) => {
    if (!(element instanceof HTMLSelectElement)) return 'none';
    const same = (option: HTMLOptionElement): boolean =>
      option.text.replaceAll(/\s+/g, ' ').trim() === text;
    const options = [...element.options].filter(same);
    if (options.length !== 1) return 'none';
    return options[0]?.selected ? 'chosen' : options[0]?.index;
  }, value);
  if (found === 'chosen') return false;
  if (typeof found !== 'number') throw new PortalChanged(`A list lacks the choice "${value}"`);
  await field.selectOption({ index: found });
  return true;
};
