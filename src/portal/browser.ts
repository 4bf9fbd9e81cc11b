import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
} from 'playwright';

import { NoBrowser } from './failure.ts';
import { openLastGate } from './last-gate.ts';
import { HARM_LIMITS } from './limits.ts';
import { watchMemory } from './memory.ts';

/** How the machine's Chromium is started, as set-up found it. */
export interface BrowserLaunch {
  executablePath: string;
  chromiumSandbox: boolean;
  args: readonly string[];
  env: Record<string, string | undefined>;
}

/** One Chromium of this process; its owner disposes. */
export interface WorkerBrowser extends AsyncDisposable {
  /** Launches the browser when there is none, a crashed one too. Throws NoBrowser when it does not start. */
  ready: () => Promise<void>;
  /** In a browser that is ready. */
  newContext: (options: BrowserContextOptions) => Promise<BrowserContext>;
}

/** What Chromium needs of the environment: the rest holds secrets that it must not inherit. */
const PASSED = /^(PATH|HOME|TZ|LANG|LC_\w+|LD_LIBRARY_PATH|FONTCONFIG_\w+|XDG_\w+)$/;

/** What a window needs besides. */
const DISPLAYED = /^(DISPLAY|WAYLAND_DISPLAY|XAUTHORITY)$/;

/** Ways out that no portal needs and that the network guard does not see. */
const NO_SIDE_DOORS = [
  '--disable-shared-workers',
  '--disable-features=FetchLaterAPI',
  '--webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
];

/** Far more than one needs on a machine that has room for it. */
const STARTS_WITHIN_MS = 60_000;

/** In plain words, with the next step; what the browser itself wrote stays in the cause. */
const whyNoStart = (path: string, error: unknown): string => {
  const said = error instanceof Error ? error.message : String(error);
  if (/executable doesn't exist|ENOENT/.test(said))
    return `there is no browser at ${path}: install it again, or set CHROMIUM and start this worker again`;
  if (/EACCES/.test(said)) return `the browser at ${path} may not be run: let this user run it`;
  if (/sandboxing failed/i.test(said))
    return 'the browser has no sandbox here: let this user make user namespaces (in a container: with chromium-seccomp.json)';
  if (/Timeout \d+ms/.test(said))
    return `the browser did not start within ${STARTS_WITHIN_MS / 1000} seconds: look at the memory and the load of this machine`;
  return `the browser at ${path} ends as it starts: look at the memory of this machine, and start it by hand to see why`;
};

/**
 * Names outside `origins` do not even resolve: a second fence under the network guard, which sees
 * neither redirects of what a page loads nor what is fetched ahead (speculation rules). Between hosts
 * of carriers, and between ports of one host, these two still pass. Nothing is launched before the
 * first context.
 */
export const createBrowser = (options: {
  launch: BrowserLaunch;
  origins: readonly string[];
  /** With a window of its own, for a person. */
  inSight?: boolean;
}): WorkerBrowser => {
  const { launch, inSight = false } = options;
  const hosts = new Set(options.origins.map((origin) => new URL(origin).hostname));
  const rules = ['MAP * ~NOTFOUND', ...[...hosts].map((host) => `EXCLUDE ${host}`)].join(', ');
  let running: Promise<Browser> | undefined;
  let emptied: Promise<void> | undefined;
  let closed = false;

  const browser = (): Promise<Browser> => {
    if (closed) throw new Error('The browser is closed');
    running ??= start().catch((error: unknown) => {
      running = undefined;
      throw new NoBrowser(whyNoStart(launch.executablePath, error), { cause: error });
    });
    return running;
  };

  const start = async (): Promise<Browser> => {
    const ownFiles = await mkdtemp(join(tmpdir(), 'browser-'));
    const empty = async (): Promise<void> => {
      // Processes that outlive the browser for a moment may still write; what stays is temporary.
      await rm(ownFiles, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
    };
    const started = await launchIn(ownFiles).catch(async (error: unknown) => {
      await empty();
      throw error;
    });
    started.once('disconnected', () => {
      running = undefined;
      emptied = empty();
    });
    try {
      await Promise.all([watchMemory(started), openLastGate(started)]);
    } catch (error) {
      await started.close();
      throw error;
    }
    return started;
  };

  /** A browser that ends in the middle of making a temporary file leaves it behind: it gets a folder of its own. */
  const launchIn = (ownFiles: string): Promise<Browser> =>
    chromium.launch({
      executablePath: launch.executablePath,
      timeout: STARTS_WITHIN_MS,
      headless: !inSight,
      chromiumSandbox: launch.chromiumSandbox,
      args: [
        ...launch.args,
        ...NO_SIDE_DOORS,
        `--host-resolver-rules=${rules}`,
        `--js-flags=--max-old-space-size=${HARM_LIMITS.scriptHeapMb}`,
      ],
      env: {
        ...Object.fromEntries(
          Object.entries(launch.env).filter(
            (entry): entry is [string, string] =>
              entry[1] !== undefined &&
              (PASSED.test(entry[0]) || (inSight && DISPLAYED.test(entry[0]))),
          ),
        ),
        TMPDIR: ownFiles,
      },
      // The worker drains on a signal; the browser must outlive that.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });

  return {
    ready: async () => void (await browser()),
    newContext: async (contextOptions) => {
      const current = await browser();
      try {
        return await current.newContext(contextOptions);
      } catch (error) {
        if (current.isConnected()) throw error;
        return (await browser()).newContext(contextOptions);
      }
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      await (await running?.catch(() => undefined))?.close();
      await emptied;
    },
  };
};
