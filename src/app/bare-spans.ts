import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/** Ours are ids and words of ours; of a queue's, what its jobs are called. */
const TOLD = /^(swivel\.|bullmq\.(queue\.(name|operation)|job\.(name|id|attempts\.made))$)/;

const bareOf = (attributes: Attributes = {}): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => TOLD.test(name)));

/**
 * What a library notes of an error may hold a carrier's page, and with it a name or an amount: of that
 * the kind of error is told, and nothing else.
 */
const bare = (span: ReadableSpan): ReadableSpan => ({
  name: span.name,
  kind: span.kind,
  spanContext: () => span.spanContext(),
  ...(span.parentSpanContext && { parentSpanContext: span.parentSpanContext }),
  startTime: span.startTime,
  endTime: span.endTime,
  status: { code: span.status.code },
  attributes: bareOf(span.attributes),
  links: span.links.map(({ context }) => ({ context })),
  events: span.events.map(({ time, name, attributes }) => ({
    time,
    name,
    attributes: bareOf(attributes),
  })),
  duration: span.duration,
  ended: span.ended,
  resource: span.resource,
  instrumentationScope: span.instrumentationScope,
  droppedAttributesCount: span.droppedAttributesCount,
  droppedEventsCount: span.droppedEventsCount,
  droppedLinksCount: span.droppedLinksCount,
});

/** Sends on what may be told. */
export const exportingBare = (exporter: SpanExporter): SpanExporter => ({
  export: (spans, done) => exporter.export(spans.map(bare), done),
  shutdown: () => exporter.shutdown(),
  forceFlush: async () => exporter.forceFlush?.(),
});
