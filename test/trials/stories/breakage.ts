import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { PORTAL_SEED } from '#simulator/firm.ts';
import { readPortalData } from '#simulator/portals/data.ts';
import { askFor, isCardOf } from '#test/support/firm.ts';
import { ANA, replyWith, TEAM, type Story } from '../stage.ts';
import { SAM, SUPPORT } from '#test/support/people.ts';

export const pauseRule: Story = {
  name: 'carrier-pause',
  about: "a carrier's pages change: paused, operators told once, probed, and everybody told",
  // Five pages that never look right take their time; two show the same.
  firm: { workerEnv: { BREAKAGE_FAILURES: '2', LOG_LEVEL: 'error' } },
  tell: async (stage) => {
    const { client, db, local } = stage.firm;
    const { policies } = readPortalData(PORTAL_SEED);
    const atPortal = new Set(policies.map(({ number }) => number));
    const numbers = (
      await db
        .selectFrom('policy as p')
        .innerJoin('book as b', 'b.contact_id', 'p.contact_id')
        .innerJoin('person as w', 'w.id', 'b.person_id')
        .select('p.number')
        .distinct()
        .where('w.slack_user_id', '=', ANA)
        .where('p.carrier_id', '=', 'northbridge-life')
        .where('p.status', '=', 'In Force')
        .where('p.number', 'like', '001%')
        .orderBy('p.number')
        .execute()
    )
      .map(({ number }) => number)
      .filter((number) => atPortal.has(number))
      .slice(0, 3);
    for (const number of numbers)
      await local.portals.northbridge.set(number, { changedPage: true });
    const ask = (number: string): Promise<LocalMessage> =>
      askFor(stage.firm, ANA, TEAM, `/sync policy ${number}`, isCardOf(ANA, number));
    const says = (as: string, channel: string, words: string): Promise<LocalMessage> =>
      client.waitForMessage({
        as,
        channel,
        what: `"${words}"`,
        that: ({ text, threadTs }) => threadTs === undefined && text.includes(words),
        ms: 60_000,
      });

    stage.say('Northbridge has new pages. Ana syncs two policies, which is enough for this firm.');
    const cards: LocalMessage[] = [];
    for (const number of numbers.slice(0, 2)) cards.push(await ask(number));
    const notice = await says(SAM, SUPPORT, 'Northbridge Life is paused');
    stage.say('Sam of support reads in #sync-support:');
    stage.show(await client.transcript(SAM, SUPPORT, notice.ts));

    stage.say(`Ana asks for one more: /sync policy ${numbers[2] ?? ''}`);
    const last = await ask(numbers[2] ?? '');
    const told = await client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'the card to say why it waits',
      that: ({ ts, text }) => ts === last.ts && text.includes('once that is fixed'),
    });
    stage.show(await client.transcript(ANA, TEAM, told.ts));

    stage.say('The pages are as they were. Sam presses Try one now.');
    for (const number of numbers)
      await local.portals.northbridge.set(number, { changedPage: false });
    await client.click({ as: SAM, channel: SUPPORT, ts: notice.ts, text: 'Try one now' });
    for (const card of [...cards, last]) await replyWith(stage, ANA, card, 'is fixed');
    await replyWith(stage, ANA, last, '<@');
    stage.show(await client.transcript(ANA, TEAM, last.ts));
    const over = await says(SAM, SUPPORT, 'Northbridge Life has resumed');
    stage.show(await client.transcript(SAM, SUPPORT, over.ts));
    const pauses = await db.selectFrom('carrier_pause').select('ended_how').execute();
    stage.prove('one pause, ended by a probe', pauses, [{ ended_how: 'probe' }]);
    const notices = (await client.messages(SAM, SUPPORT)).filter(
      ({ text, threadTs }) => threadTs === undefined && text.includes('Northbridge Life'),
    );
    stage.prove('operators have one notice of it', notices.length, 1);
    return 'paused, told, tried, and gone on by itself.';
  },
};
