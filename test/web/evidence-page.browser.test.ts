import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { Router } from 'express';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWeb } from '#web/server.ts';
import { violationsOf } from '#test/support/axe.ts';
import { openChromium } from '#test/support/link-site.ts';

const FILE = 'page.png';

let browser: Browser;
let folder: string;
let shown = true;
let origin = '';
let close = (): void => undefined;

beforeAll(async () => {
  browser = await openChromium();
  folder = await mkdtemp(join(tmpdir(), 'evidence-'));
  await writeFile(join(folder, FILE), createCanvas(1280, 720).toBuffer('image/png'));
  const silent = { info: () => undefined, error: () => undefined };
  const server = createWeb({
    random: (length) => new Uint8Array(length),
    linkPages: () => Router(),
    publicUrl: 'http://127.0.0.1/under/here',
    log: silent,
    pictures: { folder, fileOf: async () => (shown ? FILE : undefined) },
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterAll(async () => {
  close();
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1440, 390])
    it(`a picture stands in a page that says what it is, at ${width} pixels in ${colorScheme}`, async () => {
      shown = true;
      await using context = await browser.newContext({
        viewport: { width, height: 844 },
        colorScheme,
      });
      const page = await context.newPage();
      // A proxy in front takes the path off, as it does for the link page.
      await page.route('**/under/here/**', (route) =>
        route.continue({ url: route.request().url().replace('/under/here', '') }),
      );
      await page.goto(`${origin}/picture/token`);
      await page.getByRole('heading', { level: 1, name: "The page we couldn't read" }).waitFor();
      const picture = page.getByRole('img', { name: /The carrier's page/ });
      const size = () =>
        picture.evaluate((image) => ({
          drawn: (image as HTMLImageElement).naturalWidth,
          fits: image.getBoundingClientRect().right <= window.innerWidth,
        }));
      await expect.poll(size).toEqual({ drawn: 1280, fits: true });
      expect(await page.getByText('link a login').count()).toBe(0);
      expect(await violationsOf(page)).toEqual([]);
      shown = false;
      await page.reload();
      await page.getByRole('heading', { name: 'This picture is no longer available' }).waitFor();
    });
