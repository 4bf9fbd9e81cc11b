import { Redis } from 'ioredis';
import { beforeEach, expect, it } from 'vitest';
import { createMetrics } from '#app/metrics.ts';
import { askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { ANA, TEAM } from '#test/support/people.ts';
import { scriptPortals } from '#test/support/scripted-portals.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

/** A worker whose consumer asks for no session any more looks like one that has nothing to do. */

const MINUTE = 60_000;
const NUMBER = '00123-4567';

let ahead = 0;
beforeEach(() => {
  ahead = 0;
});
const { firm } = useScriptedFirm({ each: true, clock: () => Date.now() + ahead });

const watched = () => ({ host: '127.0.0.1', port: 0, metrics: createMetrics() });

const read = async (url: string | undefined, path: string): Promise<string> => {
  const answer = await fetch(`${url}${path}`);
  return `${answer.status} ${await answer.text()}`;
};

const STOPPED =
  /^503 .*the look for sessions has not ended for \d+ seconds: start this process again/;

it('a worker that no longer asks for sessions is unhealthy, until it asks again', async () => {
  const at = scriptPortals(firm.facts, firm.clock);
  await using worker = await firm.work(at.portals, { name: 'main', watched: watched() });
  const card = await askFor(firm, ANA, TEAM, `/sync ${NUMBER}`, isCardOf(ANA, NUMBER));
  await closingOf(firm, ANA, TEAM, card);
  // It has nothing to do, and asks all the same.
  ahead += 4 * MINUTE;
  await expect.poll(() => read(worker.watchUrl, '/health')).toMatch(/^200 /);

  // Redis answers, and lets nobody wait for a job: the consumer meets this in silence, for good.
  const redis = new Redis(firm.redis.url);
  try {
    await redis.call('ACL', 'SETUSER', 'default', '-bzpopmin');
    ahead += 4 * MINUTE;
    await expect.poll(() => read(worker.watchUrl, '/health')).toMatch(STOPPED);
    expect(await read(worker.watchUrl, '/ready')).toMatch(STOPPED);

    await redis.call('ACL', 'SETUSER', 'default', '+bzpopmin');
    await expect.poll(() => read(worker.watchUrl, '/health')).toMatch(/^200 /);
  } finally {
    redis.disconnect();
  }
});

it('a worker that needs no session is healthy', async () => {
  const at = scriptPortals(firm.facts, firm.clock);
  await using worker = await firm.work(at.portals, { slots: 1, watched: watched() });
  at.pause(NUMBER);
  await askFor(firm, ANA, TEAM, `/sync ${NUMBER}`, isCardOf(ANA, NUMBER));
  await expect.poll(() => at.held()).toEqual([NUMBER]);
  ahead += 4 * MINUTE;
  await expect.poll(() => read(worker.watchUrl, '/health')).toMatch(/^200 /);
  at.releaseAll();
});

it('a worker without Redis is not ready, and a start anew would not help', async () => {
  const at = scriptPortals(firm.facts, firm.clock);
  await using worker = await firm.work(at.portals, { watched: watched() });
  await firm.redis.stop();
  ahead += 4 * MINUTE;
  await expect.poll(() => read(worker.watchUrl, '/health')).toMatch(/^200 /);
  expect(await read(worker.watchUrl, '/ready')).toMatch(/^503 .*Redis does not answer/);
  await firm.redis.start();
  await expect.poll(() => read(worker.watchUrl, '/ready')).toMatch(/^200 /);
});

it('a worker whose Redis takes no writes is not ready, and says what to do about that', async () => {
  const at = scriptPortals(firm.facts, firm.clock);
  await using worker = await firm.work(at.portals, { watched: watched() });
  await using stack = new AsyncDisposableStack();
  const redis = new Redis(firm.redis.url);
  stack.defer(() => redis.disconnect());
  await redis.config('SET', 'maxmemory', '1');
  await expect
    .poll(() => read(worker.watchUrl, '/ready'))
    .toMatch(/^503 .*Redis has no memory left\. Raise its maxmemory/);
  expect(await read(worker.watchUrl, '/metrics')).toContain('swivel_answers{what="redis"} 0');
  ahead += 4 * MINUTE;
  await expect.poll(() => read(worker.watchUrl, '/health')).toMatch(/^200 /);
  await redis.config('SET', 'maxmemory', '0');
  await expect.poll(() => read(worker.watchUrl, '/ready')).toMatch(/^200 /);
});
