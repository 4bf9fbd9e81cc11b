import { expect, it } from 'vitest';
import { tidy } from '#app/tidy.ts';
import { createPictureLinks } from '#slack/store/picture-links.ts';
import { openLinkFirm } from '#test/support/link-firm.ts';

const MINUTE = 60_000;
const FOR_HER = { personId: 'mona', action: 'case.answer' } as const;

it('an address is kept as a hash, ends after 15 minutes, and is forgotten', async () => {
  await using firm = await openLinkFirm();
  const links = createPictureLinks(firm.store, firm.random);
  const path = await links.issue('page.png', FOR_HER);
  const token = path.slice('/picture/'.length);
  const rows = () => firm.db.selectFrom('picture_link').selectAll().execute();
  expect(JSON.stringify(await rows())).not.toContain(token);
  firm.time.now += 15 * MINUTE - 1;
  expect(await links.fileOf(token)).toBe('page.png');
  await tidy(firm, { syncs: 90, cases: 365, values: 2562, events: 30, audit: 2562 });
  expect(await rows()).toHaveLength(1);
  firm.time.now += 1;
  expect(await links.fileOf(token)).toBeUndefined();
  firm.time.now += 1;
  await tidy(firm, { syncs: 90, cases: 365, values: 2562, events: 30, audit: 2562 });
  expect(await rows()).toEqual([]);
});

it('an address shows nothing to who may not see it, and one that nobody gave shows nothing', async () => {
  await using firm = await openLinkFirm();
  const links = createPictureLinks(firm.store, firm.random);
  const path = await links.issue('page.png', { personId: 'dana', action: 'case.answer' });
  expect(await links.fileOf(path.slice('/picture/'.length))).toBeUndefined();
  expect(await links.fileOf('x'.repeat(43))).toBeUndefined();
});

it('an address that a clock years ahead gave shows nothing once the clock is right', async () => {
  await using firm = await openLinkFirm();
  const links = createPictureLinks(firm.store, firm.random);
  firm.time.now += 500_000 * MINUTE;
  const path = await links.issue('page.png', FOR_HER);
  const token = path.slice('/picture/'.length);
  expect(await links.fileOf(token)).toBe('page.png');
  firm.time.now -= 500_000 * MINUTE;
  expect(await links.fileOf(token)).toBeUndefined();
});
