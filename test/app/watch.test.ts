import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createMetrics } from '#app/metrics.ts';
import { createPulse } from '#app/pulse.ts';
import { askFor, closingOf, isCardOf, startFirm } from '#test/support/firm.ts';
import { failure, scriptPortals } from '#test/support/scripted-portals.ts';
import { ANA, TEAM } from '#test/support/people.ts';
import { answers, producerConnection } from '#queue/connection.ts';
import { createWatch } from '#web/watch.ts';
import { listen } from '#web/listen.ts';

const watched = () => ({ host: '127.0.0.1', port: 0, metrics: createMetrics() });

const read = async (url: string | undefined, path: string) => {
  const answer = await fetch(`${url}${path}`);
  return { status: answer.status, text: await answer.text() };
};

it('a round that hangs makes a process unwell, and one that ends makes it well again', async () => {
  const time = { now: 0 };
  const pulse = createPulse(() => time.now, { sweep: 60_000, heartbeat: 600_000 });
  const app = createWatch({
    unwell: pulse.late,
    lacks: () => Promise.resolve(['Redis does not answer']),
    metrics: () => Promise.resolve({ type: 'text/plain', text: '' }),
  });
  const server = await listen('127.0.0.1', 0, app);
  try {
    expect((await read(server.url, '/health')).status).toBe(200);
    time.now += 61_000;
    expect(await read(server.url, '/health')).toEqual({
      status: 503,
      text: JSON.stringify({
        ok: false,
        problems: ['the sweep has not ended for 61 seconds: start this process again'],
      }),
    });
    pulse.beat('sweep');
    expect((await read(server.url, '/health')).status).toBe(200);
    // A start anew would not bring Redis back: it is alive, and not ready.
    expect(await read(server.url, '/ready')).toEqual({
      status: 503,
      text: JSON.stringify({ ok: false, problems: ['Redis does not answer'] }),
    });
  } finally {
    await server.close();
  }
});

it('a round that failed has ended: a start anew would not bring its database back', async () => {
  let now = 0;
  const pulse = createPulse(() => now, { 'keeping of sessions': 60_000 });
  now = 61_000;
  const away = new Error('the database is away');
  await expect(pulse.round('keeping of sessions', () => Promise.reject(away))).rejects.toBe(away);
  expect(pulse.late()).toEqual([]);
});

it('what is amiss elsewhere is told by a process that is ready, which it stays', async () => {
  const lacking: string[] = [];
  const app = createWatch({
    unwell: () => [],
    lacks: () => Promise.resolve(lacking),
    notices: () =>
      lacking.length === 0
        ? Promise.resolve(['no worker serves harbor-trust'])
        : Promise.reject(new Error('the database is away')),
    metrics: () => Promise.resolve({ type: 'text/plain', text: '' }),
  });
  const server = await listen('127.0.0.1', 0, app);
  try {
    expect(await read(server.url, '/ready')).toEqual({
      status: 200,
      text: JSON.stringify({ ok: true, notices: ['no worker serves harbor-trust'] }),
    });
    lacking.push('the database does not answer');
    expect((await read(server.url, '/ready')).status).toBe(503);
  } finally {
    await server.close();
  }
});

it('bot and worker tell what they do, in numbers and in the log, and of nobody by name', async () => {
  await using firm = await startFirm({ watched: watched() });
  const at = scriptPortals(firm.facts);
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const card = await askFor(firm, ANA, TEAM, '/sync 00123-4567', isCardOf(ANA, '00123-4567'));
  const before = await read(firm.bot.watchUrl, '/metrics');
  expect(before.text).toContain('swivel_force_waiting{carrier="northbridge-life"} 1');
  await using worker = await firm.work(at.portals, { watched: watched(), log });
  await closingOf(firm, ANA, TEAM, card);

  const done = await read(worker.watchUrl, '/metrics');
  for (const line of [
    'swivel_syncs_ended_total{carrier="northbridge-life",status="success",reason="changed",urgency="force"} 1',
    'swivel_force_wait_seconds_count{carrier="northbridge-life"} 1',
    'swivel_sign_ins_total{carrier="northbridge-life",by="itself",outcome="signed-in"} 1',
    'swivel_slots 2',
    'swivel_sessions 0',
    'swivel_slow_statements_total 0',
  ])
    await expect.poll(async () => (await read(worker.watchUrl, '/metrics')).text).toContain(line);
  expect(done.text).toMatch(/^process_resident_memory_bytes \d+/m);
  const after = await read(firm.bot.watchUrl, '/metrics');
  expect(after.text).not.toContain('swivel_force_waiting{');
  expect(after.text).toMatch(/^swivel_slack_updates_left \d+$/m);
  expect(after.text).toContain('swivel_slack_problems 0');
  expect(done.text + after.text).not.toMatch(/00123-?4567|Chen|Ana/);
  for (const { watchUrl } of [firm.bot, worker]) {
    expect((await read(watchUrl, '/health')).status).toBe(200);
    expect((await read(watchUrl, '/ready')).status).toBe(200);
  }

  // The log leads from a request to its sync and the session that did it.
  const { request_id, sync_id } = await firm.db
    .selectFrom('request_sync')
    .select(['request_id', 'sync_id'])
    .executeTakeFirstOrThrow();
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const ended = told.filter(({ msg }) => msg === 'a sync ended');
  expect(ended).toMatchObject([
    { syncId: sync_id, requests: [request_id], status: 'success', session: expect.any(String) },
  ]);
  expect(lines.join('')).not.toMatch(/00123-?4567|Chen|Ana/);

  // The page of the queues shows them, and changes nothing.
  const queues = await read(firm.bot.watchUrl, '/queues/api/queues');
  expect(queues.text).toContain('{sessions}');
  expect(queues.text).not.toContain('northbridge-life');
  await using _bound = await firm.work(at.portals, {
    name: 'office-1',
    carriers: ['northbridge-life'],
  });
  expect((await read(firm.bot.watchUrl, '/queues/api/queues')).text).toContain('northbridge-life');
  const emptied = await fetch(
    `${firm.bot.watchUrl}/queues/api/queues/${encodeURIComponent('{sessions}')}/pause`,
    { method: 'PUT' },
  );
  expect(emptied.status).toBe(405);
});

