import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The steps of a firm's leave, in their order; one that is noted is not done again. */
export type Step =
  | 'begun'
  | 'exported'
  | 'links ended'
  | 'queues emptied'
  | 'telling Slack'
  | 'Slack told'
  | 'Slack not told'
  | 'audit written'
  | 'erased';

export interface Journal {
  has: (step: Step) => boolean;
  last: (...steps: Step[]) => Record<string, unknown> | undefined;
  /** On the disk when it returns. */
  note: (step: Step, detail?: Record<string, unknown>) => void;
}

const FILE = 'offboarding.jsonl';

export const isBegun = (folder: string): boolean => existsSync(join(folder, FILE));

/** A line that a crash cut off was not noted, though it may end in a brace of its detail. */
const parsed = (line: string): Record<string, unknown> | undefined => {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
};

/** What was done when: a line a step in a file that stays, and says where to go on. */
export const openJournal = (folder: string, clock: () => number): Journal => {
  const file = join(folder, FILE);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  // What a crash cut off stays a line of its own.
  let start = before === '' || before.endsWith('\n') ? '' : '\n';
  const noted = before
    .split('\n')
    .map(parsed)
    .filter((line) => line !== undefined);
  const last: Journal['last'] = (...steps) =>
    noted.findLast((line) => steps.some((step) => line['step'] === step));
  return {
    has: (step) => last(step) !== undefined,
    last,
    note: (step, detail = {}) => {
      const line = { at: new Date(clock()).toISOString(), step, ...detail };
      noted.push(line);
      const open = openSync(file, 'a', 0o600);
      writeSync(open, `${start}${JSON.stringify(line)}\n`);
      start = '';
      fsyncSync(open);
      closeSync(open);
    },
  };
};
