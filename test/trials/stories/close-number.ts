import { CASES } from '#simulator/portals/cases.ts';
import { askFor, isCardOf } from '#test/support/firm.ts';
import { ANA, replyWith, syncsOf, TEAM, type Story } from '../stage.ts';

const { number } = CASES.mistyped;
const RIGHT = '00451-8380';

export const closeNumber: Story = {
  name: 'close-number',
  about: 'Not Found with a close number: "did you mean", corrected in one click and synced at once',
  tell: async (stage) => {
    const { client, local } = stage.firm;
    stage.say(`Ana types in #team: /sync policy ${number}`);
    const card = await askFor(stage.firm, ANA, TEAM, `/sync policy ${number}`);
    const guide = await replyWith(stage, ANA, card, 'Did you mean that one?');
    await replyWith(stage, ANA, card, 'Not Found');
    stage.show(await client.transcript(ANA, TEAM, card.ts));

    stage.say(`Ana presses Correct to ${RIGHT}, and confirms.`);
    await client.click({ as: ANA, channel: TEAM, ts: guide.ts, text: `Correct to ${RIGHT}` });
    const next = await client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'the card of the right number',
      that: (message) => isCardOf(ANA, RIGHT)(message) && message.ts !== card.ts,
    });
    await replyWith(stage, ANA, next, 'Success');
    stage.show(await client.transcript(ANA, TEAM, next.ts));
    await replyWith(stage, ANA, card, 'corrected the number ');

    const [first, second] = await syncsOf(stage, RIGHT);
    stage.prove('the first sync did not find it', first, {
      status: 'not-found',
      reason: 'number-mismatch',
    });
    stage.prove('the second one did', second?.status, 'success');
    stage.prove(
      'the portal was searched twice for the wrong number',
      (await local.portals.northbridge.reads(RIGHT)).reads,
      1,
    );
    return 'the number corrected in one click, and Success without another.';
  },
};
