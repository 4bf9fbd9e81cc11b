import { setStatus } from '#features/corrections/store.ts';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '#shared/secret.ts';
import { CASES } from '#simulator/portals/cases.ts';
import { askFor, startFirm, type TestFirm } from '#test/support/firm.ts';
import { scriptPortals } from '#test/support/scripted-portals.ts';
import { ANA, TEAM } from '#test/support/people.ts';

const KEY = `whsec_${Buffer.from('a key of a test, thirty-two byte').toString('base64')}`;

interface Received {
  id: string;
  body: {
    type: string;
    data: { policy: { number: string }; status?: string; values?: object[]; to?: string };
  };
}

/** A CRM that checks each signature, and refuses as often as it is told to. */
const startCrm = async () => {
  const taken: Received[] = [];
  const tries: string[] = [];
  let refusals = 0;
  let answer = 503;
  const verifier = new Webhook(KEY);
  const server: Server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const headers = request.headers as Record<string, string>;
      const verified = verifier.verify(body, headers) as Received['body'];
      const id = headers['webhook-id'] ?? '';
      tries.push(id);
      if (refusals > 0) {
        refusals -= 1;
        response.writeHead(answer, { location: 'http://127.0.0.1:9/elsewhere' }).end();
        return;
      }
      taken.push({ id, body: verified });
      response.writeHead(204).end();
    })().catch(() => response.writeHead(401).end());
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    taken,
    tries,
    refuse: (times: number, status = 503): void => {
      refusals = times;
      answer = status;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

let crm: Awaited<ReturnType<typeof startCrm>>;
let firm: TestFirm;
const time = { ahead: 0 };

beforeEach(async () => {
  time.ahead = 0;
  crm = await startCrm();
});
afterEach(async () => {
  await firm[Symbol.asyncDispose]();
  await crm[Symbol.asyncDispose]();
});
const open = async (secret = KEY): Promise<void> => {
  const clock = (): number => Date.now() + time.ahead;
  firm = await startFirm({
    clock,
    config: { webhookUrl: crm.url, webhookSecret: new Secret(secret) },
  });
  await firm.work(scriptPortals(firm.facts, clock).portals);
};
const sync = async (number: string): Promise<void> => {
  await askFor(firm, ANA, TEAM, `/sync policy ${number}`);
};
const { number } = CASES.changed;

describe('another system that listens', () => {
  it('is told of a finished sync with its values, signed', async () => {
    await open();
    await sync(number);
    await expect.poll(() => crm.taken.length).toBe(1);
    expect(crm.taken[0]?.body).toMatchObject({
      type: 'sync.finished',
      data: { policy: { number, policy_id: 'P-20001', carrier: 'northbridge-life' } },
    });
    expect(crm.taken[0]?.body.data.values?.[0]).toMatchObject({
      name: 'Account Value',
      amount: '412812.00',
      currency: 'USD',
    });
  });

  it('is told of a status corrected in Slack, behind what came before it', async () => {
    await open();
    crm.refuse(1);
    await sync(number);
    await expect.poll(() => crm.tries.length).toBe(1);
    const policy = await firm.db
      .selectFrom('policy')
      .select(['id', 'status'])
      .where('number', '=', number)
      .executeTakeFirstOrThrow();
    const ana = await firm.db
      .selectFrom('person')
      .select('id')
      .where('slack_user_id', '=', ANA)
      .executeTakeFirstOrThrow();
    await setStatus(
      { db: firm.db, clock: Date.now },
      {
        policyId: policy.id,
        personId: ana.id,
        from: policy.status,
        to: 'Surrendered',
      },
    );
    time.ahead = 60_000;
    await expect.poll(() => crm.taken.length).toBe(2);
    expect(crm.taken.map(({ body }) => body.type)).toEqual([
      'sync.finished',
      'policy.status-updated',
    ]);
    expect(crm.taken[1]?.body.data).toMatchObject({ to: 'Surrendered' });
    // The first came twice, under one id.
    expect(crm.tries[0]).toBe(crm.tries[1]);
  });

  it('gets each event once in effect, through refusals, a redirect and a restart of the bot', async () => {
    await open();
    crm.refuse(1, 302);
    await sync(number);
    await expect.poll(() => crm.tries.length).toBe(1);
    await firm.stopBot();
    time.ahead = 60_000;
    await firm.startBotAgain();
    await expect.poll(() => crm.taken.length).toBe(1);
    expect(new Set(crm.tries).size).toBe(1);
  });

  it('that takes nothing for three days is given up, and operators are told once', async () => {
    await open(`whsec_${Buffer.from('another key, that is not theirs!').toString('base64')}`);
    await sync(number);
    await sync(CASES.unchanged.number);
    const waiting = () =>
      firm.db.selectFrom('webhook_event').select(['tries', 'dead_at']).execute();
    await expect.poll(waiting).toMatchObject([{ tries: 1 }, { tries: 1 }]);
    time.ahead = 73 * 3_600_000;
    await expect
      .poll(async () => (await waiting()).every((one) => one.dead_at !== null))
      .toBe(true);
    const notices = async () =>
      (await firm.client.messages('UOLIVIA01', 'CSUPPORT1')).filter(({ text: said }) =>
        said.includes('Your CRM misses some syncs'),
      );
    await expect.poll(async () => (await notices()).length).toBe(1);
    expect(crm.taken).toEqual([]);
    expect(firm.logged().join('')).not.toContain(number);
  });
});

it('without a listener no event is written', async () => {
  firm = await startFirm();
  await firm.work(scriptPortals(firm.facts).portals);
  await sync(number);
  expect(await firm.db.selectFrom('webhook_event').selectAll().execute()).toEqual([]);
});