it('a carrier without a worker is a number and a notice, and the bot is ready all the same', async () => {
  let ahead = 0;
  await using firm = await startFirm({ watched: watched(), clock: () => Date.now() + ahead });
  await askFor(firm, ANA, TEAM, '/sync 00123-4567', isCardOf(ANA, '00123-4567'));
  const told = 'swivel_carrier_unserved{carrier="northbridge-life"} 1';
  expect((await read(firm.bot.watchUrl, '/metrics')).text).not.toContain(told);
  ahead = 4 * 60_000;
  await firm.bot.sweep();
  expect((await read(firm.bot.watchUrl, '/metrics')).text).toContain(told);
  expect(await read(firm.bot.watchUrl, '/ready')).toEqual({
    status: 200,
    text: JSON.stringify({ ok: true, notices: ['no worker serves northbridge-life'] }),
  });
});

it('what was put off, and a login that asks for a person, are counted by their reason', async () => {
  await using firm = await startFirm();
  const at = scriptPortals(firm.facts);
  const source = await firm.sourceId('S-NB-ANA');
  at.answerSignIn(source, failure('bad-credentials'));
  await using worker = await firm.work(at.portals, { watched: watched() });
  await askFor(firm, ANA, TEAM, '/sync 00123-4567', isCardOf(ANA, '00123-4567'));
  for (const line of [
    'swivel_syncs_ended_total{carrier="northbridge-life",status="needs-link",reason="bad-credentials",urgency="force"} 1',
    'swivel_sign_ins_total{carrier="northbridge-life",by="itself",outcome="bad-credentials"} 1',
  ])
    await expect.poll(async () => (await read(worker.watchUrl, '/metrics')).text).toContain(line);
});

it('what may fail is counted from 0 on, for what begins at its first failures has no increase', async () => {
  const metrics = createMetrics();
  metrics.known(['northbridge-life']);
  const { text } = await metrics.read();
  const of = 'carrier="northbridge-life"';
  for (const line of [
    `swivel_sign_ins_total{${of},by="itself",outcome="signed-in"} 0`,
    `swivel_sign_ins_total{${of},by="itself",outcome="bad-credentials"} 0`,
    `swivel_sign_ins_total{${of},by="person",outcome="portal-changed"} 0`,
    `swivel_syncs_ended_total{${of},status="failed",reason="portal-changed",urgency="daily"} 0`,
    `swivel_syncs_ended_total{${of},status="success",reason="changed",urgency="force"} 0`,
  ])
    expect(text).toContain(line);
  expect(text).not.toContain('reason="waiting"');
});

it('a Redis that is not there does not answer, and that is known at once', async () => {
  const connection = producerConnection('/nowhere/redis.sock');
  expect(await answers(connection)).toBe(false);
  connection.disconnect();
});

it('a scrape tells what is forced at once, and counts the day once a minute', async () => {
  let now = Date.now();
  await using firm = await startFirm({ watched: watched(), clock: () => now });
  const [first, second] = await firm.db
    .selectFrom('source_policy')
    .select(['policy_id', 'source_id'])
    .where('policy_id', 'in', (of) =>
      of.selectFrom('policy').select('id').where('number', '<>', '00123-4567'),
    )
    .execute();
  const queue = (of: typeof first) =>
    firm.db
      .insertInto('sync')
      .values({
        ...of!,
        id: `${of!.policy_id} at ${of!.source_id}`,
        priority: 100,
        status: 'queued',
        reason: 'waiting',
        created_at: now,
      })
      .execute();
  const shown = async () =>
    /^swivel_daily_open .*$/m.exec((await read(firm.bot.watchUrl, '/metrics')).text)?.[0];
  await queue(first);
  expect(await shown()).toBe('swivel_daily_open 1');
  await queue(second);
  now += 59_000;
  expect(await shown()).toBe('swivel_daily_open 1');
  await askFor(firm, ANA, TEAM, '/sync 00123-4567', isCardOf(ANA, '00123-4567'));
  expect((await read(firm.bot.watchUrl, '/metrics')).text).toContain('swivel_force_waiting{');
  now += 1000;
  expect(await shown()).toBe('swivel_daily_open 2');
});
