import type { Telemetry } from 'bullmq';

/** What a queue hands on with a job, so that its worker goes on with the same trace. */
export type QueueTelemetry = Telemetry;

/** Loaded where something is traced. */
export const queueTelemetry = async (tracerName: string): Promise<QueueTelemetry> => {
  const { BullMQOtel } = await import('bullmq-otel');
  return new BullMQOtel({ tracerName });
};

/** As an option of BullMQ's; none where nothing is traced. */
export const telling = (telemetry: QueueTelemetry | undefined) =>
  telemetry === undefined ? {} : { telemetry };
