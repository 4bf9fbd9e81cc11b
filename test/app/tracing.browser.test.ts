import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectClient } from '#simulator/workspace/client.ts';
import { isCardOf } from '#test/support/firm.ts';
import { ANA, TEAM } from '#test/support/people.ts';
import { runMain } from '#test/support/started-bot.ts';

/** A collector of our own beside bot and worker, as processes of their own. */

interface Span {
  service: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: Record<string, unknown> }[];
}

interface Told {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue: string } }[] };
    scopeSpans: { spans: Omit<Span, 'service'>[] }[];
  }[];
}

let collector: Server;
const bodies: string[] = [];
const spans = (): Span[] =>
  bodies
    .flatMap((body) => (JSON.parse(body) as Told).resourceSpans)
    .flatMap(({ resource, scopeSpans }) => {
      const service =
        resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      return scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ service, ...span })));
    });
const attribute = (span: Span | undefined, key: string): unknown =>
  Object.values(span?.attributes.find((each) => each.key === key)?.value ?? {})[0];

beforeAll(async () => {
  collector = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.url === '/v1/traces') bodies.push(body);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((done) => collector.listen(0, '127.0.0.1', done));
});
afterAll(() => {
  collector.closeAllConnections();
  collector.close();
});

it('one trace leads from the command over bot and worker to the last reply, and names nobody', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sync-tracing-'));
  const { port } = collector.address() as AddressInfo;
  const running = runMain(dataDir, [], {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/`,
  });
  try {
    await Promise.race([running.ready, running.ended]);
    expect(running.output()).toContain('Ready');
    const client = connectClient(/http:\S+/.exec(running.output())?.[0] ?? '');
    await client.command(ANA, TEAM, '/sync policy 00123-4567');
    await client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'the card with its values',
      ms: 50_000,
      that: (message) => isCardOf(ANA, '00123-4567')(message) && message.text.startsWith('Success'),
    });
  } finally {
    running.bot.kill('SIGTERM');
    await running.ended;
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  const all = spans();
  expect(new Set(all.map(({ traceId }) => traceId)).size).toBe(1);
  const named = (name: string) => all.filter((span) => span.name === name);
  const [root] = named('request');
  expect(named('request')).toHaveLength(1);
  expect(root).toMatchObject({ service: 'swivel-sync-bot' });
  const [sync] = named('sync');
  expect(sync).toMatchObject({ service: 'swivel-sync-worker', parentSpanId: root?.spanId });
  expect(attribute(sync, 'swivel.status')).toBe('success');
  const last = named('show').toSorted((a, b) =>
    a.startTimeUnixNano < b.startTimeUnixNano ? -1 : 1,
  );
  expect(last.at(-1)).toMatchObject({ service: 'swivel-sync-bot' });
  expect(BigInt(last.at(-1)?.startTimeUnixNano ?? 0)).toBeGreaterThanOrEqual(
    BigInt(sync?.endTimeUnixNano ?? 0),
  );
  // What the queues tell of their jobs joins them, on both sides.
  const jobs = all.filter(({ name }) => name.startsWith('process '));
  expect(new Set(jobs.map(({ service }) => service))).toEqual(
    new Set(['swivel-sync-bot', 'swivel-sync-worker']),
  );
  // Each span hangs on another one of the trace.
  const ids = new Set(all.map(({ spanId }) => spanId));
  const orphans = all.filter(
    ({ parentSpanId = '' }) => parentSpanId !== '' && !ids.has(parentSpanId),
  );
  expect(orphans.map(({ name }) => name)).toEqual([]);

  // Ids and times are drawn anew each time, and may hold any digits.
  const told = bodies
    .join('\n')
    .replaceAll(/"(?:traceId|spanId|parentSpanId|\w*[tT]imeUnixNano)":"[0-9a-f]+"/g, '""');
  expect(told).not.toMatch(/00123|4567|Margaret|Chen|Ana|Ruiz|harborpoint|UANARUIZ|412,?\d{3}/i);
  const keys = new Set(all.flatMap(({ attributes }) => attributes.map(({ key }) => key)));
  expect([...keys].filter((key) => !/^(swivel|bullmq)\./.test(key))).toEqual([]);
  expect(told).not.toMatch(/exception\.(message|stacktrace)|job\.(result|failed|options)/);
}, 120_000);
