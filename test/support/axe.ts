import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';

type Results = Awaited<ReturnType<AxeBuilder['analyze']>>;
type Run = (options: object) => Promise<Results>;

const require = createRequire(import.meta.resolve('@axe-core/playwright'));
const SOURCE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe finds wrong with a page as it is now, each as "rule: elements"; frames are not looked into.
 * Axe stays in the page: its builder brings itself again for each look, which took most of the time.
 */
export const violationsOf = async (page: Page, runOnly?: readonly string[]): Promise<string[]> => {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(SOURCE);
  return page.evaluate(async (only) => {
    const { axe } = globalThis as unknown as { axe: { run: Run } };
    const { violations } = await axe.run({
      resultTypes: ['violations'],
      ...(only && { runOnly: only }),
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  }, runOnly);
};
