/** A program that is not a package: the path of its executable and what it needs to run. */
export interface Tool {
  path: string;
  /** For LD_LIBRARY_PATH, when its libraries were unpacked rather than installed. */
  libraryPath?: string;
  /** For FONTCONFIG_FILE, likewise. */
  fonts?: string;
}

type Env = Record<string, string | undefined>;

/** What Playwright's `chromium.launch` takes. */
export interface BrowserLaunch {
  executablePath: string;
  chromiumSandbox: boolean;
  args: string[];
  env: Record<string, string>;
}

export const projectFolder: string;
export const cacheFolder: string;

/** The Redis (or Valkey) server that set-up chose, or one on this machine; `REDIS_URL` is not its business. */
export function findRedis(env: Env): Tool | undefined;

/** The Postgres server that set-up chose, or one on this machine, 15 or later. */
export function findPostgres(env: Env): Tool | undefined;

/** `CHROMIUM`, else the browser that set-up chose, else one on this machine. */
export function findChromium(env: Env): Tool | undefined;

/** Launches it quietly, and sandboxed wherever the system allows it. */
export function browserLaunch(browser: Tool, env: Env): BrowserLaunch;

/** The environment to run it in. */
export function toolEnv(tool: Tool, env: Env): Record<string, string>;
