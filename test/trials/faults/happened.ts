import { readFile } from 'node:fs/promises';

/** Something that was done to a process of the firm, at this time of the clock. */
export interface Noted {
  at: number;
  what: string;
}

export const noting =
  (happened: Noted[]) =>
  (what: string): void =>
    void happened.push({ at: Date.now(), what });

const PAST = {
  kill: 'was killed',
  stop: 'was stopped',
  start: 'started',
  flush: 'was emptied',
  freeze: 'was frozen',
  thaw: 'went on',
} as const;

/** The same, where what is done to it is noted; what takes a while is noted at its end. */
export const followed = <Process extends object>(
  process: Process,
  name: string,
  note: (what: string) => void,
): Process => {
  const parts = process as Record<string, unknown>;
  const acts = Object.entries(PAST).flatMap(([act, past]) => {
    const run = parts[act];
    if (typeof run !== 'function') return [];
    const noted = async (): Promise<void> => {
      await (run as () => unknown)();
      note(`${name} ${past}`);
    };
    return [[act, noted] as const];
  });
  return { ...process, ...Object.fromEntries(acts) };
};

/** Lines of a log of pino between these times. */
export const loggedBetween = async (file: string, from: number, to: number): Promise<string[]> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => {
    const time = Number(/"time":(\d+)/.exec(line)?.[1] ?? 0);
    return time >= from && time <= to;
  });
};
