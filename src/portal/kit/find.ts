import type { Frame, FrameLocator, Locator, Page } from 'playwright';
import type { Find, Finds } from '../contract.ts';
import { noteFind } from '../step-trace.ts';
import { PortalChanged } from '../failure.ts';

/** Where something is looked for: a page, or a frame of it as `kit.frame` gives it. */
export type Place = Page | Frame;

/** What the adapter looked for on a page, in vain. */
export class NotInSight extends PortalChanged {
  readonly wanted: Finds;

  constructor(message: string, wanted: Finds) {
    super(message);
    this.wanted = wanted;
  }
}

const pageOf = (place: Place): Page => ('mainFrame' in place ? place : place.page());

/** What holds one thing of many. */
const ROW = 'tr, li, [role="row"], [role="listitem"]';

/** The innermost rows that show this. */
export const rowsOf = (place: Place, shown: RegExp): Locator => {
  const rows = place.locator(ROW).filter({ has: place.getByText(shown) });
  return rows.filter({ hasNot: rows });
};

const oneWay = (place: Place | FrameLocator, { frame, ...wanted }: Find): Locator[] => {
  if (frame === 'any') return framesOf(place).flatMap((each) => oneWay(each, wanted));
  if (frame)
    return candidates(place, frame).flatMap((outer) => oneWay(outer.contentFrame(), wanted));
  const { label, placeholder, role, text, name, css, row } = wanted;
  const exact = (words: string | RegExp) => ({ exact: typeof words === 'string' });
  // Of a frame that is looked for with the row itself, the text of all cells runs together.
  const within =
    row === undefined
      ? place
      : 'owner' in place
        ? place.locator(ROW).filter({ hasText: row })
        : rowsOf(place, row);
  return [
    label !== undefined && within.getByLabel(label, exact(label)),
    typeof label === 'string' && within.locator(menuInLabel(label)),
    placeholder !== undefined && within.getByPlaceholder(placeholder, exact(placeholder)),
    role && within.getByRole(role[0], { name: role[1], ...exact(role[1]) }),
    text !== undefined && within.getByText(text, exact(text)),
    name !== undefined && within.locator(`[name=${JSON.stringify(name)}]`),
    css !== undefined && within.locator(css),
  ]
    .filter((each) => each !== false && each !== undefined)
    .map((each) => each.filter({ visible: true }));
};

/** A menu inside its own label, whose text is then that of all choices too. */
const menuInLabel = (label: string): string => {
  const parts = label.split('"').map((part) => `"${part}"`);
  const text = parts.length === 1 ? parts[0] : `concat(${parts.join(`, '"', `)})`;
  return `xpath=.//label[normalize-space(text())=${text}]//select`;
};

/** A page and all its frames; a frame and those inside it. */
const framesOf = (place: Place | FrameLocator): readonly Frame[] => {
  if ('mainFrame' in place) return place.frames();
  if ('childFrames' in place) return [place, ...place.childFrames().flatMap(framesOf)];
  throw new PortalChanged('Inside a frame that is looked for, "any" frame cannot be meant');
};

const generations = (wanted: Finds): readonly Find[] =>
  Array.isArray(wanted) ? (wanted as readonly Find[]) : [wanted as Find];

/** All that it may be, each way by itself. */
export const candidates = (place: Place | FrameLocator, wanted: Finds): Locator[] =>
  generations(wanted).flatMap((one) => oneWay(place, one));

/** Whether it is in sight now; never waits. */
export const isShown = async (page: Place, wanted: Finds): Promise<boolean> => {
  for (const candidate of candidates(page, wanted)) if ((await candidate.count()) > 0) return true;
  return false;
};

/** Waits for the page's time-out. Throws PortalChanged. */
export const find = async (place: Place, wanted: Finds): Promise<Locator> => {
  const page = pageOf(place);
  noteFind(page, described(wanted));
  try {
    while (!(await comesInSight(page, candidates(place, wanted))));
  } catch (error) {
    if (page.isClosed() || !(error instanceof AggregateError)) throw error;
    throw new NotInSight(`Nothing in sight matches ${described(wanted)}`, wanted);
  }
  for (const candidate of candidates(place, wanted))
    if ((await candidate.count()) > 0) return candidate.first();
  throw new PortalChanged(`${described(wanted)} went out of sight`);
};

/** Whether one came; false when the frames have changed, and have to be looked through anew. */
const comesInSight = async (page: Page, all: readonly Locator[]): Promise<boolean> => {
  if (all.length === 0 && page.frames().length < 2)
    throw new PortalChanged('A field is declared without a way to find it');
  const changed = Promise.withResolvers<false>();
  const onFrame = (): void => changed.resolve(false);
  page.on('framenavigated', onFrame);
  // A way that finds nothing would go on looking, in the pages that come after too, until its time is out.
  const others = new AbortController();
  const { signal } = others;
  try {
    return await Promise.race([
      Promise.any(all.map((each) => each.first().waitFor({ signal }))).then(() => true),
      changed.promise,
    ]);
  } finally {
    page.off('framenavigated', onFrame);
    others.abort();
  }
};

/**
 * The document of a frame, when it has come. The frame stays the same when another page is shown in
 * it. Throws PortalChanged.
 */
export const frameOf = async (place: Place, wanted: Finds): Promise<Frame> => {
  const element = await (await find(place, wanted)).elementHandle();
  const frame = await element?.contentFrame();
  if (!frame) throw new PortalChanged(`${described(wanted)} is not a frame`);
  await frame.waitForLoadState('domcontentloaded');
  return frame;
};

const described = (wanted: Finds): string =>
  generations(wanted)
    .flatMap((one) => Object.entries(one).filter(([how]) => how !== 'frame'))
    .map(([how, what]) => `${how} ${Array.isArray(what) ? what.join(' ') : String(what)}`)
    .join(' or ');
