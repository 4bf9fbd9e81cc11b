import type { CarrierFacts } from '#portal/portal.ts';
import type { WorkerOptions } from '#app/worker.ts';
import { startApart, type PlaceTold } from './apart.ts';

/** What the child is told in its environment variable APART. */
export interface WorkerApart {
  name: string;
  slots: number;
  database: PlaceTold;
  /** With the keys. */
  folder: string;
  redis: WorkerOptions['redis'];
  /** How far the firm's time is from the machine's, ms. */
  aheadMs: number;
  facts: readonly CarrierFacts[];
}

export type FromWorker =
  | { kind: 'ready' }
  /** When the read of this number began, epoch ms with a fraction. */
  | { kind: 'reads'; number: string; at: number };

/** A worker in a process of its own; `reads` says when each began, as performance.now() says it here. */
export const startWorkerApart = async (
  told: WorkerApart,
  reads: (number: string, at: number) => void,
): Promise<AsyncDisposable> => {
  const apart = startApart<FromWorker>('worker-child.ts', told);
  await apart.hear('ready');
  apart.child.on('message', (said: FromWorker) => {
    if (said.kind === 'reads') reads(said.number, said.at - performance.timeOrigin);
  });
  return apart;
};
