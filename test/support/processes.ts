import { readdirSync, readFileSync } from 'node:fs';

export interface RunningProcess {
  pid: number;
  /** Its first words. */
  name: string;
  /** Its words and its environment, as anybody of its user can read them. */
  text: string;
}

const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
};

/** A process, and all that it and those have started. */
export const processesOf = (root: number): RunningProcess[] => {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const parents = new Map(
    pids.map((pid) => [pid, Number(/^PPid:\s+(\d+)/m.exec(read(pid, 'status'))?.[1])]),
  );
  const isOurs = (pid: number): boolean =>
    pid === root || (parents.has(pid) && isOurs(parents.get(pid) ?? 0));
  return pids.filter(isOurs).map((pid) => {
    const words = read(pid, 'cmdline');
    return {
      pid,
      name: words.split('\0').slice(0, 3).join(' '),
      text: `${words}\n${read(pid, 'environ')}`,
    };
  });
};

/** One that has ended with another is no error. */
export const killHard = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

const heldBy = (processes: readonly RunningProcess[]): number =>
  processes
    .map(({ pid }) => Number(/^Pss:\s+(\d+)/m.exec(read(pid, 'smaps_rollup'))?.[1] ?? 0) / 1024)
    .reduce((all, each) => all + each, 0);

/** What a process and all below it hold of the machine's memory, MB; a page that several share is counted once. */
export const memoryOf = (root: number): number => heldBy(processesOf(root));

/** The same of all below it alone. */
export const memoryBelow = (root: number): number =>
  heldBy(processesOf(root).filter(({ pid }) => pid !== root));
