import { CASES } from '#simulator/portals/cases.ts';
import { askFor, isCardOf } from '#test/support/firm.ts';
import { ANA, replyWith, TEAM, type Story } from '../stage.ts';
import { SAM, SUPPORT } from '#test/support/people.ts';

const { number } = CASES.changed;

export const support: Story = {
  name: 'support',
  about: 'support asked from the thread with all facts, running it again, answering and closing',
  tell: async (stage) => {
    const { client, local } = stage.firm;
    await local.portals.northbridge.set(number, { gone: true });
    stage.say(`Ana types in #team: /sync policy ${number}`);
    const card = await askFor(stage.firm, ANA, TEAM, `/sync policy ${number}`);
    const guide = await replyWith(stage, ANA, card, 'How to resolve it');
    await replyWith(stage, ANA, card, 'Not Found');

    stage.say('Ana presses Ask support, and writes what she sees.');
    await client.click({ as: ANA, channel: TEAM, ts: guide.ts, text: 'Ask support' });
    await client.waitForModal(ANA, (view) => view.callback_id === 'ask-support');
    await client.submit(ANA, { words: { words: 'It was there last week. Did something change?' } });
    await replyWith(stage, ANA, card, 'It is case 1');
    const brought = await client.waitForMessage({
      as: SAM,
      channel: SUPPORT,
      what: 'the case',
      that: ({ text }) => text.includes('Case 1'),
    });
    stage.say('Sam of support reads in #sync-support:');
    stage.show(await client.transcript(SAM, SUPPORT, brought.ts));

    stage.say('The carrier has mended it meanwhile. Sam presses Sync again.');
    await local.portals.northbridge.set(number, { gone: false });
    await client.click({ as: SAM, channel: SUPPORT, ts: brought.ts, text: 'Sync again' });
    const again = await client.waitForMessage({
      as: SAM,
      channel: SUPPORT,
      what: "Sam's card",
      that: isCardOf(SAM, number),
    });
    await client.waitForMessage({
      as: SAM,
      channel: SUPPORT,
      thread: again.ts,
      what: 'its end',
      that: ({ threadTs, text }) => threadTs === again.ts && text.includes(`<@${SAM}>`),
      ms: 60_000,
    });

    stage.say('Sam presses Reply to advisor, then Close case.');
    await client.click({ as: SAM, channel: SUPPORT, ts: brought.ts, text: 'Reply to advisor' });
    await client.waitForModal(SAM, (view) => view.callback_id === 'case-reply');
    await client.submit(SAM, {
      words: { words: 'A fault at the carrier, mended now. I have synced it again.' },
    });
    await replyWith(stage, ANA, card, 'A fault at the carrier, mended now.');
    await client.click({ as: SAM, channel: SUPPORT, ts: brought.ts, text: 'Close case' });
    await replyWith(stage, ANA, card, 'Sam Okafor closed case 1');
    stage.show(await client.transcript(ANA, TEAM, card.ts));
    const closed = await client.waitForMessage({
      as: SAM,
      channel: SUPPORT,
      what: 'the case to be closed',
      that: ({ text }) => text.includes('Case 1, closed by Sam Okafor'),
    });
    stage.show(await client.transcript(SAM, SUPPORT, closed.ts));
    stage.prove(
      'the timeline has every step in order',
      /Ana Ruiz asked for a sync[^]*Not Found \(gone\)[^]*Ana Ruiz asked support[^]*Sam Okafor asked for a sync[^]*Success[^]*Sam Okafor replied[^]*Sam Okafor closed the case/.test(
        closed.text,
      ),
      true,
    );
    return 'asked, run again, answered in the thread, and closed.';
  },
};
