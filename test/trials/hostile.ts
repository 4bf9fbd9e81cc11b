import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { browserLaunch, findChromium } from '#setup/tools.mjs';
import { createBrowser, type WorkerBrowser } from '#portal/browser.ts';
import type { PolicyReading, Portals, PortalSource } from '#portal/portal.ts';
import { createPortals } from '#portal/portals.ts';
import { memoryBelow, processesOf } from '#test/support/processes.ts';
import { ATTACKS, startHostile, type Attack, type HostilePortal } from '#test/support/hostile.ts';
import { figuresOf, randomOf, type Trial } from './trial.ts';

const never = new AbortController().signal;
const LANES = 3;
const BROWSER_ENDED = /browser ended/;
const HURT = { id: 'S8', carrierId: 'hostile', name: 'Hostile' };
const WELL = { id: 'S9', carrierId: 'well', name: 'Well' };

/** As much memory is asked for at the beginning as later: what was launched and compiled once counts in neither. */
const warmUp = (count: number): number => Math.ceil(count / 5);

/** What takes too long takes all of its time, whatever it is: the others are drawn more often. */
const DRAWN = ATTACKS.flatMap((attack) => (attack.byItself ? [attack, attack, attack] : [attack]));

/** After that many readings nothing is read for a moment: what the browser holds then is left of them. */
const LOOK_EACH = { short: 5, long: 100 };

/** What this process holds once all that nobody needs is collected, bytes. */
const heldMemory = (): (() => number) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
};

const opens = (browser: WorkerBrowser, hostile: HostilePortal, well: HostilePortal) => {
  const carriers = [hostile.carrier, { ...well.carrier, id: 'well' }];
  const clock = () => Date.parse('2026-11-21T15:00:00Z');
  const by = (limits: { wait: number; read: number }) =>
    createPortals({ browser, carriers, clock, limits, log: () => {} });
  return {
    soon: by({ wait: 1500, read: 2200 }),
    patient: by({ wait: 90_000, read: 120_000 }),
  };
};

export const hostile: Trial = {
  name: 'hostile',
  about: 'Portals that do what they can to hurt who reads them, with one that is well beside them.',
  run: async ({ seed, short, say }) => {
    const figure = figuresOf('hostile');
    const random = randomOf(seed);
    const count = short ? ATTACKS.length : 1000;
    const chromium = findChromium(process.env);
    if (!chromium) throw new Error('No Chromium on this machine: npm test sets one up');
    const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = folder;
    try {
      await using well = await startHostile('http://127.0.0.1:1');
      await using harm = await startHostile(well.origin);
      const started = processesOf(process.pid).length;
      const browser = createBrowser({
        launch: browserLaunch(chromium, process.env),
        origins: [harm.origin, well.origin],
      });
      const portals = opens(browser, harm, well);
      const believed: string[] = [];
      const otherwise: string[] = [];
      let unread = 0;
      let done = 0;
      const memory: number[] = [];
      /** What the browser's processes hold between two readings, MB. */
      const browsers: number[] = [];
      const held = heldMemory();

      /** Undefined where its browser ended: by what another lane reads, or by this. */
      const readOnce = async (
        by: Portals,
        source: PortalSource,
        path: string,
      ): Promise<PolicyReading | undefined> => {
        const session = await by.open(source, undefined, never).catch((error: unknown) => {
          say(`no session for ${path}: ${String(error).split('\n')[0]}`);
          return undefined;
        });
        const reading = await session?.read(path);
        await session?.[Symbol.asyncDispose]();
        const ended = reading?.kind === 'failure' && BROWSER_ENDED.test(reading.detail ?? '');
        return ended ? undefined : reading;
      };
      const read = async ({ path, why, byItself }: Attack): Promise<void> => {
        const by = portals[byItself ? 'patient' : 'soon'];
        // The next session has a new browser.
        const reading = (await readOnce(by, HURT, path)) ?? (await readOnce(by, HURT, path));
        if (reading === undefined) {
          if (!why.test('browser ended')) otherwise.push(`${path}: its browser ended twice`);
        } else if (reading.kind !== 'failure') believed.push(path);
        // What fails without end may be understood as a page that changed, too.
        else if (
          (reading.reason !== 'carrier-down' && path !== 'errors') ||
          !why.test(reading.detail ?? '')
        )
          otherwise.push(`${path}: ${reading.reason}, ${reading.detail ?? ''}`);
      };
      const readWell = async (): Promise<boolean> =>
        (await readOnce(portals.patient, WELL, 'fine'))?.kind === 'found';
      const order = Array.from({ length: count }, (_, at) =>
        short ? ATTACKS[at] : DRAWN[Math.floor(random() * DRAWN.length)],
      );
      const lane = async (attacks: (typeof order)[number][]): Promise<void> => {
        for (let attack = attacks.shift(); attack !== undefined; attack = attacks.shift()) {
          await read(attack);
          if (!(await readWell()) && !(await readWell())) unread += 1;
          done += 1;
          memory.push(held());
        }
      };
      while (order.length > 0) {
        const some = order.splice(0, LOOK_EACH[short ? 'short' : 'long']);
        await Promise.all(Array.from({ length: LANES }, () => lane(some)));
        // The next one, where the last attack has ended it.
        await readWell();
        browsers.push(memoryBelow(process.pid));
        say(
          `${done} of ${count}, ${Math.round((memory.at(-1) ?? 0) / 1e6)} MB, and ${Math.round(browsers.at(-1) ?? 0)} MB in the browser`,
        );
      }
      for (const what of otherwise) say(`ended otherwise: ${what}`);
      await browser[Symbol.asyncDispose]();
      const left = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      for (const file of left) say(`left: ${file}`);
      const part = warmUp(count);
      const looks = warmUp(browsers.length);
      const least = (values: readonly number[]): number => Math.min(...values);
      const growthOf = (values: readonly number[], of: number): number =>
        Number((least(values.slice(-of)) / least(values.slice(of, 2 * of))).toFixed(2));
      return [
        figure('attacks', done, 'readings', '=', count),
        figure('believed', believed.length, 'readings', '=', 0),
        figure('ended for another reason than the portal', otherwise.length, 'readings', '=', 0),
        figure('others that could not be read', unread, 'readings', '=', 0),
        figure('processes left', processesOf(process.pid).length - started, 'processes', '=', 0),
        figure('files left', readdirSync(folder).length, 'files', '=', 0),
        figure(
          'memory in the end, of that after a fifth',
          growthOf(memory, part),
          'times',
          '<=',
          1.3,
        ),
        figure(
          "the browser's memory with nothing to read in the end, of that after a fifth",
          growthOf(browsers, looks),
          'times',
          '<=',
          1.3,
        ),
      ];
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
