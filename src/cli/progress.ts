import { SingleBar } from 'cli-progress';

/** What a command does for long. */
export interface Long {
  /** As "importing". */
  what: string;
  total: number;
  /** With less of it to do, it is over before a bar could be read. */
  worth: number;
  /** Where the results go: on a terminal a bar would stand among them. */
  results?: NodeJS.WritableStream;
}

export interface Progress extends Disposable {
  /** So much of the total is done. */
  to: (done: number) => void;
}

export type ShowProgress = (long: Long) => Progress;

type Screen = NodeJS.WritableStream & { isTTY?: boolean };

const isScreen = (stream: Screen | undefined): boolean => stream?.isTTY === true;

/** On a terminal a bar of what is done; elsewhere nothing. */
export const progressOn =
  (screen: Screen): ShowProgress =>
  ({ what, total, worth, results }) => {
    if (!isScreen(screen) || isScreen(results) || total < worth)
      return { to: () => undefined, [Symbol.dispose]: () => undefined };
    const bar = new SingleBar({
      format: `${what} [{bar}] {percentage} %  {eta_formatted} left`,
      barCompleteChar: '=',
      barIncompleteChar: ' ',
      hideCursor: true,
      clearOnComplete: true,
      stream: screen,
    });
    bar.start(total, 0);
    return { to: (done) => bar.update(done), [Symbol.dispose]: () => bar.stop() };
  };

export const showProgress = progressOn(process.stderr);

/** The same lines, each told as it is taken. */
export async function* toldOf<Line>(
  lines: AsyncIterable<Line>,
  { to }: Progress,
): AsyncGenerator<Line> {
  let done = 0;
  for await (const line of lines) {
    yield line;
    to((done += 1));
  }
}
