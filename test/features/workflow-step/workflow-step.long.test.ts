import { setLinked } from '#test/support/logins.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { CASES } from '#simulator/portals/cases.ts';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { addRequest } from '#core/requests/store/requests.ts';
import { startFirm, type TestFirm } from '#test/support/firm.ts';
import { scriptPortals } from '#test/support/scripted-portals.ts';
import { ANA, TEAM } from '#test/support/people.ts';

const { number } = CASES.changed;

let firm: TestFirm | undefined;
afterEach(async () => {
  await firm?.[Symbol.asyncDispose]();
  firm = undefined;
});

const run = (of: TestFirm, inputs: Record<string, string>, as = ANA) =>
  of.client.runStep({ as, channel: TEAM, callbackId: 'sync-policy-step', inputs });

const handedOn = (of: TestFirm): Promise<LocalMessage> =>
  of.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the workflow to go on',
    that: ({ text }) => text.startsWith('Workflow: Force sync a policy'),
  });
const howMany = async (of: TestFirm): Promise<number> =>
  (await of.client.messages(ANA, TEAM)).filter(({ text }) => text.startsWith('Workflow:')).length;

describe('the step "Force sync a policy" of a workflow', () => {
  it('syncs in the name of who runs it, and hands on status, reason and values once it has ended', async () => {
    firm = await startFirm();
    await using _worker = await firm.work(scriptPortals(firm.facts).portals);
    await firm.client.faults({ repeatEnvelopes: 2 });
    expect(await run(firm, { policy_number: number })).toMatchObject({ ok: true });
    const { text } = await handedOn(firm);
    expect(text).toMatch(/Status: Success/);
    expect(text).toMatch(/Policy: Northbridge Life 00123-4567/);
    expect(text).not.toMatch(/[*<>]/);
    await firm.bot.sweep();
    expect(await howMany(firm)).toBe(1);
    expect(await firm.db.selectFrom('request').selectAll().execute()).toHaveLength(1);
  });

  it('waits through a restart of the bot', async () => {
    firm = await startFirm();
    const portals = scriptPortals(firm.facts);
    portals.pause(number);
    await using _worker = await firm.work(portals.portals);
    await run(firm, { policy_number: number });
    await expect.poll(() => portals.held()).toContain(number);
    await firm.stopBot();
    portals.release(number);
    await expect
      .poll(() => firm?.db.selectFrom('request').select('ended_at').executeTakeFirst())
      .not.toEqual({ ended_at: null });
    await firm.startBotAgain();
    expect((await handedOn(firm)).text).toMatch(/Status: Success/);
  });

  it('hands on its own policy where a card of the person holds it with others', async () => {
    firm = await startFirm();
    const { portals, ...at } = scriptPortals(firm.facts);
    const ana = await firm.db
      .selectFrom('person')
      .select('id')
      .where('slack_user_id', '=', ANA)
      .executeTakeFirstOrThrow();
    const others = await firm.db
      .selectFrom('policy as p')
      .innerJoin('book as b', 'b.contact_id', 'p.contact_id')
      .innerJoin('product_status as st', 'st.name', 'p.status')
      .select(['p.id', 'p.number'])
      .where('b.person_id', '=', ana.id)
      .where('p.number', '<>', number)
      .where('p.carrier_id', '=', 'northbridge-life')
      .where('st.indicator', '=', 'open')
      .orderBy('p.id')
      .limit(2)
      .execute();
    const [before, after] = others;
    const own = await firm.db
      .selectFrom('policy')
      .select('id')
      .where('number', '=', number)
      .executeTakeFirstOrThrow();
    if (before === undefined || after === undefined) throw new Error('The seed has changed.');
    const sourceId = await firm.sourceId('S-NB-ANA');
    at.pause(number);
    at.pause(after.number);
    const added = await addRequest(
      { db: firm.db, clock: firm.clock },
      {
        personId: ana.id,
        origin: { askedIn: ANA, channel: ANA },
        dedupeKey: 'a card of three',
        items: [before.id, own.id, after.id].map((policyId) => ({ policyId, sourceId })),
        mostForced: 100,
      },
    );
    await using _worker = await firm.work(portals);
    await expect.poll(() => at.held()).toContain(number);
    await run(firm, { policy_number: number });
    await expect
      .poll(() => firm?.db.selectFrom('workflow_step').select('request_id').execute())
      .toEqual([{ request_id: 'requestId' in added ? added.requestId : '' }]);
    at.release(number);
    expect((await handedOn(firm)).text).toMatch(/Policy: Northbridge Life 00123-4567/);
    expect(await firm.db.selectFrom('request').select('ended_at').execute()).toEqual([
      { ended_at: null },
    ]);
    at.release(after.number);
  });

  it('ends, too, when nobody links the login within a day', async () => {
    const time = { now: Date.parse('2026-11-20T15:00:00Z') };
    firm = await startFirm({ clock: () => time.now });
    await setLinked(firm.db, false);
    await run(firm, { policy_number: number });
    await expect
      .poll(() => firm?.db.selectFrom('workflow_step').select('completed_at').execute())
      .toEqual([{ completed_at: null }]);
    time.now += 24 * 60 * 60_000;
    await firm.bot.sweep();
    const { text } = await handedOn(firm);
    expect(text).toMatch(/Status: Needs link/);
    expect(text).toMatch(/Nobody linked .+ within a day/);
  });

  it('keeps numbers and amounts to itself where channels may not show them', async () => {
    firm = await startFirm({ config: { channelValues: 'hidden' } });
    await using _worker = await firm.work(scriptPortals(firm.facts).portals);
    await run(firm, { policy_number: number });
    const { text } = await handedOn(firm);
    expect(text).toMatch(/Status: Success/);
    expect(text).not.toMatch(/00123|\$/);
  });

  it('asks for the carrier of a number that two carriers have, and takes it', async () => {
    firm = await startFirm();
    await using _worker = await firm.work(scriptPortals(firm.facts).portals);
    const one = await firm.db
      .selectFrom('policy')
      .select(['contact_id', 'number', 'number_key'])
      .where('number', '=', number)
      .executeTakeFirstOrThrow();
    const { id } = await firm.db
      .selectFrom('policy')
      .select('id')
      .where('contact_id', 'in', (of) =>
        of
          .selectFrom('book as other')
          .innerJoin('book as own', 'own.person_id', 'other.person_id')
          .select('other.contact_id')
          .where('own.contact_id', '=', one.contact_id),
      )
      .where('carrier_id', '<>', 'northbridge-life')
      .executeTakeFirstOrThrow();
    const { number: same, number_key: key } = one;
    await firm.db
      .updateTable('policy')
      .set({ number: same, number_key: key })
      .where('id', '=', id)
      .execute();
    await run(firm, { policy_number: number });
    expect((await handedOn(firm)).text).toMatch(
      /Several carriers have "00123-4567": .*Northbridge Life.*Set "Carrier" to one of them/,
    );
    await run(firm, { policy_number: number, carrier: 'northbridge life' });
    await firm.client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'the result at that carrier',
      that: ({ text }) => /Policy: Northbridge Life 00123-4567/.test(text),
    });
    expect(await firm.db.selectFrom('request').select('id').execute()).toHaveLength(1);
  });

  it.each([
    [
      'a number that is in no book of theirs',
      { policy_number: '99-nothing' },
      /no policy "99-noth/,
    ],
    [
      'a login that the policy does not have',
      { policy_number: number, login_source: 'Nobody' },
      /no login source "Nobody".*only Ana/,
    ],
  ])('says what is wrong with %s', async (_what, inputs, problem) => {
    firm = await startFirm();
    await run(firm, inputs);
    expect((await handedOn(firm)).text).toMatch(problem);
  });
});
