import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { startFirm, type FirmOptions, type TestFirm } from './firm.ts';
import { scriptPortals, type ScriptedPortals } from './scripted-portals.ts';

type Lasting = FirmOptions & {
  /** A firm for each test, instead of one for all. */
  each?: boolean;
};

/** What is made before a test, by a name that stands before that. */
const comes = <T extends object>(): { comes: (made: T) => void; it: T } => {
  let made: T | undefined;
  const it = new Proxy({} as T, {
    get: (_, key): unknown => {
      if (made === undefined) throw new Error('It is made before a test runs, and not earlier.');
      return Reflect.get(made, key);
    },
  });
  return { comes: (now) => void (made = now), it };
};

/** A firm for the tests of this file, or of this `describe`; it ends with them. */
export const useFirm = ({ each = false, ...options }: Lasting = {}): TestFirm => {
  const firm = comes<TestFirm>();
  (each ? beforeEach : beforeAll)(async () => firm.comes(await startFirm(options)));
  (each ? afterEach : afterAll)(() => firm.it[Symbol.asyncDispose]());
  return firm.it;
};

/**
 * The same with portals whose answers a test scripts; what it holds there is let go when it has ended.
 * `works`: a worker reads there from the start.
 */
export const useScriptedFirm = ({
  works = false,
  ...options
}: Lasting & { works?: boolean } = {}): { firm: TestFirm; at: ScriptedPortals } => {
  const firm = useFirm(options);
  const at = comes<ScriptedPortals>();
  (options.each ? beforeEach : beforeAll)(async () => {
    at.comes(scriptPortals(firm.facts, options.clock));
    if (works) await firm.work(at.it.portals);
  });
  afterEach(() => at.it.releaseAll());
  return { firm, at: at.it };
};
