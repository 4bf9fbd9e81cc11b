import { openThread } from '#threads/thread.ts';
import type { ChartSpec } from './chart.ts';

export interface Charts {
  /** A PNG, 1000 pixels wide. */
  draw: (spec: ChartSpec) => Promise<Buffer>;
}

const MOST_MS = 10_000;

/** Draws in a thread that is kept: loading takes some 150 ms and a chart 20, and acks would wait for both. */
export const createCharts = (): Charts & AsyncDisposable => {
  const thread = openThread<ChartSpec, Uint8Array>(new URL('./chart-thread.ts', import.meta.url), {
    mostMs: MOST_MS,
  });
  return {
    draw: async (spec) => Buffer.from(await thread.ask(spec)),
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
};
