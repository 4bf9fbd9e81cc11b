import type { Locator, Page } from 'playwright';
import type { Find, Finds } from './contract.ts';
import { PortalChanged } from './trouble.ts';

const oneWay = (page: Page, { label, placeholder, role, name, css }: Find): Locator[] => {
  const exact = (text: string | RegExp) => ({ exact: typeof text === 'string' });
  return [
    label !== undefined && page.getByLabel(label, exact(label)),
    placeholder !== undefined && page.getByPlaceholder(placeholder, exact(placeholder)),
    role && page.getByRole(role[0], { name: role[1], ...exact(role[1]) }),
    name !== undefined && page.locator(`[name=${JSON.stringify(name)}]`),
    css !== undefined && page.locator(css),
  ]
    .filter((each) => each !== false && each !== undefined)
    .map((each) => each.filter({ visible: true }));
};

const generations = (wanted: Finds): readonly Find[] =>
  Array.isArray(wanted) ? (wanted as readonly Find[]) : [wanted as Find];

const candidates = (page: Page, wanted: Finds): Locator[] =>
  generations(wanted).flatMap((one) => oneWay(page, one));

/** Whether it is in sight now; never waits. */
export const isShown = async (page: Page, wanted: Finds): Promise<boolean> => {
  for (const candidate of candidates(page, wanted)) if ((await candidate.count()) > 0) return true;
  return false;
};

/** Waits for the page's time-out. Throws PortalChanged. */
export const find = async (page: Page, wanted: Finds): Promise<Locator> => {
  const all = candidates(page, wanted);
  const [first, ...others] = all;
  if (!first) throw new PortalChanged('A field is declared without a way to find it');
  const any = others.reduce((either, other) => either.or(other), first);
  try {
    await any.first().waitFor();
  } catch (error) {
    if (page.isClosed()) throw error;
    throw new PortalChanged(`Nothing in sight matches ${described(wanted)}`);
  }
  for (const candidate of all) if ((await candidate.count()) > 0) return candidate.first();
  throw new PortalChanged(`${described(wanted)} went out of sight`);
};

const described = (wanted: Finds): string =>
  generations(wanted)
    .flatMap((one) => Object.entries(one))
    .map(([how, what]) => `${how} ${Array.isArray(what) ? what.join(' ') : String(what)}`)
    .join(' or ');
