import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  RandomIdGenerator,
  SamplingDecision,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Notice } from '#core/sessions/notice.ts';
import { queueTelemetry, type QueueTelemetry } from '#queue/telemetry.ts';
import type { Trace } from '#shared/trace.ts';
import { exportingBare } from './bare-spans.ts';
import { traceOf } from './trace-of-request.ts';

/** The way of each request, as spans of one trace over bot and worker; ids and words of ours alone. */
export interface Tracing extends AsyncDisposable {
  telemetry: QueueTelemetry;
  trace: Trace;
  /** Hands the trace of a request on with the job that shows it. */
  handingOn: <T>(show: (subjectId: string) => Promise<T>) => (subjectId: string) => Promise<T>;
  /** Bringing a request's messages up to date is a part of its trace. */
  showing: <T>(subjectId: string, work: () => Promise<T>) => Promise<T>;
  /** A sync that somebody waits for, from what a session tells. */
  notice: (of: Notice, session: { jobId: string }) => void;
}

const NAME = 'swivel-sync';

const within = (requestId: string): Context | undefined => {
  const of = traceOf(requestId);
  return of && trace.setSpanContext(ROOT_CONTEXT, of);
};

/** Begins a trace where we say so, and follows what was begun: rounds that look for work are none. */
const startProvider = (endpoint: string, role: 'bot' | 'worker') => {
  let beginning: ReturnType<typeof traceOf>;
  const random = new RandomIdGenerator();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': `${NAME}-${role}` }),
    idGenerator: {
      generateTraceId: () => beginning?.traceId ?? random.generateTraceId(),
      generateSpanId: () => beginning?.spanId ?? random.generateSpanId(),
    },
    sampler: new ParentBasedSampler({
      root: {
        shouldSample: () => ({
          decision:
            beginning === undefined
              ? SamplingDecision.NOT_RECORD
              : SamplingDecision.RECORD_AND_SAMPLED,
        }),
      },
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: exportingBare(
          new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` }),
        ),
        scheduledDelayMillis: 1000,
      }),
    ],
  });
  const tracer = provider.getTracer(NAME);
  return {
    provider,
    tracer,
    /** The first span of a request has the ids that follow from its own. */
    startRoot: (requestId: string): Span | undefined => {
      beginning = traceOf(requestId);
      try {
        return beginning === undefined
          ? undefined
          : tracer.startSpan('request', { kind: SpanKind.SERVER, root: true });
      } finally {
        beginning = undefined;
      }
    },
  };
};

const during = async <T>(span: Span, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
};

/** Tells the collector at this address. What it cannot take is dropped, and nothing waits for it. */
export const startTracing = async (endpoint: string, role: 'bot' | 'worker'): Promise<Tracing> => {
  const { provider, tracer, startRoot } = startProvider(endpoint, role);
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const open = new Map<string, Span>();

  const endSync = (syncId: string, attributes: Record<string, string>): void => {
    open.get(syncId)?.setAttributes(attributes).end();
    open.delete(syncId);
  };
  const beginSync = (of: Extract<Notice, { kind: 'sync-began' }>, session: string): void => {
    const [first, ...others] = of.requests;
    const parent = first === undefined ? undefined : within(first);
    // One that was put back, and is claimed anew, did not end.
    endSync(of.syncId, { 'swivel.reason': 'put-back' });
    if (parent === undefined) return;
    const links = others.flatMap((id) => {
      const other = traceOf(id);
      return other === undefined ? [] : [{ context: other }];
    });
    const attributes = {
      'swivel.sync': of.syncId,
      'swivel.session': session,
      'swivel.carrier': of.carrierId,
      'swivel.forced': of.forced,
      ...(of.waitedMs === undefined ? {} : { 'swivel.waited_ms': of.waitedMs }),
    };
    open.set(of.syncId, tracer.startSpan('sync', { attributes, links }, parent));
  };

  return {
    telemetry: await queueTelemetry(NAME),
    trace: {
      begin: (requestId, work) => {
        const span = startRoot(requestId);
        if (span === undefined) return work();
        span.setAttribute('swivel.request', requestId);
        return context.with(trace.setSpan(ROOT_CONTEXT, span), () => during(span, work));
      },
    },
    handingOn: (show) => (subjectId) => {
      const parent = within(subjectId);
      return parent === undefined ? show(subjectId) : context.with(parent, () => show(subjectId));
    },
    showing: (subjectId, work) => {
      const parent = within(subjectId);
      if (parent === undefined) return work();
      const attributes = { 'swivel.request': subjectId };
      const span = tracer.startSpan('show', { attributes }, parent);
      return context.with(trace.setSpan(parent, span), () => during(span, work));
    },
    notice: (of, { jobId }) => {
      if (of.kind === 'sync-began') beginSync(of, jobId);
      if (of.kind === 'sync-put-off') endSync(of.syncId, { 'swivel.reason': of.reason });
      if (of.kind === 'sync-ended')
        endSync(of.syncId, { 'swivel.status': of.status, 'swivel.reason': of.reason });
    },
    [Symbol.asyncDispose]: async () => {
      for (const span of open.values()) span.end();
      await provider.shutdown().catch(() => undefined);
    },
  };
};
